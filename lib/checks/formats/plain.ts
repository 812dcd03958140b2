import { withoutTime, type Format } from './format.js';

/**
 * What many small runners print: `FAIL: name`, `FAIL name`, also Python's unittest (docs.python.org/3/library/
 * unittest.html) and automake (gnu.org/software/automake/manual/html_node/Scripts_002dbased-Testsuites.html), which
 * count at the end.
 */
export const plain: Format = {
  name: 'FAIL name',
  read(lines) {
    const failures = lines.flatMap((line) => {
      const [, kind, name] = /^(FAIL|ERROR|FAILED):? +(\S.*)$/.exec(line) ?? [];
      if (name === undefined || (kind === 'ERROR' && !line.startsWith('ERROR: '))) return [];
      return /^\(?(?:failures|errors)=/.test(name) ? [] : [withoutTime(name)];
    });
    if (failures.length === 0) return undefined;
    const counts = told(lines);
    return { failures, ...counts, isWhole: isWhole(lines), isEndless: counts.told === undefined };
  },
};

function told(lines: readonly string[]): { readonly told?: number } {
  const python = lines.findLast((line) => /^FAILED \(.*(?:failures|errors)=/.test(line));
  if (python !== undefined) {
    const count = (what: RegExp) => Number(what.exec(python)?.[1] ?? 0);
    return { told: count(/failures=(\d+)/) + count(/errors=(\d+)/) };
  }
  const automake = lines.flatMap((line) => /^# (?:FAIL|ERROR): +(\d+)$/.exec(line)?.[1] ?? []);
  return automake.length === 0 ? {} : { told: automake.reduce((sum, one) => sum + Number(one), 0) };
}

/** unittest draws a line under each failure and says at its end what became of all. */
const isWhole = (lines: readonly string[]) =>
  !lines.some((line) => /^-{70}$/.test(line)) ||
  lines.some((line) => /^Ran \d+ tests? in /.test(line));
