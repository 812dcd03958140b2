import type { Failure } from '../../model/failure.js';
import type { Arguments, Option } from '../command.js';
import { readStreamOptions } from '../options/read-stream.js';
import { streamOptionTable, type StreamOptions } from '../options/stream.js';

const { only, limit, verify, agent, target, json, quiet, plain, detached } = streamOptionTable;

/** The flags of the workflow tools: those of `sage stream` that mean the same here. */
export const presetOptionTable = {
  parallel: {
    ...streamOptionTable.parallel,
    describe: 'Agents at once: 1 to 10, auto (half the CPUs, at most 8); default 0, sequential',
  },
  'dry-run': { type: 'flag', describe: 'List what is pending; starts and changes nothing' },
  only: { ...only, describe: 'Work on this one only, by its id or its number (repeatable)' },
  limit: { ...limit, describe: 'Start at most N' },
  'max-cost': streamOptionTable['max-cost'],
  ...{ verify, agent, target, json, quiet, plain },
  detach: {
    type: 'flag',
    describe: 'Answer when the run has begun; it outlives this shell, its output goes to a file',
  },
  detached,
} as const satisfies Record<string, Option>;

/** How a workflow tool is called, and what its ids begin with: `requirements`, `issue`. */
export interface ToolWords {
  readonly name: string;
  readonly word: string;
}

/** As `sage stream --auto` would read them: a workflow tool asks nobody. */
export function readPresetOptions(
  given: Arguments,
  { name, word }: ToolWords,
): { readonly options?: StreamOptions; readonly faults: readonly Failure[] } {
  const { options, faults } = readStreamOptions({
    ...given,
    flags: new Set([...given.flags, 'auto']),
  });
  if (options === undefined) {
    const hint = (text = '') => text.replaceAll('sage stream --auto', `sage ${name}`);
    return { faults: faults.map((fault) => ({ ...fault, hint: hint(fault.hint) })) };
  }
  const named = options.only.map((id) => (/^\d+$/.test(id) ? `${word}-${Number(id)}` : id));
  return { options: { ...options, only: named }, faults };
}
