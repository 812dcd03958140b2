import type { Cleaning, LeftoverKind } from '../model/cleaning-schema.js';
import { bytesText } from './bytes.js';
import { clean } from './clean.js';
import { createPaint } from './paint.js';

/** Of one kind and reason so many are named, the others counted. */
const SHOWN = 5;

/** A cleaning as people read it: what goes and why, what stays and how it is brought back, what it frees. */
export function cleaningText(cleaning: Cleaning, hasColour: boolean): string {
  const { dryRun, bytes, freed, kept, notes } = cleaning;
  const paint = createPaint(hasColour);
  const heads = new Map<string, { readonly kind: LeftoverKind; readonly items: typeof freed }>();
  for (const item of freed) {
    const key = `${item.kind} ${item.why}`;
    const head = heads.get(key) ?? { kind: item.kind, items: [] };
    head.items.push(item);
    heads.set(key, head);
  }
  const going = [...heads.values()].flatMap(({ kind, items }) => [
    `  ${kind}: ${clean(items[0]?.why ?? '')}`,
    ...items
      .slice(0, SHOWN)
      .map((item) => `    ${clean(item.name)} ${paint.dim(bytesText(item.bytes))}`),
    ...(items.length > SHOWN ? [`    … and ${items.length - SHOWN} more`] : []),
  ]);
  const staying = kept.flatMap(({ name, bytes: size, why, command }) => [
    `  ${clean(name)} ${paint.dim(bytesText(size))}: ${clean(why)}`,
    ...(command === undefined ? [] : [`    → ${clean(command)}`]),
  ]);
  return [
    ...(freed.length === 0
      ? ['There is nothing to free.']
      : [dryRun ? 'Would free:' : 'Freed:', ...going]),
    ...(kept.length === 0 ? [] : ['Kept:', ...staying]),
    ...notes.map((note) => paint.dim(clean(note))),
    `${bytesText(bytes.freed)} of ${bytesText(bytes.before)}${dryRun ? '; nothing was changed' : ''}`,
  ].join('\n');
}
