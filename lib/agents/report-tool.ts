import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isSameReport, reportKinds, type AgentReport } from '../model/report.js';
import type { McpAnswer, McpTool } from './mcp.js';
import { DESCRIPTION_LIMIT, fits, readOutbox, reportOf, TITLE_LIMIT } from './outbox.js';
import type { Told } from './told.js';

/** The tool by which an agent writes into its outbox: checked, while it can still mend what it said. */
export const reportTool = (outbox: string): McpTool => ({
  name: 'report',
  description:
    'Tell the people who want this work what the work itself does not show. They read it later and do not answer.',
  inputSchema: SCHEMA,
  call: (given) => report(outbox, given),
});

const PRIORITIES = ['P0', 'P1', 'P2', 'P3', 'P4'];

const SCHEMA = {
  type: 'object',
  properties: {
    kind: {
      type: 'string',
      enum: reportKinds,
      description:
        'follow-up: work that this ticket does not ask for; issue: a fault that you found; blocked, question: what keeps you from doing the ticket; done: what is worth knowing about what you did',
    },
    title: { type: 'string', maxLength: TITLE_LIMIT, description: 'One line' },
    description: { type: 'string', maxLength: DESCRIPTION_LIMIT },
    priority: { type: 'string', enum: PRIORITIES, description: 'Of a follow-up' },
  },
  required: ['kind', 'title'],
  additionalProperties: false,
};

async function report(outbox: string, given: Told): Promise<McpAnswer> {
  const faults = faultsOf(given);
  const told = reportOf(given);
  if (faults.length > 0 || !told) return refusal(faults.join('; '));
  const { reports = [] } = await readOutbox(outbox);
  if (reports.some((one) => isSameReport(one, told)))
    return { text: 'That was noted before.', isError: false };
  if (!fits(reports, told))
    return refusal(
      `there is no room for more after ${reports.length} reports; say the rest in your summary`,
    );
  try {
    await append(outbox, told);
  } catch (error) {
    return refusal((error as Error).message);
  }
  return { text: 'Noted.', isError: false };
}

const refusal = (why: string): McpAnswer => ({ text: `Not noted: ${why}.`, isError: true });

/** All that keeps it from being a report as it was meant. */
function faultsOf(given: Told): readonly string[] {
  const { kind, title, description, priority, ...others } = given;
  return [
    ...(reportKinds.some((known) => known === kind)
      ? []
      : [`kind must be one of ${reportKinds.join(', ')}, not ${shown(kind)}`]),
    ...textFaults('title', title, TITLE_LIMIT),
    ...(typeof title === 'string' && title.trim() === '' ? ['title must say something'] : []),
    ...(description === undefined ? [] : textFaults('description', description, DESCRIPTION_LIMIT)),
    ...(priority === undefined || PRIORITIES.some((known) => known === priority)
      ? []
      : [`priority must be one of ${PRIORITIES.join(', ')}, not ${shown(priority)}`]),
    ...Object.keys(others).map((name) => `${shown(name)} is no field of a report`),
  ];
}

function textFaults(name: string, value: unknown, limit: number): readonly string[] {
  if (typeof value !== 'string') return [`${name} must be a text, not ${shown(value)}`];
  return value.length > limit
    ? [`${name} has ${value.length} characters, and may have ${limit}`]
    : [];
}

const shown = (value: unknown) =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);

/** As one write, which no other appending program can come into; behind a line that was left open. */
async function append(outbox: string, told: AgentReport): Promise<void> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  const flags = O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_RDWR;
  await using handle = await open(outbox, flags, 0o600);
  const { size } = await handle.stat();
  const last = Buffer.alloc(1);
  if (size > 0) await handle.read(last, 0, 1, size - 1);
  const isOpen = size > 0 && last.toString('latin1') !== '\n';
  await handle.write(`${isOpen ? '\n' : ''}${JSON.stringify(told)}\n`);
}
