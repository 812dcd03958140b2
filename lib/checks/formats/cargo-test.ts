import { PATH, sumOf, type Format } from './format.js';

/**
 * `cargo test` with libtest's pretty output (doc.rust-lang.org/rustc/tests): `test path ... FAILED` below the target it
 * belongs to, `test result: FAILED.` with counts. A target that was killed tells no result. What tests print stands between
 * `failures:` and the next target, and may look like results. Without `--no-fail-fast` the first target that fails is the
 * last one that runs.
 */
export const cargoTest: Format = {
  name: 'cargo test',
  read(lines) {
    const failures: string[] = [];
    let target = '';
    let isListing = true;
    for (const line of lines) {
      const running = /^ +Running (?:unittests )?(.*?) \(.*\)$|^ +Doc-tests (.*)$/.exec(line);
      if (running) target = running[1] ?? `doc-tests of ${running[2] ?? ''}`;
      if (/^running \d+ tests?$/.test(line)) isListing = true;
      else if (line === 'failures:') isListing = false;
      const name = isListing ? /^test (.+?) \.\.\. FAILED/.exec(line)?.[1] : undefined;
      if (name !== undefined) {
        // Doc tests are named by their line.
        const stable = name.replace(/ \(line \d+\)/, '').replace(/ - should panic$/, '');
        failures.push(target === '' ? stable : `${target}${PATH}${stable}`);
      }
      const crash =
        /^ +process didn't exit successfully: .*\(((?:signal|exit status|exit code): .*)\)/;
      const how = crash.exec(line)?.[1];
      if (how !== undefined) failures.push(`${target}${PATH}${how}`);
    }
    const told = sumOf(lines, /^test result: FAILED\. \d+ passed; (\d+) failed;/);
    if (told === undefined && failures.length === 0) return undefined;
    const isSummed = lines.some((line) => /^error: \d+ targets? failed:$/.test(line));
    const hasStopped =
      !isSummed && lines.some((line) => /^error: (?:doc)?test failed, to rerun pass /.test(line));
    return {
      failures,
      ...(told === undefined ? {} : { told }),
      isWhole: isSummed || hasStopped,
      hasStopped,
    };
  },
};
