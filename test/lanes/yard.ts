import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../lib/git/git.js';
import { pinBase } from '../../lib/git/depot.js';
import { createMutex } from '../../lib/lanes/mutex.js';
import { laneAt, type Lane, type LaneYard, type Setup } from '../../lib/lanes/lane.js';
import { createLanePrepare } from '../../lib/lanes/prepare.js';
import { createWorkHarvest } from '../../lib/lanes/harvest.js';
import type { EventDraft } from '../../lib/model/event.js';
import { success } from '../../lib/model/failure.js';
import { attemptAddress, laneName, oid, runId, ticketId, type Oid } from '../../lib/model/ids.js';
import type { WorkHarvest } from '../../lib/model/intent.js';
import { createRunProcess } from '../../lib/process/run-process.js';
import type { World } from '../git/world.js';

export type Prepared = Extract<EventDraft, { type: 'lane.prepared' }>;
export type LaneFailed = Extract<EventDraft, { type: 'lane.failed' }>;
export type Harvested = Extract<EventDraft, { type: 'work.harvested' }>;

/** Real lanes of a world's repository, with a shell in the place of the agent. */
export interface TestYard {
  readonly yard: LaneYard;
  readonly base: Oid;
  readonly lane: Lane;
  prepare(
    options?: Partial<{ attempt: number; base: Oid; slot: number }>,
  ): Promise<Prepared | LaneFailed>;
  /** Runs a shell script in the lane, as an agent would. */
  agent(script: string, slot?: number): string;
  harvest(
    options?: Partial<{ attempt: number; base: Oid; slot: number; git: Git }>,
  ): Promise<Harvested>;
}

export async function createYard(
  world: World,
  setup: Setup = { copy: [], run: [] },
  more: Partial<LaneYard> = {},
): Promise<TestYard> {
  const { repository, depot } = await world.open();
  const base = oid(world.sh('git rev-parse HEAD'));
  await pinBase(repository, base);
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const yard: LaneYard = {
    depot,
    root: join(world.root, 'state/lanes'),
    checkout: world.repo,
    run: runId('20261121-080000-test'),
    runDirectory: join(world.root, 'run'),
    identity: { name: 'Sage', email: 'sage@example.org' },
    setup,
    env: world.environment,
    runProcess: createRunProcess({ clock }),
    clock,
    noProcessLeft: () => Promise.resolve(success(undefined)),
    mutex: createMutex(),
    ...more,
  };
  const never = new AbortController().signal;
  const intent = (options: Partial<{ attempt: number; base: Oid; slot: number }>) => ({
    key: 'key',
    lane: laneName(options.slot ?? 1),
    ticket: ticketId('T-1'),
    attempt: attemptAddress(ticketId('T-1'), options.attempt ?? 1),
    base: options.base ?? base,
  });
  return {
    yard,
    base,
    lane: laneAt(yard.root, laneName(1)),
    prepare: async (options = {}) => {
      const [event] = await createLanePrepare(yard).perform(
        { kind: 'lane.prepare', ...intent(options) },
        never,
      );
      if (event?.type !== 'lane.prepared' && event?.type !== 'lane.failed') throw new Error('?');
      return event;
    },
    agent: (script, slot = 1) =>
      execFileSync('sh', ['-ec', script], {
        cwd: laneAt(yard.root, laneName(slot)).path,
        env: { ...world.environment, GIT_EDITOR: 'true' },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    harvest: async ({ git = yard.depot.git, ...options } = {}) => {
      const asked: WorkHarvest = { kind: 'work.harvest', ...intent(options) };
      const itsYard = { ...yard, depot: { ...yard.depot, git } };
      const [event] = await createWorkHarvest(itsYard).perform(asked, never);
      if (event?.type !== 'work.harvested') throw new Error('?');
      return event;
    },
  };
}

/** The user's repository as one hash a file: all but our own folder and refs. Two are equal when nothing was touched. */
export function fingerprint(world: World): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const look = (path: string) => {
    const full = join(world.repo, path);
    if (path === '.git/sage' || path === '.git/refs/sage') return;
    const stat = lstatSync(full);
    if (stat.isDirectory()) for (const name of readdirSync(full)) look(join(path, name));
    else {
      const content = stat.isSymbolicLink() ? readlinkSync(full) : readFileSync(full);
      found[path] = `${stat.mode} ${createHash('sha1').update(content).digest('hex')}`;
    }
  };
  look('.');
  return found;
}
