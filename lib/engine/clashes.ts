import type { TicketId } from '../model/ids.js';
import type { RunOptions, RunTicket } from '../model/run.js';

/** What decides whether two tickets should run side by side. */
export type Clashing = Pick<RunTicket, 'id' | 'conflictsWith' | 'files'>;

/**
 * Files of which two different versions can never be put together by a merge: package managers' lock files, and
 * migrations, whose numbers and order are shared.
 */
export function isExclusive(file: string): boolean {
  return EXCLUSIVE.test(file.toLowerCase());
}

const EXCLUSIVE =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|cargo\.lock|poetry\.lock|uv\.lock|pdm\.lock|pipfile\.lock|gemfile\.lock|composer\.lock|go\.sum|mix\.lock|pubspec\.lock|podfile\.lock|packages\.lock\.json|gradle\.lockfile|flake\.lock|deno\.lock)$|(^|\/)(migrations?|alembic\/versions)\//;

/** Who holds what, as tickets take hold of their files and let go of them. */
export interface Clashes {
  hold(node: number): void;
  /** Returns what nobody holds any more. */
  release(node: number): readonly number[];
  /** Something a ticket needs that another one holds: what excludes it before what is only better avoided. */
  heldFor(node: number): number | undefined;
  isHeld(key: number): boolean;
  /** Whether no ticket may start beside a holder. */
  isHard(key: number): boolean;
  /** What a ticket shares with a holder, and with which, for a readable reason. */
  example(node: number): { readonly file?: string; readonly holder: number } | undefined;
}

/** What tickets have in common: each shared file is a key, each conflict that no file explains a key of its own. */
export interface ClashIndex {
  readonly keysOf: readonly (readonly number[])[];
  readonly membersOf: readonly (readonly number[])[];
  /** The file of a key; none for a conflict without one. */
  readonly nameOf: readonly (string | undefined)[];
  /** Whether nobody may ever start beside a holder of the key. */
  readonly exclusive: readonly boolean[];
}

/**
 * Nobody holds anything yet. `conflictsRunning` says what of it matters: `ignore` leaves only lock files and migrations,
 * `exclude` makes everything exclude.
 */
export function createClashes(
  { exclusive, keysOf, membersOf, nameOf }: ClashIndex,
  conflictsRunning: RunOptions['conflictsRunning'],
): Clashes {
  const holders = membersOf.map((): number[] => []);
  const isHard = (key: number) => conflictsRunning === 'exclude' || exclusive[key] === true;
  const matters = (key: number) => conflictsRunning !== 'ignore' || exclusive[key] === true;
  const isHeld = (key: number) => (holders[key]?.length ?? 0) > 0;
  const keys = (node: number) => keysOf[node] ?? NONE;
  const heldFor = (node: number) => {
    const own = keys(node);
    if (own.length === 0) return undefined;
    let found: number | undefined;
    for (const key of own) {
      if (!isHeld(key) || !matters(key)) continue;
      if (isHard(key)) return key;
      found ??= key;
    }
    return found;
  };
  return {
    isHeld,
    isHard,
    heldFor,
    hold(node) {
      for (const key of keys(node)) holders[key]?.push(node);
    },
    release(node) {
      const own = keys(node);
      if (own.length === 0) return own;
      return own.filter((key) => {
        const left = holders[key] ?? [];
        left.splice(left.indexOf(node), 1);
        return left.length === 0;
      });
    },
    example(node) {
      const key = heldFor(node);
      const holder = key === undefined ? undefined : holders[key]?.[0];
      if (key === undefined || holder === undefined) return undefined;
      const file = nameOf[key];
      return file === undefined ? { holder } : { file, holder };
    },
  };
}

/** Looks up what tickets have in common; linear in what they declare. Keys of one ticket only are left out. */
export function indexClashes(tickets: readonly Clashing[]): ClashIndex {
  const byFile = new Map<string, number[]>();
  for (const [node, { files }] of tickets.entries()) {
    for (const file of files === undefined || files.length < 2 ? (files ?? []) : new Set(files)) {
      const members = byFile.get(file);
      if (members === undefined) byFile.set(file, [node]);
      else members.push(node);
    }
  }
  const keysOf = tickets.map((): number[] => NONE);
  const membersOf: number[][] = [];
  const nameOf: (string | undefined)[] = [];
  const exclusive: boolean[] = [];
  const add = (members: number[], name: string | undefined) => {
    for (const node of members) {
      if (keysOf[node] === NONE) keysOf[node] = [];
      keysOf[node]?.push(membersOf.length);
    }
    membersOf.push(members);
    nameOf.push(name);
    exclusive.push(name !== undefined && isExclusive(name));
  };
  for (const [file, members] of byFile) if (members.length > 1) add(members, file);
  if (tickets.every(({ conflictsWith }) => conflictsWith.length === 0)) {
    return { keysOf, membersOf, nameOf, exclusive };
  }
  const nodeOf = new Map<TicketId, number>(tickets.map(({ id }, node) => [id, node]));
  const shares = (left: number, right: number) => {
    const own = new Set(keysOf[left]);
    return keysOf[right]?.some((key) => own.has(key)) === true;
  };
  for (const [node, { conflictsWith }] of tickets.entries()) {
    for (const other of conflictsWith) {
      const otherNode = nodeOf.get(other);
      if (otherNode === undefined || otherNode === node || shares(node, otherNode)) continue;
      add([node, otherNode], undefined);
    }
  }
  return { keysOf, membersOf, nameOf, exclusive };
}

/** Most tickets share nothing; they need no list of their own. */
const NONE: number[] = [];
