import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentCall } from '../../lib/agents/adapter.js';
import type { ChosenAgent } from '../../lib/agents/choose.js';
import { codexAdapter } from '../../lib/agents/codex/adapter.js';
import { providerIn } from '../../lib/agents/codex/provider.js';
import {
  AgentStage,
  conformsAsAgent,
  tellsItsVersion,
  type Behaviour,
} from '../conformance/agents.js';

const SESSION = '01a1ff75-b2e6-7e90-b9f9-4b4b77c4a40c';

/** Lines as Codex 0.169 prints them. */
const began = [{ type: 'thread.started', thread_id: SESSION }, { type: 'turn.started' }];
const says = (text: string) => ({
  type: 'item.completed',
  item: { id: 'item_0', type: 'agent_message', text },
});
const ended = {
  type: 'turn.completed',
  usage: {
    ...{ input_tokens: 9, cached_input_tokens: 0, cache_write_input_tokens: 0 },
    ...{ output_tokens: 3, reasoning_output_tokens: 1 },
  },
};
const broken = (message: string) => [
  { type: 'error', message },
  { type: 'turn.failed', error: { message } },
];

const print = (...lines: readonly object[]) =>
  lines.map((line) => `printf '%s\n' '${JSON.stringify(line)}'`).join('\n');

const SCRIPTS: Record<Behaviour, string> = {
  works: `cat >/dev/null; echo work > work.txt\n${print(...began, says('It rolls now.'), ended)}`,
  fails: `cat >/dev/null\n${print(...began, ...broken('no paper left'))}\nexit 1`,
  hangs: `${print(...began)}\nsleep 100`,
  'leaves-a-child': `setsid sleep 100 &\n${print(...began, ended)}`,
  'shows-environment': `env > environment.txt\n${print(...began, ended)}`,
  'shows-prompt': `cat > prompt.txt; cmp -s prompt.txt "$SAGE_PROMPT_FILE" || echo differ > prompt.txt\n${print(...began, ended)}`,
};

const fake = (stage: AgentStage, script: string): ChosenAgent => ({
  name: 'codex',
  adapter: codexAdapter({ name: 'codex', file: stage.program('codex', `#!/bin/sh\n${script}\n`) }),
  environment: [],
});

describe('Codex as an agent', () => {
  conformsAsAgent((stage, how) => fake(stage, SCRIPTS[how]), { inputTokens: 9, outputTokens: 3 });
  tellsItsVersion(fake, 'codex-cli 0.169.0');
});

describe('the command line', () => {
  const adapter = codexAdapter({ name: 'codex', file: '/bin/codex', model: 'm-2' });
  const base: AgentCall = {
    prompt: 'do it',
    promptFile: '/prompt.md',
    newSessionId: SESSION,
    access: 'edits',
    isRoot: true,
    gitFolders: ['/depot/worktrees/lane-1', '/depot/refs'],
  };

  test('under edits its sandbox is on, with the git folders of a commit open', () => {
    expect(adapter.call(base)).toEqual({
      file: '/bin/codex',
      args: [
        ...['exec', '--json', '--sandbox', 'workspace-write', '-c', 'approval_policy="never"'],
        ...['-c', 'sandbox_workspace_write.exclude_slash_tmp=true'],
        ...['--add-dir', '/depot/worktrees/lane-1', '--add-dir', '/depot/refs'],
        ...['-c', 'check_for_update_on_startup=false', '-c', 'analytics.enabled=false'],
        ...['--model', 'm-2', '-'],
      ],
      env: {},
      input: 'do it',
      politeSignal: 'SIGINT',
    });
  });

  test('under full it is off', () => {
    const { args } = adapter.call({ ...base, access: 'full' });
    expect(args.join(' ')).toContain('--sandbox danger-full-access -c approval_policy="never" -c');
    expect(args).not.toContain('--add-dir');
  });

  test('a fix goes on with the session', () => {
    const { args } = adapter.call({ ...base, resume: { sessionId: 'earlier', usage: {} } });
    expect(args.slice(-3)).toEqual(['resume', 'earlier', '-']);
  });

  test('of the environment it needs its account and endpoint, nothing of a session around it', () => {
    const seen = (name: string) => adapter.needs(name, { [name]: 'x' });
    for (const name of ['CODEX_HOME', 'CODEX_API_KEY', 'OPENAI_API_KEY', 'OPENAI_ORGANIZATION']) {
      expect([name, seen(name)]).toEqual([name, true]);
    }
    for (const name of ['CODEX_SESSION_ID', 'CODEX_THREAD_ID', 'CODEX_CI', 'GITHUB_TOKEN']) {
      expect([name, seen(name)]).toEqual([name, false]);
    }
  });
});

describe('the provider whose retries a call can set', () => {
  const table = '[model_providers.mine]\nbase_url = "http://127.0.0.1"\n';

  test.each([
    ['named and defined', `model_provider = "mine"\n${table}`, 'mine'],
    ['defined with quotes', `model_provider = 'mine'\n[ model_providers."mine" ]\n`, 'mine'],
    ['defined by dotted keys', 'model_provider="mine"\nmodel_providers.mine.name="x"\n', 'mine'],
    ['built in', 'model_provider = "openai"\n', undefined],
    ['named in a profile alone', `[profiles.a]\nmodel_provider = "mine"\n${table}`, undefined],
    ['commented out', `# model_provider = "mine"\n${table}`, undefined],
    [
      'of a name that would need quotes',
      'model_provider="a b"\n[model_providers."a b"]',
      undefined,
    ],
    ['not named', table, undefined],
    ['no TOML', '\0\u0001[[[', undefined],
  ])('is found when it is %s', (_, toml, provider) => {
    expect(providerIn(toml)).toBe(provider);
  });
});

describe('on a stage', () => {
  let stage: AgentStage;
  beforeEach(() => {
    stage = new AgentStage();
  });
  afterEach(() => stage.clean());

  test('a fix round resumes the session and tells only its own tokens', async () => {
    const later = { ...ended, usage: { ...ended.usage, input_tokens: 29, output_tokens: 10 } };
    const agent = fake(
      stage,
      `echo "$@" >> args.txt; cat > prompt.txt
       if grep -q resume args.txt; then ${print(...began, later)}; else ${print(...began, ended)}; fi`,
    );
    const first = await stage.call(agent);
    const ask = { kind: 'fix', script: 'make check', output: 'expected a circle' } as const;
    const second = await stage.call(agent, {}, { round: 2, ask, sessionId: first.sessionId! });
    expect(stage.text('lane-1/args.txt')).toMatch(/ -\n.* resume 01a1ff75\S+ -\n$/);
    expect(second.usage).toMatchObject({ inputTokens: 20, outputTokens: 7 });
  });

  test('a provider of the user’s own is told to try once more, not five times', async () => {
    mkdirSync(join(stage.folder, '.codex'));
    const toml = 'model_provider = "mine"\n[model_providers.mine]\n';
    writeFileSync(join(stage.folder, '.codex/config.toml'), toml);
    await stage.call(fake(stage, `echo "$@" > args.txt\n${print(...began, ended)}`));
    expect(stage.text('lane-1/args.txt')).toContain(
      '-c model_providers.mine.request_max_retries=1 -c model_providers.mine.stream_max_retries=1',
    );
  });

  test('one that tries again without end is given up when it has said nothing else for too long', async () => {
    const waits = {
      type: 'error',
      message: 'Reconnecting... waiting for network (Connection failed)',
    };
    const agent = fake(stage, `${print(...began)}\nwhile :; do ${print(waits)}; sleep 0.05; done`);
    const outcome = await stage.call(agent, { limits: { limitMs: 30_000, silenceMs: 400 } });
    expect(outcome).toMatchObject({
      end: { kind: 'silent', limitMs: 400 },
      failure: { code: 'agent/unreachable', message: expect.stringContaining('Connection failed') },
    });
  });
});
