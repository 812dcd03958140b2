import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Usage } from '../model/agent.js';
import { firstAsk, type AgentRun } from '../model/intent.js';
import type { AgentAdapter, AgentCall } from './adapter.js';
import type { AgentRunDeps } from './agent-run-deps.js';
import { readEnd, roundFiles, type RoundFiles } from './attempt-files.js';
import { outboxOf } from './outbox.js';
import { composePrompt } from './prompt.js';
import { addUsage } from './usage.js';

/** What an agent is called with: its prompt, which is on the disk then, and the session that goes on, if one can. */
export async function prepareCall(
  deps: AgentRunDeps,
  intent: AgentRun,
  files: RoundFiles,
  { canResume, reportTool }: Pick<AgentAdapter, 'canResume' | 'reportTool'>,
): Promise<AgentCall> {
  const ticket = deps.tickets.get(intent.ticket);
  if (!ticket) throw new Error(`the run has no ticket ${intent.ticket}`);
  const resume =
    canResume && intent.sessionId !== undefined
      ? await resumed(deps, intent, intent.sessionId)
      : undefined;
  const asked = firstAsk(intent.ask);
  const diff =
    asked.kind === 'conflict' || asked.kind === 'review'
      ? await deps.diffOf?.(asked.earlierWork)
      : undefined;
  const prompt = composePrompt({
    templates: deps.templates,
    ticket,
    documents: deps.documents(intent.ticket),
    ask: intent.ask,
    isResumed: resume !== undefined,
    checks: deps.checks,
    ...(reportTool === undefined ? {} : { reportTool }),
    ...(diff === undefined ? {} : { diff }),
  });
  await mkdir(deps.attemptFolder(intent.attempt), { recursive: true });
  await writeFile(files.prompt, prompt);
  return {
    prompt,
    promptFile: files.prompt,
    newSessionId: randomUUID(),
    ...(resume ? { resume } : {}),
    ...(intent.model === undefined ? {} : { model: intent.model }),
    access: deps.access,
    isRoot: process.getuid?.() === 0,
    variables: deps.variables,
    ...(reportTool === undefined ? {} : { outbox: outboxOf(deps, intent) }),
    gitFolders: (await deps.gitFolders?.(intent.lane)) ?? [],
  };
}

/** A session that goes on, and what the earlier rounds of this attempt told as used in it. */
async function resumed(deps: AgentRunDeps, intent: AgentRun, sessionId: string) {
  let usage: Usage = {};
  for (let round = 1; round < intent.round; round += 1) {
    const earlier = await readEnd(roundFiles(deps.attemptFolder(intent.attempt), round).end);
    if (earlier?.sessionId === sessionId) usage = addUsage(usage, earlier.usage);
  }
  return { sessionId, usage };
}
