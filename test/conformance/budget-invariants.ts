import type { AgentOutcome } from '../../lib/model/agent.js';
import type { RunEvent } from '../../lib/model/event.js';

/**
 * The cost limit: what is held for calls and what is spent are never more than it when something is held anew, nothing
 * starts beyond it, a mark is told once, and what it stops is harvested before it ends.
 */
export function budgetFaults(events: readonly RunEvent[]): string[] {
  const [first] = events;
  const limit = first?.type === 'run.planned' ? first.options.maxCostMicroUsd : undefined;
  const faults: string[] = [];
  let spent = 0;
  let mark = 0;
  const held = new Map<string, { reserved: number; running: number }>();
  const stopped = new Map<string, 'working' | 'harvested'>();
  const of = (attempt: string) => held.get(attempt) ?? { reserved: 0, running: 0 };
  const hold = (seq: number, attempt: string, reserved: number) => {
    const own = of(attempt);
    held.set(attempt, { ...own, reserved });
    let sum = spent;
    for (const one of held.values()) sum += Math.max(one.reserved, one.running);
    if (limit === undefined) faults.push(`seq ${seq} holds ${reserved} of no limit`);
    else if (sum > limit) faults.push(`seq ${seq}: ${sum} spent and held of ${limit}`);
    if (reserved < own.running) faults.push(`seq ${seq} holds less for ${attempt} than it used`);
  };
  for (const event of events) {
    const { seq } = event;
    if (limit === undefined && event.type.startsWith('budget.'))
      faults.push(`seq ${seq}: ${event.type} without a limit`);
    switch (event.type) {
      case 'attempt.started':
        if (limit !== undefined && spent >= limit)
          faults.push(`seq ${seq}: ${event.attempt} started with ${spent} spent of ${limit}`);
        held.set(event.attempt, { reserved: 0, running: 0 });
        if (event.reserved !== undefined) hold(seq, event.attempt, event.reserved);
        break;
      case 'agent.called':
        if (event.reserved !== undefined) hold(seq, event.attempt, event.reserved);
        break;
      case 'budget.passed':
        held.set(event.attempt, { ...of(event.attempt), running: event.microUsd });
        break;
      case 'budget.raised':
        if (event.reserved <= Math.max(of(event.attempt).reserved, of(event.attempt).running))
          faults.push(`seq ${seq} raises ${event.attempt} to less than it has`);
        hold(seq, event.attempt, event.reserved);
        break;
      case 'budget.exceeded':
        stopped.set(event.attempt, 'working');
        break;
      case 'budget.warned':
        if (event.percent <= mark) faults.push(`seq ${seq} warns of ${event.percent} % again`);
        mark = event.percent;
        break;
      case 'agent.finished':
        spent += costOf(event.outcome);
        held.set(event.attempt, { reserved: 0, running: 0 });
        break;
      case 'work.harvested':
        if (stopped.has(event.attempt)) stopped.set(event.attempt, 'harvested');
        break;
      case 'attempt.finished':
        held.delete(event.attempt);
        if (stopped.get(event.attempt) === 'working')
          faults.push(`seq ${seq}: the work of ${event.attempt} was not kept`);
        break;
      default:
    }
  }
  return faults;
}

const costOf = ({ cost, usage }: AgentOutcome) => cost?.microUsd ?? usage.costMicroUsd ?? 0;
