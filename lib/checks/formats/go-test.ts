import { PATH, withoutTime, type Format } from './format.js';

/**
 * `go test` (pkg.go.dev/cmd/go#hdr-Test_packages): `--- FAIL: Test (0.00s)`, then `FAIL<tab>package<tab>time`. A package
 * that panics or leaves by itself says so by its exit status, since its later tests did not run.
 */
export const goTest: Format = {
  name: 'go test',
  read(lines) {
    if (!lines.some((line) => /^FAIL\t\S/.test(line))) return undefined;
    const failures: string[] = [];
    let tests: string[] = [];
    for (const line of lines) {
      const test = /^ *--- FAIL: (.+)$/.exec(line)?.[1];
      const status = /^exit status (\d+)$/.exec(line)?.[1];
      const ended = /^FAIL\t(\S+)(?:\t| )(.*)$/.exec(line);
      if (test !== undefined) tests.push(withoutTime(test));
      else if (status !== undefined && status !== '1') tests.push(`exit status ${status}`);
      else if (ended) {
        const [, name = '', rest = ''] = ended;
        if (rest.startsWith('[')) failures.push(`${name} ${rest}`);
        else if (tests.length === 0) failures.push(name);
        failures.push(...tests.map((one) => `${name}${PATH}${one}`));
        tests = [];
      } else if (/^ok {2}\t/.test(line)) tests = [];
    }
    // Tests that fail in a package that was not told to have failed: the output is cut off.
    return { failures, isWhole: tests.length === 0 };
  },
};
