import { createHash } from 'node:crypto';
import { ticketId } from '../../lib/model/ids.js';
import type { Plan } from '../../lib/model/plan.js';
import type { Ticket } from '../../lib/model/ticket.js';
import { assemblePlan } from '../../lib/plan/assemble.js';
import type { PlanInput, PlanOptions } from '../../lib/plan/input.js';

type Draft = Partial<Omit<Ticket, 'id' | 'dependencies' | 'children' | 'blocks' | 'parent'>> & {
  readonly after?: readonly string[];
  readonly children?: readonly string[];
  readonly blocks?: readonly string[];
  readonly parent?: string;
};

/** A ticket of which a test states only what matters. */
export function ticket(
  id: string,
  { after, children, blocks, parent, ...rest }: Draft = {},
): Ticket {
  return {
    id: ticketId(id),
    title: `Title of ${id}`,
    state: 'UNPROCESSED',
    priority: 2,
    type: 'implementation',
    validationType: 'generic',
    description: '',
    acceptanceCriteria: [],
    dependencies: (after ?? []).map(ticketId),
    blocks: (blocks ?? []).map(ticketId),
    children: (children ?? []).map(ticketId),
    ...(parent === undefined ? {} : { parent: ticketId(parent) }),
    component: id.includes('-') ? id.slice(0, id.lastIndexOf('-')) : id,
    documents: [],
    files: [],
    subtasks: [],
    scripts: [],
    isHistory: false,
    where: { file: 'index.json' },
    ...rest,
  };
}

export const defaults: PlanOptions = {
  schedule: 'rolling',
  order: 'slack',
  conflictsRunning: 'prefer',
  requestedSlots: 4,
  hierarchy: 'containers',
};

export function sha256(pieces: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** The plan of tickets on a machine with 8 CPUs. */
export function planOf(
  tickets: readonly Ticket[],
  options: Partial<PlanOptions> = {},
  more: Partial<PlanInput> = {},
): Plan {
  return assemblePlan({
    tickets,
    options: { ...defaults, ...options },
    cpus: 8,
    hash: sha256,
    ...more,
  });
}

/** A planned ticket that has to be there. */
export function planned(plan: Plan, id: string) {
  const found = plan.tickets.find((one) => one.id === id);
  if (found === undefined) throw new Error(`the plan has no ${id}`);
  return found;
}
