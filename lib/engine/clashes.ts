import type { TicketId } from '../model/ids.js';
import type { RunTicket } from '../model/run.js';

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

/** Who keeps whom from running, as tickets take hold of their files and let go of them. */
export interface Clashes {
  /** Takes hold for a ticket; returns the tickets whose standing may have changed. */
  hold(node: number): readonly number[];
  release(node: number): readonly number[];
  /** How many held things a ticket shares with others, and how many of them admit no neighbour at all. */
  shared(node: number): number;
  exclusive(node: number): number;
  /** One thing a ticket shares with a holder, for a readable reason. */
  example(node: number): { readonly file?: string; readonly holder: number } | undefined;
}

/** What tickets have in common: each shared file is a key, each conflict that no file explains a key of its own. */
export interface ClashIndex {
  readonly keysOf: readonly (readonly number[])[];
  readonly membersOf: readonly (readonly number[])[];
  /** The file of a key; none for a conflict without one. */
  readonly nameOf: readonly (string | undefined)[];
}

/** Nobody holds anything yet. */
export function createClashes({ keysOf, membersOf, nameOf }: ClashIndex): Clashes {
  const holderOf = membersOf.map((): number[] => []);
  const isHard = nameOf.map((name) => name !== undefined && isExclusive(name));
  const sharedBy = new Int32Array(keysOf.length);
  const exclusiveBy = new Int32Array(keysOf.length);
  const keys = (node: number) => keysOf[node] ?? [];
  const count = (node: number, key: number, by: 1 | -1) => {
    sharedBy[node] = (sharedBy[node] ?? 0) + by;
    if (isHard[key]) exclusiveBy[node] = (exclusiveBy[node] ?? 0) + by;
  };
  const change = (node: number, by: 1 | -1) => {
    const touched: number[] = [];
    for (const key of keys(node)) {
      const holders = holderOf[key] as number[];
      if (by === 1) holders.push(node);
      else holders.splice(holders.indexOf(node), 1);
      if (holders.length !== (by === 1 ? 1 : 0)) continue;
      for (const member of membersOf[key] ?? []) {
        count(member, key, by);
        touched.push(member);
      }
    }
    return touched;
  };
  return {
    hold: (node) => change(node, 1),
    release: (node) => change(node, -1),
    shared: (node) => sharedBy[node] ?? 0,
    exclusive: (node) => exclusiveBy[node] ?? 0,
    example(node) {
      const key = keys(node).find((candidate) => (holderOf[candidate]?.length ?? 0) > 0);
      const holder = key === undefined ? undefined : holderOf[key]?.[0];
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
    for (const file of new Set(files)) {
      const members = byFile.get(file);
      if (members === undefined) byFile.set(file, [node]);
      else members.push(node);
    }
  }
  const nodeOf = new Map<TicketId, number>(tickets.map(({ id }, node) => [id, node]));
  const keysOf = tickets.map((): number[] => NONE);
  const membersOf: number[][] = [];
  const nameOf: (string | undefined)[] = [];
  const add = (members: number[], name: string | undefined) => {
    for (const node of members) {
      if (keysOf[node] === NONE) keysOf[node] = [];
      keysOf[node]?.push(membersOf.length);
    }
    membersOf.push(members);
    nameOf.push(name);
  };
  for (const [file, members] of byFile) if (members.length > 1) add(members, file);
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
  return { keysOf, membersOf, nameOf };
}

/** Most tickets share nothing; they need no list of their own. */
const NONE: number[] = [];
