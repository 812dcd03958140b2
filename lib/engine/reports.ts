import type { AgentOutcome } from '../model/agent.js';
import { isSameReport, type ReportKind } from '../model/report.js';
import type { Summary } from '../model/summary.js';
import type { AttemptRun, RunState, TicketRun } from './state.js';

/** Files what a call reported with its ticket; an agent that is called again may tell the same again. */
export function noteReports(ticket: TicketRun, session: number, { reports = [] }: AgentOutcome) {
  reports.forEach((report, index) => {
    if (ticket.reports.some((earlier) => isSameReport(earlier, report))) return;
    ticket.reports.push({ ...report, id: `${session}.${index + 1}` });
  });
}

/** Why an agent says that it changed nothing, if it does. */
export function ownWords({ outcome }: AttemptRun): string | undefined {
  const said = (kind: ReportKind) =>
    outcome?.reports?.find((report) => report.kind === kind)?.title;
  const blocked = said('blocked');
  if (blocked !== undefined) return `is blocked: ${blocked}`;
  const question = said('question');
  return question === undefined ? undefined : `asks: ${question}`;
}

/** What agents told beside their work, in the order of the tickets. */
export function reportsOf({ tickets }: RunState): NonNullable<Summary['reports']> {
  return [...tickets.values()].flatMap(({ ticket, reports }) =>
    reports.map((report) => ({
      ...report,
      ticket: ticket.id,
      ...(report.kind === 'follow-up' ? { command: `sage accept ${report.id}` } : {}),
    })),
  );
}
