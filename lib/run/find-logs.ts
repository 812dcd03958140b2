import { Refusal } from '../model/failure.js';
import { findAttempt, type AttemptLogs } from './ticket-logs.js';

/** Logs of an attempt; with `round`: of that call alone. */
export interface NamedLogs extends AttemptLogs {
  readonly ticket: string;
  readonly round?: number;
}

/** The logs that somebody asked for by the id of a ticket, or by the number of a session where no ticket has that id. */
export async function findLogs(
  commonDir: string,
  named: string,
  asked: { readonly run?: string; readonly attempt?: number },
): Promise<NamedLogs> {
  try {
    return { ...(await findAttempt(commonDir, named, asked)), ticket: named };
  } catch (error) {
    if (!(error instanceof Refusal) || !/^[1-9]\d*$/.test(named)) throw error;
    const { sessionsHere } = await import('./list-sessions.js');
    const { sessions } = await sessionsHere(commonDir, 0, {});
    const session = sessions.find((one) => one.session === Number(named));
    if (!session) throw error;
    const { run, attempt, ticket, round } = session;
    return { ...(await findAttempt(commonDir, ticket, { run, attempt })), ticket, round };
  }
}
