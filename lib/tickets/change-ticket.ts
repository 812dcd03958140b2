import type { TicketChange } from '../model/ticket.js';
import type { Habits } from './habits.js';
import { appendItem, editInner, objectIn, removeMember, setMember } from './json-edit.js';
import { isGiven, itemsOf, memberOf, stringOf, valueOf, type JsonNode } from './json-node.js';
import type { JsonValue } from './json-style.js';

/** Writes one change into the text of one ticket's object. What could not be written as wished is added to `notes`. */
export function changeTicketText(
  text: string,
  change: TicketChange,
  habits: Habits,
  notes: string[],
): string {
  let edited = setMember(text, 'state', change.state, ['priority', 'title', 'id'], habits);
  edited = setUpdated(edited, change, habits);
  edited = appendHistory(edited, change, habits, notes);
  edited = setReason(edited, change, habits, notes);
  return change.state === 'COMPLETED' ? setGit(edited, change, habits) : edited;
}

/** Upstream writes `updated`; a ticket that keeps the time as `updated_at` goes on doing so. */
function setUpdated(text: string, { at }: TicketChange, habits: Habits): string {
  const object = objectIn(text);
  const key = ['updated', 'updated_at'].find((name) => memberOf(object, name) !== undefined);
  if (key === undefined && !habits.hasUpdated) return text;
  return setMember(text, key ?? 'updated', at, ['state'], habits);
}

function appendHistory(
  text: string,
  { ticket, state, at }: TicketChange,
  habits: Habits,
  notes: string[],
): string {
  const history = valueOf(objectIn(text), 'state_history');
  const entry = { state, timestamp: at };
  const style = {
    isAscii: habits.isAscii,
    ...(habits.historyLines === undefined ? {} : { isMultiLine: habits.historyLines }),
  };
  if (!isGiven(history)) {
    if (!habits.hasHistory) return text;
    return setMember(text, 'state_history', [entry], ['updated', 'updated_at', 'state'], style);
  }
  if (history.kind !== 'array') {
    notes.push(`The state_history of ${ticket} is no array and was left as it is.`);
    return text;
  }
  const isThere = history.items.some(
    (item) =>
      item.kind === 'object' &&
      stringOf(valueOf(item, 'state')) === state &&
      stringOf(valueOf(item, 'timestamp')) === at,
  );
  return isThere ? text : appendItem(text, 'state_history', entry, style);
}

/** A reason is ours where it is a plain string; other forms come from other writers and stay. */
function setReason(
  text: string,
  { ticket, state, reason }: TicketChange,
  habits: Habits,
  notes: string[],
): string {
  const present = valueOf(objectIn(text), 'defer_reason');
  if (state !== 'DEFERRED') {
    let edited = text;
    // In a loop, as a key that stands twice would otherwise come back to life.
    while (stringOf(valueOf(objectIn(edited), 'defer_reason')) !== undefined) {
      edited = removeMember(edited, 'defer_reason');
    }
    return edited;
  }
  if (reason === undefined) return text;
  if (isGiven(present) && stringOf(present) === undefined) {
    notes.push(`${ticket} already has a defer_reason of another form, which stays: ${reason}`);
    return text;
  }
  return setMember(text, 'defer_reason', reason, ['state_history', 'updated', 'state'], habits);
}

function setGit(text: string, { at, commit, branch }: TicketChange, habits: Habits): string {
  if (commit === undefined) return text;
  const git = valueOf(objectIn(text), 'git');
  const last = { sha: commit, timestamp: at };
  if (!isGiven(git)) {
    if (!habits.hasGit) return text;
    const value: Record<string, JsonValue> = {
      ...(branch !== undefined && habits.gitKeys.has('branch') ? { branch } : {}),
      commits: [commit],
      ...(habits.gitKeys.has('last_commit') ? { last_commit: last } : {}),
    };
    return setMember(text, 'git', value, ['state_history', 'updated', 'state'], habits);
  }
  if (git.kind !== 'object') return text;
  return editInner(text, 'git', (inner) => {
    let edited = addCommit(inner, commit, habits);
    const { members } = objectIn(edited);
    const has = (key: string) => members.some((member) => member.key === key);
    if (branch !== undefined && has('branch') && isEmpty(valueOf(objectIn(edited), 'branch'))) {
      edited = setMember(edited, 'branch', branch, [], habits);
    }
    // The message of an earlier commit must not stand beside the sha of this one, so the whole value is new.
    return habits.gitKeys.has('last_commit') && !isLast(edited, commit)
      ? setMember(edited, 'last_commit', last, ['commits'], habits)
      : edited;
  });
}

function addCommit(git: string, commit: string, habits: Habits): string {
  const commits = valueOf(objectIn(git), 'commits');
  if (commits?.kind !== 'array') {
    return isGiven(commits) ? git : setMember(git, 'commits', [commit], ['branch'], habits);
  }
  const isThere = itemsOf(commits).some((item) => isCommit(item, commit));
  return isThere ? git : appendItem(git, 'commits', commit, habits);
}

function isLast(git: string, commit: string): boolean {
  const last = valueOf(objectIn(git), 'last_commit');
  return last?.kind === 'object' && isCommit(valueOf(last, 'sha'), commit);
}

/** Real indexes abbreviate commits to seven digits. */
function isCommit(node: JsonNode | undefined, commit: string): boolean {
  const text = stringOf(node) ?? '';
  return text.length >= 7 && commit.startsWith(text);
}

const isEmpty = (node: JsonNode | undefined) => !isGiven(node) || stringOf(node) === '';
