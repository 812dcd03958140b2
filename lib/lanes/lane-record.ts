import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { AttemptAddress, Oid, RunId, TicketId } from '../model/ids.js';
import type { Lane } from './lane.js';

/** What is known of a lane from one attempt to the next; lies beside it, where no agent works. */
export interface LaneRecord {
  /** Hash of the set-up that succeeded last; absent: it has to be done. */
  readonly setup?: string;
  /** Untracked files that the set-up made and git does not ignore: no agent's work. */
  readonly products: readonly string[];
  /** Who was let into it last. */
  readonly guest?: LaneGuest;
}

/** An attempt that may have left something. */
export interface LaneGuest {
  readonly run: RunId;
  readonly ticket: TicketId;
  readonly attempt: AttemptAddress;
  readonly base: Oid;
  /** What it left has been taken and kept. */
  readonly isHarvested: boolean;
}

const fileOf = (lane: Lane) => join(lane.path, '..', `${lane.name}.json`);

/** The record; an empty one where there is none or it cannot be read: then everything is done anew. */
export async function readLaneRecord(lane: Lane): Promise<LaneRecord> {
  try {
    const record = JSON.parse(await readFile(fileOf(lane), 'utf8')) as Partial<LaneRecord>;
    return { ...record, products: record.products ?? [] };
  } catch {
    return { products: [] };
  }
}

/** Replaces the record at once and for good. */
export async function writeLaneRecord(lane: Lane, record: LaneRecord): Promise<void> {
  await writeFileAtomic(fileOf(lane), JSON.stringify(record));
}
