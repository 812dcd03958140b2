import { readFile } from 'node:fs/promises';
import type { Diagnostic } from '../model/diagnostic.js';
import { failed, success, type Result } from '../model/failure.js';
import type { Ticket } from '../model/ticket.js';
import { streamEntries, type Entry } from './entries.js';
import { Findings } from './findings.js';
import { readTicket, type KnownIds } from './read-ticket.js';

/** An index as read: what it says, what is wrong with it, and the text that both came from. */
export interface ReadIndex {
  /** In the order of the text; of several with one id only the first. */
  readonly tickets: readonly Ticket[];
  /** Everything the reader noticed, sorted by place. {@link checkIndex} says more and repeats these. */
  readonly diagnostics: readonly Diagnostic[];
  readonly text: string;
  /** The file's name as it stands in the diagnostics. */
  readonly file: string;
  /** False when any diagnostic is critical: nothing may be started from it. */
  readonly isUsable: boolean;
}

/** Reads the text of a ticket index, whatever its writer. Pure, linear, never throws; every fault is told at once. */
export function readIndexText(text: string, file: string): ReadIndex {
  const findings = new Findings(text, file);
  let isNew = uniqueIds(findings);
  const known: KnownIds = new Map();
  const tickets: Ticket[] = [];
  streamEntries(text, findings, {
    take(entry) {
      if (isNew(entry)) tickets.push(readTicket(entry, file, findings, known));
    },
    restart() {
      findings.clear();
      tickets.length = 0;
      isNew = uniqueIds(findings);
    },
  });
  const diagnostics = findings.list();
  const isUsable = !diagnostics.some(({ severity }) => severity === 'critical');
  return { tickets, diagnostics, text, file, isUsable };
}

/** Reads an index file. No file is `index/not-found`; faults of its text are in the index's diagnostics. */
export async function loadIndex(file: string): Promise<Result<ReadIndex>> {
  try {
    return success(readIndexText(await readFile(file, 'utf8'), file));
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    return failed({
      code: isMissing ? 'index/not-found' : 'index/invalid',
      message: isMissing
        ? `There is no ticket index at ${file}.`
        : `The ticket index ${file} cannot be read: ${message}`,
      hint: isMissing
        ? 'Create one with your ticket tool, or change into the right repository.'
        : 'Make it a readable file.',
      where: { file },
    });
  }
}

/** Tells the first entry of each id from later ones; reports those, and ids that only case or Unicode form keeps apart. */
function uniqueIds(findings: Findings): (entry: Entry) => boolean {
  const places = new Map<string, number>();
  /** The first id of each fold. */
  const folds = new Map<string, string>();
  return ({ id, idAt }) => {
    const same = places.get(id);
    if (same !== undefined) {
      findings.add({
        severity: 'critical',
        code: 'index/duplicate-id',
        offset: idAt,
        message: `the id ${JSON.stringify(id)} stands twice; it is first in line ${findings.place(same).line}`,
        hint: 'Rename or remove one of the two tickets.',
        value: id,
        ticket: id,
      });
      return false;
    }
    places.set(id, idAt);
    const fold = id.normalize('NFKC').toLowerCase();
    const first = folds.get(fold);
    if (first === undefined) folds.set(fold, id);
    else {
      findings.add({
        severity: 'error',
        code: 'index/ambiguous-id',
        offset: idAt,
        message: `the id ${JSON.stringify(id)} differs from ${JSON.stringify(first)} in line ${findings.place(places.get(first) ?? 0).line} only in case or in its Unicode form`,
        hint: 'Rename one of the two tickets.',
        value: id,
        ticket: id,
      });
    }
    return true;
  };
}
