import { PATH, sumOf, type Format } from './format.js';

/**
 * `cargo test` with libtest's pretty output (doc.rust-lang.org/rustc/tests): `test path ... FAILED` below the target it
 * belongs to, `test result: FAILED.` with counts. A target that was killed tells no result.
 */
export const cargoTest: Format = {
  name: 'cargo test',
  read(lines) {
    const failures: string[] = [];
    let target = '';
    for (const line of lines) {
      const running = /^ +Running (?:unittests )?(.*?) \(.*\)$|^ +Doc-tests (.*)$/.exec(line);
      if (running) target = running[1] ?? `doc-tests of ${running[2] ?? ''}`;
      const name = /^test (.+?) \.\.\. FAILED/.exec(line)?.[1];
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
    return { failures, ...(told === undefined ? {} : { told }), isWhole: told !== undefined };
  },
};
