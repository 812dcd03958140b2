import { PATH, withoutTime, type Format } from './format.js';

/** What a test printed last, without a newline, may stand before it; what a test logs has its place in the source. */
const FAILED = /^(?!\s+\S+\.go:\d+: ).*?--- FAIL: (\S.* \([\d.]+s\))$/;

/**
 * `go test` (pkg.go.dev/cmd/go#hdr-Test_packages): `--- FAIL: Test (0.00s)`, then `FAIL<tab>package<tab>time`. Of a package
 * that panics, or leaves by itself with another code, the later tests did not run: that is a failure of its own. After
 * the last of several packages stands `FAIL` alone; the one package of the folder ends with its exit status instead.
 */
export const goTest: Format = {
  name: 'go test',
  read(lines) {
    if (!lines.some((line) => /^FAIL\t\S/.test(line))) return undefined;
    const failures: string[] = [];
    let tests = new Set<string>();
    for (const line of lines) {
      const test = FAILED.exec(line)?.[1];
      const status = /^exit status (\d+)$/.exec(line)?.[1];
      const ended = /^FAIL\t(\S+)(?:\t| )(.*)$/.exec(line);
      if (test !== undefined) tests.add(withoutTime(test));
      else if (/^(?:panic|fatal error): /.test(line)) tests.add('panic');
      else if (status !== undefined && status !== '1') tests.add(`exit status ${status}`);
      else if (ended) {
        const [, name = '', rest = ''] = ended;
        if (rest.startsWith('[')) failures.push(`${name} ${rest}`);
        else if (tests.size === 0) failures.push(name);
        failures.push(...[...tests].map((one) => `${name}${PATH}${one}`));
        tests = new Set();
      } else if (/^ok {2}\t/.test(line)) tests = new Set();
    }
    // Tests that fail in a package that was not told to have failed: the output is cut off.
    return { failures, isWhole: tests.size === 0 && isEnded(lines) };
  },
};

function isEnded(lines: readonly string[]): boolean {
  const isPackage = (line: string) => /^(?:FAIL|ok {2}|\? {3})\t\S/.test(line);
  const last = lines.findLastIndex(isPackage);
  if (lines.slice(last).includes('FAIL')) return true;
  const isOnly = lines.findIndex(isPackage) === last;
  return isOnly && /^exit status \d+$/.test(lines[last - 1] ?? '');
}
