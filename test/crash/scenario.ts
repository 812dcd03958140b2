import { join } from 'node:path';
import { Rig } from '../rig/rig.js';
import type { AgentScript } from '../rig/agent-main.js';

export type Schedule = 'rolling' | 'batch';

/** Red as soon as the red ticket's file is there; with the flaky one's, each tree is red when it is met first. */
const CHECK = `test ! -e red.txt || exit 1
mkdir -p "$1"
if test -e flaky.txt && mkdir "$1/$(git rev-parse HEAD^{tree})" 2>/dev/null; then exit 1; fi
exit 0
`;

/** Both insert at the same place, so whoever lands second meets a conflict; sorted, so the end is the same. */
const conflicting: AgentScript[string] = [
  { shell: 'printf "%s\\n" "$SAGE_TICKET" >> notes.txt; sort -u -o notes.txt notes.txt' },
  { delay: 30 },
  { exit: 0 },
];

/** Dependencies, a conflict, a red and a flaky check, an agent that does nothing, files left uncommitted. */
const TICKETS = [
  { id: 'A' },
  { id: 'B', dependencies: ['A'] },
  { id: 'C' },
  { id: 'D' },
  { id: 'RED' },
  { id: 'BEHIND', dependencies: ['RED'] },
  { id: 'FLAKY' },
  { id: 'IDLE' },
];

const SCRIPT: AgentScript = {
  '*': [{ write: { '{ticket}.txt': 'work\n' } }, { delay: 30 }, { commit: 'work on {ticket}' }],
  B: [{ write: { 'B.txt': 'half\n' } }, { delay: 40 }, { write: { 'B.txt': 'left\n' } }],
  C: conflicting,
  D: conflicting,
  RED: [{ write: { 'red.txt': 'x\n' } }],
  FLAKY: [{ write: { 'flaky.txt': 'x\n' } }, { fork: {} }],
  IDLE: [{ delay: 10 }],
};

/** A rig that holds the queue of the kill matrix, its agents scripted. */
export async function crashRig(branch: 'main' | 'work'): Promise<Rig> {
  const rig = await Rig.create({
    branch,
    files: { 'check.sh': CHECK, 'notes.txt': 'M\n', '.gitattributes': '*.bin binary\n' },
  });
  await rig.tickets(TICKETS);
  await rig.config({ verify: [`sh check.sh "${join(rig.places.root, 'flaky')}"`] });
  await rig.script(SCRIPT);
  return rig;
}

export const streamWords = (schedule: Schedule) => [
  'stream',
  '--auto',
  '--json',
  '--parallel=2',
  `--schedule=${schedule}`,
];

/** What a finished queue looks like, in a form that can be compared: files of the branch, ticket states, landings. */
export interface QueueEnd {
  readonly files: readonly string[];
  readonly states: Readonly<Record<string, string>>;
  /** Ids by the branch's Land-Id trailers, bookkeeping left out, sorted; one that landed twice stands twice. */
  readonly landed: readonly string[];
}

export async function queueEnd(rig: Rig): Promise<QueueEnd> {
  const tip = await tipOf(rig);
  const files = await rig.git('ls-tree', '-r', tip);
  const trailers = await rig.git(
    'log',
    '--format=%(trailers:key=Land-Id,valueonly,separator=%x2C)',
    tip,
  );
  return {
    files: files.split('\n').filter((line) => !line.includes('\t.sage/')),
    states: rig.states(),
    landed: trailers
      .split('\n')
      .flatMap((line) => line.split('/').slice(1))
      .filter((id) => id !== 'bookkeeping')
      .sort(),
  };
}

/** The newest run's branch where the target is never moved, else the branch that was delivered to. */
async function tipOf(rig: Rig): Promise<string> {
  if (rig.options.branch !== 'main') return rig.options.branch;
  const names = await rig.git('for-each-ref', '--format=%(refname)', 'refs/heads/sage/');
  return names.split('\n').sort().at(-1) ?? 'HEAD';
}
