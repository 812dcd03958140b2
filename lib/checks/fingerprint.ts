import { stripVTControlCharacters } from 'node:util';
import { cargoTest } from './formats/cargo-test.js';
import { compilers } from './formats/compilers.js';
import { dotnetTest } from './formats/dotnet-test.js';
import { eslint } from './formats/eslint.js';
import type { Format, Recognised } from './formats/format.js';
import { goTest } from './formats/go-test.js';
import { jest } from './formats/jest.js';
import { jvm } from './formats/jvm.js';
import { mocha } from './formats/mocha.js';
import { nodeSpec } from './formats/node-spec.js';
import { plain } from './formats/plain.js';
import { pytest } from './formats/pytest.js';
import { tap } from './formats/tap.js';
import { vitest } from './formats/vitest.js';

/** The failures in an output by name, sorted, each once; or why they cannot all be named. */
export type Fingerprint =
  | {
      readonly failures: readonly string[];
      /** Lines with text, where nothing else tells whether the output came to its end. */
      readonly lines?: number;
      readonly unnamed?: never;
    }
  | { readonly failures?: never; readonly unnamed: string };

/** Formats that cannot be taken for each other. */
const FORMATS: readonly Format[] = [
  ...[tap, nodeSpec, vitest, jest, mocha, pytest, goTest, cargoTest, dotnetTest, jvm],
  ...[compilers, eslint],
];

/** More than these are not a baseline, but a project that has none; they would swell the journal, too. */
const LIMIT = 1_000;
const NAME_LENGTH = 300;

/**
 * Names the failures that an output of a red command tells. Paths below `folders` become relative, since lanes differ.
 * All or nothing: an output that counts more failures than it names, ends before its summary or calls two tests the same
 * is not to be compared.
 */
export function fingerprint(output: string, folders: readonly string[]): Fingerprint {
  const lines = linesOf(output, folders);
  const told = FORMATS.flatMap((format) => tell(format, lines));
  const all = told.length > 0 ? told : tell(plain, lines);
  if (all.length === 0) return { unnamed: 'no failing test or diagnostic is named in its output' };
  const failures = new Set<string>();
  for (const { format, recognised } of all) {
    const flaw = flawOf(recognised);
    if (flaw !== undefined) return { unnamed: `its output is that of ${format}, and ${flaw}` };
    for (const name of numbered(recognised.failures)) failures.add(name);
  }
  if (failures.size > LIMIT) {
    return { unnamed: `it has ${failures.size} failures, and at most ${LIMIT} are remembered` };
  }
  const isEndless = all.some(({ recognised }) => recognised.isEndless === true);
  return {
    failures: [...failures].sort(),
    ...(isEndless ? { lines: lines.filter((line) => line !== '').length } : {}),
  };
}

const tell = (format: Format, lines: readonly string[]) => {
  const recognised = format.read(lines);
  return recognised ? [{ format: format.name, recognised }] : [];
};

function linesOf(output: string, folders: readonly string[]): string[] {
  let text = stripVTControlCharacters(output).replace(/\r\n?/g, '\n');
  for (const folder of [...folders].sort((one, other) => other.length - one.length)) {
    text = text.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
  }
  return text.split('\n').map((line) => line.trimEnd());
}

function flawOf({
  failures,
  told,
  isWhole,
  hasStopped,
  maySameNameTwice,
}: Recognised): string | undefined {
  if (!isWhole) return 'it ends before its summary';
  if (hasStopped === true) return 'it stopped before all tests had run';
  if (told !== undefined && told > failures.length) {
    return `${told - failures.length} of the ${told} failures it counts are not named`;
  }
  if (failures.length === 0) return 'no failure is named in it';
  const twice = failures.find((name, at) => failures.indexOf(name) !== at);
  return twice !== undefined && maySameNameTwice !== true
    ? `two failures have the same name, ${twice}`
    : undefined;
}

/** The second of a name is called `name (2)`, so that one more of them is a new failure. */
function numbered(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((whole) => {
    const name = whole.slice(0, NAME_LENGTH);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
