import type { Failure } from '../../lib/model/failure.js';
import type { RunEvent } from '../../lib/model/event.js';
import type { CredentialPool } from '../../lib/model/run.js';

const MINUTE_MS = 60_000;

/** One key as the journal tells it. */
interface Key {
  readonly maxConcurrent: number;
  readonly perMinute: number;
  readonly holders: Set<string>;
  calls: number[];
  until: number;
  isSpent: boolean;
}

/**
 * What every journal must obey about keys: an agent with a pool is never called without one of its keys, an agent
 * without never with one; nobody gets a key that rests, is spent, or is held by as many as may; no more calls in a
 * minute than it may have; no event names a key that is not of the pool.
 */
export function credentialFaults(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const keys = new Map<string, Key>();
  const agents = new Map<string, string>();
  const pooled = new Set<string>();
  const held = new Map<string, string>();
  const ticketOf = new Map<string, string>();
  const fault = (event: RunEvent, text: string) => faults.push(`seq ${event.seq}: ${text}`);
  const letGo = (attempt: string) => {
    keys.get(held.get(attempt) ?? '')?.holders.delete(attempt);
    held.delete(attempt);
  };
  const take = (event: RunEvent, attempt: string, id: string | undefined) => {
    const agent = agents.get(ticketOf.get(attempt) ?? '') ?? '';
    if (!pooled.has(agent)) {
      if (id !== undefined) fault(event, `${attempt} got a key, and ${agent} has no pool`);
      return undefined;
    }
    const name = `${agent}/${id ?? 'no key'}`;
    const key = keys.get(name);
    if (!key) {
      fault(event, `${attempt} got ${name}`);
      return undefined;
    }
    letGo(attempt);
    held.set(attempt, name);
    key.holders.add(attempt);
    const at = Date.parse(event.at);
    if (key.holders.size > key.maxConcurrent)
      fault(event, `${name} is held by ${[...key.holders].join(', ')}`);
    if (key.isSpent) fault(event, `${attempt} got ${name}, which is spent`);
    if (at < key.until) fault(event, `${attempt} got ${name}, which rests`);
    return { key, name };
  };
  for (const event of events) {
    switch (event.type) {
      case 'run.planned':
        for (const { agent, keys: those } of event.options.pools ?? []) {
          pooled.add(agent);
          for (const one of those) keys.set(`${agent}/${one.id}`, fresh(one));
        }
        for (const { id, agent } of event.tickets) agents.set(id, agent);
        break;
      case 'run.resumed':
        for (const key of keys.values()) key.isSpent = false;
        break;
      case 'attempt.started':
        ticketOf.set(event.attempt, event.ticket);
        take(event, event.attempt, event.credential);
        break;
      case 'agent.called': {
        if (event.opens?.kind !== 'agent.run') break;
        const taken = take(event, event.attempt, event.opens.credential);
        if (!taken) break;
        const at = Date.parse(event.at);
        const calls = [...taken.key.calls.filter((one) => one > at - MINUTE_MS), at];
        taken.key.calls = calls;
        if (calls.length > taken.key.perMinute)
          fault(event, `${taken.name} was called with ${calls.length} times within a minute`);
        break;
      }
      case 'agent.finished':
        if (isOfKey(event.outcome.failure)) letGo(event.attempt);
        break;
      case 'attempt.finished':
        letGo(event.attempt);
        break;
      case 'credential.awaited':
        letGo(event.attempt);
        break;
      case 'credential.cooled':
      case 'credential.spent': {
        const key = keys.get(`${event.agent}/${event.credential}`);
        if (!key) fault(event, `${event.type} tells of ${event.agent}/${event.credential}`);
        else if (event.type === 'credential.spent') key.isSpent = true;
        else key.until = Date.parse(event.until);
        break;
      }
      default:
    }
  }
  return faults;
}

const fresh = ({ maxConcurrent, perMinute }: CredentialPool['keys'][number]): Key => ({
  maxConcurrent,
  perMinute: perMinute ?? Infinity,
  holders: new Set(),
  calls: [],
  until: 0,
  isSpent: false,
});

const isOfKey = (failure: Failure | undefined) =>
  /^agent\/(rate-limited|quota-gone|not-logged-in|forbidden)$/.test(failure?.code ?? '');
