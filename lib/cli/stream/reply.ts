import type { Asked } from '../../model/question-schema.js';
import { clean } from '../../show/clean.js';
import { width as columns } from '../../show/width.js';

/** What a typed line says to a question. */
export type Reply =
  | { readonly kind: 'go' }
  | { readonly kind: 'send-back' }
  | { readonly kind: 'defer' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'diff' }
  /** Nothing; and what to say to that. */
  | { readonly kind: 'unknown'; readonly say: string };

type Known = Exclude<Reply['kind'], 'unknown'>;

/** Words by answer, the key first. */
const WORDS: Readonly<Record<Known, readonly string[]>> = {
  go: ['y', 'yes', 'go', 'land', 'l', 'begin', 'approve'],
  diff: ['d', 'diff'],
  'send-back': ['b', 'back', 'send back', 'send-back', 'n', 'no'],
  defer: ['p', 'put off', 'defer'],
  stop: ['s', 'stop', 'q', 'quit'],
};

/** What this question can be answered with here. */
function choices(asked: Asked): readonly Known[] {
  const answers = new Set<string>(asked.answers.map(({ answer }) => answer));
  const all: readonly Known[] = ['go', 'diff', 'send-back', 'defer', 'stop'];
  return all.filter((kind) => (kind === 'diff' ? asked.about === 'land' : answers.has(kind)));
}

/** `Land T-1? y yes · d diff · b send back · p put off · s stop › `, in as few lines of `width` columns as it needs. */
export function promptText(asked: Asked, bold: (text: string) => string, width: number): string {
  const { about, ticket, component } = asked;
  const what = clean(about === 'land' ? `Land ${ticket}` : `Begin ${component ?? ticket}`);
  const labels: Readonly<Record<Known, string>> = {
    go: 'yes',
    diff: 'diff',
    'send-back': 'send back',
    defer: component === undefined ? 'put off' : 'leave out',
    stop: 'stop',
  };
  const pieces = choices(asked).map((kind) => [WORDS[kind][0] ?? '', labels[kind]] as const);
  const lines: string[] = [];
  let used = columns(`${what}?`);
  let line = bold(`${what}?`);
  for (const [at, [key, label]] of pieces.entries()) {
    const gap = at === 0 ? ' ' : ' · ';
    const length = columns(`${gap}${key} ${label}`);
    // Room for the sign at the end and the letter that is typed behind it.
    const isTooLong = used + length + 4 > width;
    if (isTooLong) lines.push(line);
    line = isTooLong ? `  ${bold(key)} ${label}` : `${line}${gap}${bold(key)} ${label}`;
    used = isTooLong ? 2 + columns(`${key} ${label}`) : used + length;
  }
  return `${[...lines, line].join('\n')} › `;
}

/** Reads a line. An empty one, and one that is no answer, say nothing. */
export function readReply(line: string, asked: Asked): Reply {
  const word = line.trim().toLowerCase();
  if (word === '') return { kind: 'unknown', say: '' };
  const kind = choices(asked).find((one) => WORDS[one].includes(word));
  if (kind !== undefined) return { kind };
  const keys = choices(asked).map((one) => WORDS[one][0] ?? '');
  return { kind: 'unknown', say: `Type ${keys.join(', ')} and press Enter.` };
}
