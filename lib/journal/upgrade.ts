import type { RunEvent } from '../model/event.js';

/** The version in which records are written. */
export const JOURNAL_VERSION = 2;

/** A record of any version up to ours, its sum included. */
export interface AnyRecord {
  readonly v: number;
  readonly [member: string]: unknown;
}

/**
 * From each older version to the next, as pure functions of one record; a journal may hold records of several versions,
 * when a run was begun by an older sage and is gone on with by this one.
 */
const STEPS: Readonly<Record<number, (record: AnyRecord) => AnyRecord>> = {
  // Version 2 only sums differently: over the line before, too.
  1: (record) => ({ ...record, v: 2 }),
};

/** A record in the form of today. */
export function upgrade(record: AnyRecord): RunEvent {
  let current = record;
  for (let step = STEPS[current.v]; step; step = STEPS[current.v]) current = step(current);
  const members = Object.entries(current).filter(([name]) => name !== 'sum');
  return Object.fromEntries(members) as unknown as RunEvent;
}
