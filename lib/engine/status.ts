import { spentOf } from './costs.js';
import { numberOf } from '../model/ids.js';
import type { Need, Standing } from '../model/status-schema.js';
import { colourOf, isChecking } from './chain.js';
import type { LandingEntry } from './landing-state.js';
import { openQuestion } from './open-question.js';
import { effectiveSlots, keyStandings } from './pools.js';
import { countTickets } from './standing.js';
import { reportsOf } from './reports.js';
import type { AttemptRun, RunState } from './state.js';
import { wayOnWith } from './tickets.js';

/** How a run stands after the events that were folded: pure, the same for every reader. */
export function standingOf(state: RunState): Standing {
  return {
    branch: state.branch,
    target: state.target,
    began: state.startedAt,
    at: state.lastAt,
    slots: state.slots,
    ...keys(state),
    counts: countTickets(state),
    lanes: [...state.active.values()]
      .sort((one, other) => one.lane.localeCompare(other.lane, 'en', { numeric: true }))
      .map((attempt) => ({
        lane: attempt.lane,
        ticket: attempt.ticket,
        title: state.tickets.get(attempt.ticket)?.ticket.title ?? '',
        attempt: numberOf(attempt.address),
        doing: doing(attempt),
        since: attempt.startedAt,
      })),
    landing: [
      ...state.landing.chain.map((entry) => ({ ticket: entry.ticket, step: stepOf(entry) })),
      ...state.landing.queue.map(({ ticket, behind }) => ({
        ticket,
        step: behind === undefined ? 'waits' : `waits for ${behind}`,
      })),
    ],
    ...spentOf(state),
  };
}

/** Only of a run whose agents have keys of their own. */
function keys(state: RunState): Pick<Standing, 'atOnce' | 'credentials'> {
  if (state.pools.size === 0) return {};
  const now = Date.parse(state.lastAt);
  return {
    atOnce: effectiveSlots(state, now),
    credentials: keyStandings(state, now).map((one) => ({ ...one })),
  };
}

/** The step of an attempt in words. */
function doing({ step, round, ask, nextAsk, wait }: AttemptRun): string {
  switch (step) {
    case 'preparing':
    case 'prepared':
    case 'unprepared':
      return 'its lane is made ready';
    case 'awaiting':
      return `it waits for a key: ${wait?.why.keys.join(', ') ?? ''}`;
    case 'working':
    case 'worked':
      if (nextAsk.kind === 'continue') return 'the agent goes on after a limit';
      if (round > 1) return 'the agent mends what its own check found';
      return ask.kind === 'conflict' ? 'the agent works again, on the new base' : 'the agent works';
    case 'harvesting':
    case 'harvested':
      return 'its work is taken';
    case 'proving':
    case 'proved':
      return 'its own checks run';
  }
}

function stepOf(entry: LandingEntry): string {
  if (entry.step === 'moving') return 'lands';
  if (isChecking(entry)) return 'is verified';
  const colour = colourOf(entry);
  return colour === undefined ? 'is built' : `is ${colour}`;
}

/** What of a run a human should look at, each with the one command. */
export function needsOf(state: RunState): Need[] {
  const needs: Need[] = [];
  for (const { ticket, phase, failure, kept } of state.tickets.values()) {
    if (phase !== 'deferred') continue;
    needs.push({
      ticket: ticket.id,
      what: failure?.message ?? 'deferred',
      code: failure?.code ?? 'internal/bug',
      command: wayOnWith(state, ticket.id, kept),
    });
  }
  for (const { ticket, kind, title, command } of reportsOf(state))
    if (command !== undefined || kind === 'question' || kind === 'issue')
      needs.push({ ticket, what: `${kind}: ${title}`, ...(command ? { command } : {}) });
  const asked = openQuestion(state);
  if (asked && !state.finished) {
    const what = asked.about === 'land' ? 'is ready to land' : 'is next';
    needs.push({
      what: `${asked.ticket} ${what}, and waits for a word (sage stream --step shows it)`,
      command: asked.answers[0]?.command ?? 'sage stream --step',
    });
  }
  const { left } = state.intake;
  if (left) needs.push({ what: left.message, code: left.code });
  if (state.paused !== undefined && !state.finished)
    needs.push({ what: `paused by ${state.paused}`, command: 'sage resume' });
  if (state.delivery?.how === 'left') {
    const { why, command } = state.delivery;
    needs.push({
      what: `the work is on ${state.branch}: ${why}`,
      ...(command ? { command } : {}),
    });
  }
  return needs;
}
