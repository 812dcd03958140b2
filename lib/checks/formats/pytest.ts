import type { Format } from './format.js';

const FAILED = /^(FAILED|ERROR) (\S+?(?:::[^\s[]+(?:\[.*?\])?)?)(?= - |$)/;
const END = /^(?:=+ )?(?:\d+ \w+, )*\d+ (?:failed|errors?)\b.* in [\d.]+s/;

const STOPPED = /^!+ (?:Interrupted: |stopping after |KeyboardInterrupt|_pytest\.outcomes\.Exit)/;

/** pytest (docs.pytest.org/en/stable/how-to/output.html): the short summary, one line a failure, and the last line. */
export const pytest: Format = {
  name: 'pytest',
  read(lines) {
    const end = lines.findLast((line) => END.test(line));
    const from = lines.findLastIndex((line) => /^=+ short test summary info =+$/.test(line));
    if (from < 0 && end === undefined) return undefined;
    const failures = lines.slice(from < 0 ? lines.length : from).flatMap((line) => {
      const found = FAILED.exec(line);
      return found ? [`${found[2] ?? ''}${found[1] === 'ERROR' ? ' (error)' : ''}`] : [];
    });
    const count = (what: RegExp) => Number(what.exec(end ?? '')?.[1] ?? 0);
    return {
      failures,
      told: count(/(\d+) failed/) + count(/(\d+) errors?\b/),
      isWhole: end !== undefined,
      hasStopped: lines.some((line) => STOPPED.test(line)),
    };
  },
};
