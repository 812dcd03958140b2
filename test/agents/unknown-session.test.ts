import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentAdapter, CliSettings } from '../../lib/agents/adapter.js';
import { claudeAdapter } from '../../lib/agents/claude/adapter.js';
import { codexAdapter } from '../../lib/agents/codex/adapter.js';
import { geminiAdapter } from '../../lib/agents/gemini/adapter.js';
import { opencodeAdapter } from '../../lib/agents/opencode/adapter.js';
import { AgentStage } from '../conformance/agents.js';

type Known = readonly [
  adapter: (settings: CliSettings) => AgentAdapter,
  resumes: string,
  /** What the real one prints then, and its exit code. */
  forgot: string,
  works: string,
];

const CLIS: Readonly<Record<string, Known>> = {
  claude: [
    claudeAdapter,
    '--resume',
    `echo '{"type":"result","subtype":"error_during_execution","is_error":true,"session_id":"s","errors":["No conversation found with session ID: s"]}'; echo 'No conversation found with session ID: s' >&2; exit 1`,
    `echo '{"type":"result","subtype":"success","is_error":false,"result":"Done.","session_id":"n"}'`,
  ],
  codex: [
    codexAdapter,
    'resume',
    `echo 'Error: thread/resume: thread/resume failed: no rollout found for thread id s (code -32600)' >&2; exit 1`,
    `echo '{"type":"turn.completed","usage":{}}'`,
  ],
  gemini: [
    geminiAdapter,
    '--resume',
    `echo 'Error resuming session: No previous sessions found for this project.' >&2; exit 42`,
    `echo '{"type":"result","status":"success","stats":{}}'`,
  ],
  opencode: [
    opencodeAdapter,
    '--session',
    `printf '\\033[91m\\033[1mError: \\033[0mSession not found\\n' >&2; exit 1`,
    `echo '{"type":"step_finish","sessionID":"n","part":{"reason":"stop"}}'`,
  ],
};

describe.each(Object.entries(CLIS))('%s', (name, [adapterOf, resumes, forgot, works]) => {
  let stage: AgentStage;
  beforeEach(() => {
    stage = new AgentStage();
  });
  afterEach(() => stage.clean());

  const call = (script: string, intent: Parameters<AgentStage['call']>[2]) => {
    const file = stage.program(
      name,
      `#!/bin/sh\necho "$*" >> calls.txt\ncat >/dev/null\n${script}\n`,
    );
    const agent = { name, adapter: adapterOf({ name, file }), environment: [] };
    return stage.call(
      agent,
      {},
      { round: 2, ask: { kind: 'continue', asked: { kind: 'ticket' } }, ...intent },
    );
  };
  const onResume = `case "$*" in *${resumes}*) ${forgot};; esac`;

  test('002-7.4 that does not know the session any more is called in a new one, with the whole ticket', async () => {
    const outcome = await call(`${onResume}\n${works}`, { sessionId: 'gone' });
    expect(outcome.failure).toBeUndefined();
    expect(stage.text('lane-1/calls.txt').trim().split('\n')).toEqual([
      expect.stringContaining('gone'),
      expect.not.stringContaining('gone'),
    ]);
    const prompt = stage.text('run/attempts/T-1-1/prompt-2.md');
    expect(prompt).toContain('Ticket: T-1');
    expect(prompt).toContain('You were interrupted');
  });

  test('that fails otherwise, or was asked for no session, is called once', async () => {
    await call('echo "no memory" >&2; exit 1', { sessionId: 'there' });
    await call(forgot, {});
    expect(stage.text('lane-1/calls.txt').trim().split('\n')).toHaveLength(2);
  });
});
