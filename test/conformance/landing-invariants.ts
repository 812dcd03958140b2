import type { RunEvent } from '../../lib/model/event.js';
import type { RunOptions } from '../../lib/model/run.js';
import type { Verdict } from '../../lib/model/work.js';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

const optionsOf = (events: readonly RunEvent[]): RunOptions | undefined =>
  events.find((event): event is EventOf<'run.planned'> => event.type === 'run.planned')?.options;

/** What every journal must obey between the landing queue and the run's branch. */
export function landingFaults(events: readonly RunEvent[]): string[] {
  return [...landings(events), ...verification(events), ...openChecks(events)];
}

/** What failed in a verdict and was no reason to reject: command and name. */
const excusedIn = ({ results = [] }: Partial<Verdict>) =>
  results.flatMap(({ command, known = [] }) => known.map((name) => `${command}\0${name}`));

/** Every ticket lands once at most; each landing was announced, builds on the one before and is not deferred too. */
function landings(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const landed = new Set<string>();
  const deferred = new Set<string>();
  const builtOnto = new Map<string, string>();
  let tip = '';
  let moving: EventOf<'landing.moving'> | undefined;
  let told: readonly { readonly ticket: string; readonly commit: string }[] = [];
  for (const event of events) {
    if (event.type === 'run.planned') tip = event.base;
    if (event.type === 'landing.prepared') builtOnto.set(event.commit, event.onto);
    if (event.type === 'landing.moving') moving = event;
    if (told.length > 0 && (event.type === 'landing.moving' || event.type === 'run.finished'))
      faults.push(`${event.type} comes before ${told[0]?.ticket} is told`);
    if (event.type === 'ticket.deferred') deferred.add(event.ticket);
    if (event.type === 'ticket.retried') {
      if (!deferred.delete(event.ticket) && landed.has(event.ticket))
        faults.push(`${event.ticket} was tried again after it had landed`);
    }
    // Somebody else moved the branch: what follows builds on that.
    if (event.type === 'landing.bounced' && event.tip) tip = event.tip;
    if (event.type === 'bookkeeping.landed' && event.commit) tip = event.commit;
    if (event.type !== 'landing.landed') continue;
    const { ticket, commit } = event;
    if (landed.has(ticket)) faults.push(`${ticket} landed twice`);
    if (deferred.has(ticket)) faults.push(`${ticket} landed after it was deferred`);
    landed.add(ticket);
    const isAnnounced = told[0]?.ticket === ticket && told[0].commit === commit;
    if (isAnnounced) {
      told = told.slice(1);
    } else {
      told = event.rest ?? [];
      const last = told.at(-1)?.commit ?? commit;
      if (moving?.ticket !== ticket) faults.push(`${ticket} landed without landing.moving`);
      else if (moving.new !== last)
        faults.push(`${ticket} landed as another commit than announced`);
      else if (moving.old !== tip) faults.push(`${ticket} did not land on the tip`);
    }
    const onto = builtOnto.get(commit);
    if (onto !== undefined && onto !== tip)
      faults.push(`${ticket} did not land in the order of the chain`);
    tip = commit;
  }
  return faults;
}

/**
 * With checks, what is published was verified on exactly its tree: each landed commit, or with `tips` the last of each
 * move. A red verdict is final only on the tip or on a predecessor that is green.
 */
function verification(events: readonly RunEvent[]): string[] {
  const options = optionsOf(events);
  if (!options?.hasChecks) return [];
  const faults: string[] = [];
  const treeOf = new Map<string, string>();
  const latest = new Map<string, EventOf<'landing.prepared'>>();
  const green = new Set<string>();
  const red = new Set<string>();
  let tip = '';
  const isGreen = (commit: string) => green.has(treeOf.get(commit) ?? '');
  /** Failures that were excused, by tree, and those that no tip has been without so far. */
  const excused = new Map<string, readonly string[]>();
  let alive: readonly string[] = [];
  const bringsBack = (commit: string) =>
    excused.get(treeOf.get(commit) ?? '')?.some((name) => !alive.includes(name)) ?? false;
  for (const event of events) {
    if (event.type === 'run.planned') tip = event.base;
    if (event.type === 'landing.bounced' && event.tip) tip = event.tip;
    if (event.type === 'bookkeeping.landed' && event.commit) tip = event.commit;
    if (event.type === 'landing.prepared') {
      treeOf.set(event.commit, event.tree);
      latest.set(event.ticket, event);
    }
    if (event.type === 'landing.verified')
      (event.verdict.colour === 'green' ? green : red).add(event.verdict.tree);
    if (event.type === 'base.checked' && event.verdict) alive = excusedIn(event.verdict);
    if (event.type === 'landing.verified')
      excused.set(event.verdict.tree, excusedIn(event.verdict));
    if (event.type === 'landing.moving') {
      if (bringsBack(event.new)) faults.push(`${event.new} brings back what was mended`);
      const left = excused.get(treeOf.get(event.new) ?? '');
      alive = left ? alive.filter((name) => left.includes(name)) : alive;
    }
    if (event.type === 'landing.moving' && !isGreen(event.new))
      faults.push(`${event.new} is published without a green verdict`);
    if (event.type === 'landing.landed') {
      tip = event.commit;
      if (options.landVerify !== 'tips' && treeOf.has(event.commit) && !isGreen(event.commit))
        faults.push(`${event.ticket} landed without a green verdict of its tree`);
    }
    if (event.type !== 'ticket.deferred' && event.type !== 'intake.left') continue;
    if (event.failure.code !== 'checks/red') continue;
    const built = latest.get(event.ticket);
    if (!built || !(red.has(built.tree) || bringsBack(built.commit)))
      faults.push(`${event.ticket} was rejected without red`);
    else if (built.onto !== tip && !isGreen(built.onto))
      faults.push(`${event.ticket} was rejected behind something that is not green`);
  }
  return faults;
}

/** At most so many checks at once as there are verification slots, each in a lane of its own. */
function openChecks(events: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const slots = optionsOf(events)?.checkSlots ?? 1;
  const open = new Map<string, string>();
  for (const { seq, closes, opens } of events) {
    if (closes !== undefined) open.delete(closes);
    if (opens?.kind !== 'checks.run') continue;
    const lane = opens.lane ?? 'check-1';
    if ([...open.values()].includes(lane)) faults.push(`seq ${seq} shares ${lane}`);
    open.set(opens.key, lane);
    if (open.size > slots) faults.push(`${open.size} checks at once with ${slots} slots`);
  }
  return faults;
}
