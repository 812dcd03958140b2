/** Identifiers are branded strings: a ticket's id cannot be passed where a lane's name is wanted. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A ticket's id exactly as the index spells it. Never used in a path or a ref: see {@link safeName}. */
export type TicketId = Branded<'TicketId'>;
/** `T-12#2`: the second attempt of ticket T-12. Unique within a run. */
export type AttemptAddress = Branded<'AttemptAddress'>;
/** `20261121-081500-3f2a`: sorts by start time. */
export type RunId = Branded<'RunId'>;
/** `lane-3`, or `epic-2-AUTH`. */
export type LaneName = Branded<'LaneName'>;
/** A full git object id, 40 or 64 hexadecimal digits. */
export type Oid = Branded<'Oid'>;

export const ticketId = (text: string) => text as TicketId;
export const runId = (text: string) => text as RunId;
export const laneName = (slot: number) => `lane-${slot}` as LaneName;
/** `epic-2-AUTH`: the lane of the run's second epic. */
export const epicLane = (number: number, epic: string) =>
  `epic-${number}-${safeName(epic)}` as LaneName;
export const oid = (text: string) => text as Oid;
export const attemptAddress = (ticket: TicketId, attempt: number) =>
  `${ticket}#${attempt}` as AttemptAddress;

/** The parts of an attempt's address; a ticket's id may hold a # itself. */
export const ticketOf = (attempt: AttemptAddress) =>
  ticketId(attempt.slice(0, attempt.lastIndexOf('#')));
export const numberOf = (attempt: AttemptAddress) =>
  Number(attempt.slice(attempt.lastIndexOf('#') + 1));

const INTAKE = /^intake\/[0-9a-f]{12}$/;

/** What an intake of the target, standing at `target`, is called where tickets are named: in landings and Land-Ids. */
export const intakeName = (target: Oid) => `intake/${target.slice(0, 12)}` as TicketId;
export const isIntake = (name: string) => INTAKE.test(name);

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d|head|index|objects|refs)$/i;
const NAME_LIMIT = 80;

/**
 * A name for paths and refs made from any text: `[A-Za-z0-9_-]` with single dots and dashes inside, at most 80
 * characters, never a reserved name. Texts that had to be changed, and those with upper-case letters that could
 * collide on a case-insensitive disk, keep apart by a hash of the original. Deterministic.
 */
export function safeName(text: string): string {
  const cleaned = text
    .normalize('NFC')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[.-]+|[.-]+$/g, '')
    .replace(/\.lock$/i, '-lock');
  const plain =
    cleaned === text && /^[A-Z0-9_-]+(\.[A-Z0-9_-]+)*$/.test(text) && text.length <= NAME_LIMIT;
  if (plain && !RESERVED.test(text)) return text;
  return `${cleaned.slice(0, NAME_LIMIT - 9) || 'x'}-${hash32(text)}`;
}

/** FNV-1a over UTF-16 code units, 8 hexadecimal digits: for names only, not for security. */
export function hash32(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
