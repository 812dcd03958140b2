import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { reportKinds, type AgentReport } from '../model/report.js';
import type { AgentRun } from '../model/intent.js';
import { plainText } from '../process/plain-text.js';
import type { AgentRunDeps } from './agent-run-deps.js';
import { redacted } from './redacted.js';
import { parseTold, type Told } from './told.js';

/** What is read of an outbox, and what of that is kept: an agent may write anything, and as much as it likes. */
const READ_BYTES = 256 * 1024;
const REPORTS = 20;
export const TITLE_LIMIT = 200;
export const DESCRIPTION_LIMIT = 4_000;
/** All reports of a call as JSON: the room of its end has to hold them. */
const KEPT_BYTES = 24 * 1024;

/** Where a call of an agent leaves its reports: outside the lane's tree, a file for each round. */
export const outboxOf = (deps: AgentRunDeps, { lane, round }: AgentRun): string =>
  join(deps.temporaryFolder(lane), `outbox-${round}.ndjson`);

/** What the agent of a call left in its outbox, without secrets. */
export const reportedIn = async (deps: AgentRunDeps, intent: AgentRun) =>
  redacted(await readOutbox(outboxOf(deps, intent)), deps.redact);

/** The reports in an outbox, one JSON object a line; what is none, too long or too much is left out. */
export async function readOutbox(file: string): Promise<{ readonly reports?: AgentReport[] }> {
  const reports: AgentReport[] = [];
  for (const line of (await beginning(file)).split('\n')) {
    const report = reportOf(parseTold(line.trim()));
    if (!report || reports.length === REPORTS) continue;
    if (!fits(reports, report)) break;
    reports.push(report);
  }
  return reports.length > 0 ? { reports } : {};
}

/** Whether there is room for one more report of a call. */
export function fits(reports: readonly AgentReport[], one: AgentReport): boolean {
  const bytes = [...reports, one]
    .map((report) => Buffer.byteLength(JSON.stringify(report)))
    .reduce((sum, size) => sum + size, 0);
  return reports.length < REPORTS && bytes <= KEPT_BYTES;
}

/** Of a regular file alone: a link would lead elsewhere, a pipe would never end. */
async function beginning(file: string): Promise<string> {
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    await using handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!(await handle.stat()).isFile()) return '';
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}

/** What is meant by the fields of a report; nothing for what is none. */
export function reportOf(fields: Told | undefined): AgentReport | undefined {
  const kind = reportKinds.find((known) => known === fields?.['kind']);
  const title = textOf(fields?.['title'], TITLE_LIMIT).replace(/\s+/g, ' ').trim();
  if (!kind || title === '') return undefined;
  const description = textOf(fields?.['description'], DESCRIPTION_LIMIT).trim();
  const priority = /^P[0-4]$/.exec(textOf(fields?.['priority'], 2))?.[0];
  return {
    kind,
    title,
    ...(description === '' ? {} : { description }),
    ...(priority === undefined ? {} : { priority }),
  };
}

const textOf = (value: unknown, limit: number) =>
  typeof value === 'string' ? plainText(value).slice(0, limit) : '';
