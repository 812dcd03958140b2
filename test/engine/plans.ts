import type { EventOf } from '../../lib/model/event.js';
import { oid, runId, ticketId } from '../../lib/model/ids.js';
import type { RunOptions, RunTicket } from '../../lib/model/run.js';

/** A ticket of a run; all of it that does not matter is made up. */
export const ticket = (id: string, more: Partial<RunTicket> = {}): RunTicket => ({
  id: ticketId(id),
  title: id,
  dependsOn: [],
  conflictsWith: [],
  priority: 2,
  inheritedPriority: 2,
  estimateMinutes: 5,
  tailMinutes: 5,
  batch: 1,
  order: 0,
  scripts: [],
  message: `feat(x): #${id} work`,
  component: 'X',
  agent: 'test',
  ...more,
});

/** A ticket's own script, which its agent may mend once. */
export const script = {
  name: 'proof',
  command: 'true',
  retries: 0,
  timeoutMs: 1_000,
  autoFix: true,
  maxFixes: 1,
};

const options = (more: Partial<RunOptions>): RunOptions => ({
  slots: 2,
  schedule: 'rolling',
  order: 'slack',
  conflictsRunning: 'prefer',
  conflictAttempts: 1,
  commits: 'squash',
  hasChecks: true,
  requestedSlots: 2,
  ...more,
});

/** The first record of a run's journal. */
export const planned = (
  tickets: readonly RunTicket[],
  more: Partial<RunOptions> = {},
  containers: EventOf<'run.planned'>['containers'] = [],
): EventOf<'run.planned'> => ({
  type: 'run.planned',
  run: runId('20260101-000000-0000'),
  plan: 'p',
  repository: '/r',
  directory: '/r/.git/sage/runs/x',
  base: oid('b0'),
  baseTree: oid('t0'),
  target: 'work',
  branch: 'sage/20260101-000000-0000',
  options: options(more),
  tickets,
  containers,
});
