import type { ChalkInstance } from 'chalk';
import type { RunStatus, TicketCounts } from '../model/status-schema.js';
import { clean } from './clean.js';
import { duration } from './duration.js';
import { timeOf } from './key-words.js';
import { fit } from './layout.js';
import { summaryText } from './summary-text.js';

interface View {
  readonly paint: ChalkInstance;
  readonly width: number;
  readonly now: number;
}

/** A run at a glance: how it stands, who works on what, what lands, what it costs, what needs a human. */
export function statusText(status: RunStatus, view: View): string {
  const { paint } = view;
  const { counts } = status;
  const lines = [headLine(status, view)];
  if (status.summary) {
    lines.push(summaryText(status.summary, paint).trimEnd());
    return lines.join('\n');
  }
  if (counts) lines.push(`  ${countWords(counts)}`);
  lines.push(...keyLines(status, view));
  lines.push(...laneLines(status, view), ...landingLines(status, view));
  const spent = spentWords(status);
  if (spent !== '') lines.push(`  ${paint.dim(spent)}`);
  if (status.failure) {
    const { code, message, hint } = status.failure;
    lines.push(`  ${paint.red(code)} ${clean(message)}`);
    if (hint) lines.push(`           ${clean(hint)}`);
  }
  for (const { ticket, what, command } of status.needs) {
    const about = ticket === undefined ? paint.yellow('note    ') : paint.red('deferred');
    lines.push(
      `  ${about} ${ticket === undefined ? '' : `${paint.cyan(clean(ticket))} `}${clean(what)}`,
    );
    if (command !== undefined) lines.push(`           → ${clean(command)}`);
  }
  return lines.join('\n');
}

function headLine(status: RunStatus, { paint, now }: View): string {
  const { run, state, pid, host, branch, target, began, at } = status;
  if (run === undefined) return 'No run has begun in this repository.';
  const isOver = state === 'died' || state === 'suspended' || state === 'finished';
  const end = isOver && at !== undefined ? Date.parse(at) : now;
  const took = began === undefined ? '' : `, ${duration(Math.max(0, end - Date.parse(began)))}`;
  const process = pid === undefined ? '' : ` (process ${pid}${host ? ` on ${clean(host)}` : ''})`;
  const where =
    branch === undefined ? '' : `, lands on ${clean(branch)} for ${clean(target ?? '')}`;
  return paint.bold(`run ${run}: ${WORDS[state]}${process}${took}${where}`);
}

const WORDS: Readonly<Record<RunStatus['state'], string>> = {
  none: 'not begun',
  running: 'running',
  paused: 'paused',
  stopping: 'stopping, what runs finishes',
  suspended: 'suspended',
  died: 'died',
  finished: 'finished',
};

/** `12 tickets: 5 landed, 3 running, …`; what is 0 is left out, but for the landed. */
export function countWords(counts: TicketCounts): string {
  const { total, landed, ...others } = counts;
  const words = Object.entries(others)
    .filter(([, many]) => many > 0)
    .map(([name, many]) => `${many} ${name}`);
  return `${total} ticket${total === 1 ? '' : 's'}: ${[`${landed} landed`, ...words].join(', ')}`;
}

/** `2 of 4 agents at once: claude key-1 in use, key-2 rests until 14:05:10 UTC`. */
function keyLines({ credentials, atOnce, slots }: RunStatus, { paint }: View): string[] {
  if (credentials === undefined || atOnce === undefined || slots === undefined) return [];
  const keys = credentials.map(({ agent, credential, state, until }) => {
    const rest = until === undefined ? '' : ` until ${timeOf(until)}`;
    return `${clean(agent)} ${clean(credential)} ${state.replace('-', ' ')}${rest}`;
  });
  return [`  ${paint.dim(`${atOnce} of ${slots} agents at once: ${keys.join(', ')}`)}`];
}

function laneLines({ lanes = [] }: RunStatus, { paint, width, now }: View): string[] {
  const wide = Math.max(0, ...lanes.map(({ lane }) => lane.length));
  return lanes.map(({ lane, ticket, title, attempt, doing, since }) => {
    const again = attempt > 1 ? `, attempt ${attempt}` : '';
    const how = `${doing}${again}, ${duration(Math.max(0, now - Date.parse(since)))}`;
    const room = Math.max(10, width - wide - ticket.length - how.length - 8);
    const what = fit(clean(title), room);
    return `  ${lane.padEnd(wide)}  ${paint.cyan(clean(ticket))} ${what}: ${how}`;
  });
}

function landingLines({ landing = [] }: RunStatus, { width, paint }: View): string[] {
  if (landing.length === 0) return [];
  const words = landing.map(({ ticket, step }) => `${clean(ticket)} ${clean(step)}`).join(', ');
  return [`  ${paint.bold('landing')}  ${fit(words, Math.max(20, width - 11))}`];
}

function spentWords({ costUsd, unknownCosts = 0, tokens }: RunStatus): string {
  const told = [
    ...(costUsd === undefined ? [] : [`${costUsd.toFixed(2)} USD`]),
    ...(tokens === undefined ? [] : [`${tokens.toLocaleString('en-US')} tokens`]),
  ];
  const missing =
    costUsd === undefined || unknownCosts === 0
      ? ''
      : ` (${unknownCosts} ${unknownCosts === 1 ? 'attempt' : 'attempts'} of unknown cost)`;
  return told.length === 0 ? '' : `${told.join(', ')} used so far${missing}`;
}
