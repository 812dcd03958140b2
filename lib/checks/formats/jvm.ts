import { PATH, type Format } from './format.js';

/**
 * JUnit by Maven (maven.apache.org/surefire/maven-surefire-plugin): `… <<< FAILURE!` for each, the counts of all
 * without a time; and by Gradle (docs.gradle.org/current/userguide/java_testing.html): `Class > test FAILED`.
 */
export const jvm: Format = {
  name: 'JUnit',
  read: (lines) => maven(lines) ?? gradle(lines),
};

const maven: Format['read'] = (lines) => {
  const failures = lines.flatMap((line) => {
    const text = /^\[ERROR\] +(.*?)(?: -- | {2})Time elapsed: .*<<< (?:FAILURE|ERROR)!/.exec(
      line,
    )?.[1];
    return text === undefined || text.startsWith('Tests run:') ? [] : [text.trim()];
  });
  const counts = lines.flatMap((line) => {
    const found = /^\[\w+\] Tests run: \d+, Failures: (\d+), Errors: (\d+), Skipped: \d+$/.exec(
      line,
    );
    return found ? [Number(found[1]) + Number(found[2])] : [];
  });
  if (failures.length === 0 && counts.every((count) => count === 0)) return undefined;
  const told = counts.reduce((sum, one) => sum + one, 0);
  return { failures, told, isWhole: counts.length > 0 };
};

const gradle: Format['read'] = (lines) => {
  const failures = lines.flatMap((line) => {
    const found = /^(\S+) > (.+) FAILED$/.exec(line);
    return found && !line.startsWith('> Task') ? [`${found[1] ?? ''}${PATH}${found[2] ?? ''}`] : [];
  });
  const counts = lines.flatMap(
    (line) => /^\d+ tests? completed, (\d+) failed/.exec(line)?.[1] ?? [],
  );
  if (failures.length === 0) return undefined;
  const told = counts.reduce((sum, one) => sum + Number(one), 0);
  return { failures, told, isWhole: counts.length > 0 };
};
