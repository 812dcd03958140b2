import { stat } from 'node:fs/promises';
import { recallActivity } from '../agents/activity.js';
import { roundFiles, type RoundFiles } from '../agents/attempt-files.js';
import { knownCost } from '../engine/costs.js';
import { readLivingOwner } from '../journal/read-owner.js';
import { readJournal } from '../journal/read.js';
import {
  attemptDirectory,
  listRuns,
  sageDirectory,
  type RunDirectory,
} from '../journal/run-directory.js';
import type { AgentCost, AgentOutcome, Usage } from '../model/agent.js';
import { numberOf, ticketOf } from '../model/ids.js';
import type { Session, SessionList } from '../model/session-schema.js';
import { knownRun } from './read-run.js';
import { sessionsOf, type ToldSession } from './sessions-of.js';

/** Which sessions somebody wants to see; all by default. */
export interface SessionWish {
  readonly run?: string;
  readonly ticket?: string;
}

/** The calls of agents in this repository, the newest first. Only looks. */
export async function sessionsHere(
  commonDir: string,
  now: number,
  wish: SessionWish,
): Promise<SessionList> {
  const named = wish.run === undefined ? undefined : await knownRun(commonDir, wish.run);
  const sessions: Session[] = [];
  const unread: string[] = [];
  for (const directory of await listRuns(commonDir)) {
    if (named !== undefined && directory.run !== named) continue;
    // Asked before the journal is read: what a process wrote before it ended is then known.
    const owner = await readLivingOwner(sageDirectory(commonDir));
    const journal = await readJournal(directory.events);
    if (!journal.ok) {
      unread.push(directory.run);
      continue;
    }
    const told = sessionsOf(journal.value.events, owner?.run === directory.run);
    const wanted = told.filter(
      ({ attempt }) => wish.ticket === undefined || ticketOf(attempt) === wish.ticket,
    );
    sessions.push(...(await Promise.all(wanted.map((one) => sessionOf(directory, one, now)))));
  }
  return { version: 1, sessions: sessions.reverse(), unread };
}

async function sessionOf(
  directory: RunDirectory,
  told: ToldSession,
  now: number,
): Promise<Session> {
  const { number, attempt, round, agent, credential, began, state, failure } = told;
  const files = roundFiles(attemptDirectory(directory, attempt), round);
  const { outcome, ended } = await withActivity(told, files);
  const ms = ended === undefined ? now - Date.parse(began) : lasted(told, ended);
  const { model, sessionId, lastMessage, messages, toolCalls, usage } = outcome;
  return {
    session: number,
    run: directory.run,
    ticket: ticketOf(attempt),
    attempt: numberOf(attempt),
    round,
    agent,
    ...(model === undefined ? {} : { model }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(credential === undefined ? {} : { credential }),
    began,
    ...(ended === undefined ? {} : { ended }),
    ms: Math.max(0, ms),
    state,
    ...(failure ? { failure: { code: failure.code, message: failure.message } } : {}),
    ...(lastMessage === undefined ? {} : { response: lastMessage }),
    ...(messages === undefined ? {} : { messages }),
    ...(toolCalls === undefined ? {} : { toolCalls }),
    tokens: tokensOf(usage),
    ...costFields(knownCost(outcome)),
    ...((await isThere(files.activity)) ? { transcript: files.activity } : {}),
    ...((await isThere(files.log)) ? { log: files.log } : {}),
  };
}

type Known = Pick<
  AgentOutcome,
  'usage' | 'cost' | 'model' | 'sessionId' | 'lastMessage' | 'messages' | 'toolCalls'
>;

/** What a session without an end of its own has told so far is in its transcript, as is when it said it last. */
async function withActivity(
  { state, outcome, ended, round }: ToldSession,
  { activity }: RoundFiles,
): Promise<{ readonly outcome: Known; readonly ended?: string }> {
  if (state !== 'running' && state !== 'cut off')
    return { outcome: outcome ?? { usage: {} }, ...(ended === undefined ? {} : { ended }) };
  const { told, lastAt = 0 } = await recallActivity(activity, round);
  const known = outcome ?? told;
  if (ended === undefined) return { outcome: known };
  const lastSign = Math.max(lastAt, Date.parse(ended));
  return { outcome: known, ended: new Date(lastSign).toISOString() };
}

/** A clock that stands still while the machine sleeps is asked where it can be. */
const lasted = ({ state, outcome, began }: ToldSession, ended: string) =>
  outcome && state !== 'cut off' ? outcome.ms : Date.parse(ended) - Date.parse(began);

const tokensOf = ({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Usage) => ({
  ...(inputTokens === undefined ? {} : { input: inputTokens }),
  ...(outputTokens === undefined ? {} : { output: outputTokens }),
  ...(cacheReadTokens === undefined ? {} : { cacheRead: cacheReadTokens }),
  ...(cacheWriteTokens === undefined ? {} : { cacheWrite: cacheWriteTokens }),
});

const costFields = (cost: AgentCost | undefined) =>
  cost && {
    costUsd: cost.microUsd / 1_000_000,
    costBasis: cost.basis,
    ...(cost.prices === undefined ? {} : { prices: cost.prices }),
  };

const isThere = async (file: string) => (await stat(file).catch(() => undefined)) !== undefined;
