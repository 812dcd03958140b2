import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentCall } from '../../lib/agents/adapter.js';
import type { ChosenAgent } from '../../lib/agents/choose.js';
import { opencodeAdapter } from '../../lib/agents/opencode/adapter.js';
import type { AgentEnd } from '../../lib/model/agent.js';
import type { ProcessEnd } from '../../lib/process/process-spec.js';
import {
  AgentStage,
  conformsAsAgent,
  tellsItsVersion,
  type Behaviour,
} from '../conformance/agents.js';

const SESSION = 'ses_e00934f66ffeZ45fJNnaxqh2G2';

/** Lines as OpenCode 1.18 prints them, shortened to what is read and something of what is not. */
const line = (type: string, more: object) => ({
  type,
  timestamp: 1_795_286_691_884,
  sessionID: SESSION,
  ...more,
});
const begins = line('step_start', { part: { id: 'prt_1', type: 'step-start' } });
const says = (text: string) => line('text', { part: { type: 'text', text, time: { start: 1 } } });
const uses = (tool: string, input: object, state: object = { status: 'completed', output: 'x' }) =>
  line('tool_use', { part: { type: 'tool', tool, callID: 'call_1', state: { ...state, input } } });
const ends = (reason: string, tokens: object = {}, cost = 0) =>
  line('step_finish', {
    part: { type: 'step-finish', reason, tokens: { total: 7, ...tokens }, cost },
  });
const fails = (name: string, data: object) => line('error', { error: { name, data } });
const apiError = (statusCode: number, message: string, responseHeaders: object = {}) =>
  fails('APIError', { message, statusCode, isRetryable: false, responseHeaders });
/** Our plugin's. */
const retries = (more: object) =>
  line('sage.retry', { attempt: 1, message: 'Slow down', delayMs: 2_100, gaveUp: false, ...more });

const WORK = [begins, says('It rolls now.'), ends('stop', { input: 9, output: 3 }, 0.12)];

const print = (...lines: readonly object[]) =>
  lines.map((one) => `printf '%s\n' '${JSON.stringify(one)}'`).join('\n');

const SCRIPTS: Record<Behaviour, string> = {
  works: `cat >/dev/null; echo work > work.txt\n${print(...WORK)}`,
  fails: `cat >/dev/null\n${print(apiError(500, 'no paper left'))}\nexit 1`,
  hangs: `${print(begins)}\nsleep 100`,
  'leaves-a-child': `setsid sleep 100 &\n${print(...WORK)}`,
  'shows-environment': `env > environment.txt\n${print(...WORK)}`,
  'shows-prompt': `cat > prompt.txt; cmp -s prompt.txt "$SAGE_PROMPT_FILE" || echo differ > prompt.txt\n${print(...WORK)}`,
};

const fake = (stage: AgentStage, script: string): ChosenAgent => ({
  name: 'opencode',
  adapter: opencodeAdapter({
    name: 'opencode',
    file: stage.program('opencode', `#!/bin/sh\n${script}\n`),
  }),
  environment: [],
});

const base: AgentCall = {
  prompt: 'do it',
  promptFile: '/run/attempts/T-1-1/prompt.md',
  newSessionId: 'a uuid',
  access: 'edits',
  isRoot: true,
};

describe('OpenCode as an agent', () => {
  conformsAsAgent((stage, how) => fake(stage, SCRIPTS[how]));
  tellsItsVersion(fake, '1.18.33');
});

describe('the command line', () => {
  const adapter = opencodeAdapter({
    name: 'opencode',
    file: '/bin/opencode',
    model: 'anthropic/m',
  });
  const settingsOf = (call: AgentCall) =>
    JSON.parse(adapter.call(call).env['OPENCODE_CONFIG_CONTENT'] ?? '') as Record<string, unknown>;

  test('under edits, everything in the lane works without asking and what lies outside is denied', () => {
    const { env, ...call } = adapter.call(base);
    expect(call).toEqual({
      file: '/bin/opencode',
      args: [
        ...['run', '--format', 'json', '--print-logs', '--log-level', 'ERROR', '--auto'],
        ...['--title', 'sage T-1-1', '--model', 'anthropic/m'],
      ],
      input: 'do it',
      politeSignal: 'SIGTERM',
    });
    expect(env).toMatchObject({
      OPENCODE_DB: '/run/attempts/T-1-1/opencode.db',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    });
    expect(settingsOf(base)).toEqual({
      autoupdate: false,
      share: 'disabled',
      snapshot: false,
      plugin: [expect.stringMatching(/^file:.*\/opencode-plugin\.js$/)],
      permission: { external_directory: { '*': 'deny', '{env:TMPDIR}/*': 'allow' } },
    });
  });

  test('001-6.6 with an outbox it has the tool that writes there', () => {
    const command = [process.execPath, expect.stringMatching(/report-server\.js$/), '/tmp/outbox'];
    expect(settingsOf({ ...base, outbox: '/tmp/outbox' })).toMatchObject({
      mcp: { sage: { type: 'local', command, enabled: true } },
    });
    expect(adapter.reportTool).toBe('sage_report');
  });

  test('under full, nothing is denied', () => {
    expect(adapter.call({ ...base, access: 'full' }).args).toContain('--auto');
    expect(settingsOf({ ...base, access: 'full' })).not.toHaveProperty('permission');
  });

  test('a fix goes on with the session', () => {
    const { args } = adapter.call({ ...base, resume: { sessionId: SESSION, usage: {} } });
    expect(args.join(' ')).toContain(`--session ${SESSION} --model`);
    expect(args).not.toContain('--title');
  });

  test("of the environment it needs its configuration and the key of the model's provider", () => {
    const seen = (name: string, model?: string) =>
      opencodeAdapter({ name: 'o', file: 'o', ...(model === undefined ? {} : { model }) }).needs(
        name,
        {},
      );
    for (const [name, model] of [
      ['OPENCODE_CONFIG', 'x/m'],
      ['OPENCODE_CONFIG_DIR', undefined],
      ['ANTHROPIC_API_KEY', 'anthropic/claude'],
      ['GEMINI_API_KEY', 'google/gemini'],
      ['MY_HOST_API_KEY', 'my-host/org/model'],
      ['AWS_PROFILE', 'amazon-bedrock/claude'],
      ['GITHUB_TOKEN', 'github-copilot/gpt'],
      ['OPENROUTER_API_KEY', undefined],
      ['OPENAI_API_KEY', undefined],
    ] as const) {
      expect([name, seen(name, model)]).toEqual([name, true]);
    }
    for (const [name, model] of [
      ['OPENAI_API_KEY', 'anthropic/claude'],
      ['ANTHROPIC_API_KEY', 'toString/x'],
      ['AWS_PROFILE', undefined],
      ['GITHUB_TOKEN', undefined],
      ['OPENCODE_SERVER_PASSWORD', undefined],
      ['OPENCODE_CONFIG_CONTENT', undefined],
      ['OPENCODE_PERMISSION', undefined],
      ['SSH_AUTH_SOCK', undefined],
    ] as const) {
      expect([name, seen(name, model)]).toEqual([name, false]);
    }
  });
});

describe('what it prints', () => {
  const listen = (lines: readonly (object | string)[]) => {
    const listener = opencodeAdapter({ name: 'opencode', file: 'opencode' }).listen(base);
    const messages = lines.flatMap((one) =>
      listener.read(typeof one === 'string' ? one : JSON.stringify(one)),
    );
    const conclude = (end: AgentEnd = { kind: 'exited', code: 0 }, tail = '') => {
      const ended: ProcessEnd = { end, ms: 1, outputBytes: 1, logHash: '', tail, leftBehind: [] };
      return listener.conclude(ended);
    };
    return { messages, conclude };
  };
  const exit1 = { kind: 'exited', code: 1 } as const;

  test('session, words, tools and retries become messages', () => {
    const { messages } = listen([
      begins,
      says('I look.'),
      uses('bash', { command: 'npm test\nsecond line', description: 'x' }),
      uses('edit', { filePath: '/lane/a.ts', oldString: 'a' }),
      retries({ status: 429, delayMs: 2_100.4 }),
      retries({ sessionID: 'ses_of_a_sub_agent', message: 'Cannot connect to API', attempt: 2 }),
    ]);
    expect(messages).toEqual([
      { type: 'session', sessionId: SESSION },
      { type: 'text', text: 'I look.' },
      { type: 'tool', name: 'bash', summary: 'npm test' },
      { type: 'tool', name: 'edit', summary: '/lane/a.ts' },
      { type: 'retrying', reason: 'Slow down (429)', attempt: 1, delayMs: 2_100 },
      { type: 'retrying', reason: 'Cannot connect to API', attempt: 2, delayMs: 2_100 },
    ]);
  });

  test('001-5.3 steps add up: what was cached is no input, what was thought is output, rounding does not add up', () => {
    const { messages, conclude } = listen([
      begins,
      ends(
        'tool-calls',
        { input: 10_614, output: 43, reasoning: 8, cache: { read: 0, write: 0 } },
        0.0000004,
      ),
      begins,
      ends('tool-calls', { input: 178, output: 47, reasoning: 0, cache: { read: 10_614 } }, 4.4e-7),
      begins,
      ends('stop', { input: 159, output: 2, cache: { read: 10_792, write: 5 } }, 0.0037446),
    ]);
    const usage = {
      inputTokens: 10_951,
      outputTokens: 100,
      cacheReadTokens: 21_406,
      cacheWriteTokens: 5,
      costMicroUsd: 3_745,
    };
    expect(conclude()).toEqual({ usage, sessionId: SESSION });
    const costs = messages.flatMap((message) =>
      message.type === 'usage' ? [message.usage.costMicroUsd ?? 0] : [],
    );
    expect(costs).toEqual([0, 1, 3_744]);
  });

  test('half a micro-dollar is rounded as such, however it is written in binary', () => {
    const steps = [0.034938, 0.0068385, 0.00159].flatMap((cost) => [
      begins,
      ends('stop', {}, cost),
    ]);
    expect(listen(steps).conclude().usage.costMicroUsd).toBe(43_367);
  });

  test('a model without prices costs 0 by its words: nothing is told', () => {
    const { usage } = listen([begins, ends('stop', { input: 1, output: 1 }, 0)]).conclude();
    expect(usage).toEqual({ inputTokens: 1, outputTokens: 1 });
  });

  const rule =
    'The user has specified a rule which prevents you from using this specific tool call.';
  const rejected = 'The user rejected permission to use this specific tool call.';

  test('a tool that is refused waits for a permission; a plain error does not', () => {
    const error = (text: string) => ({ status: 'error', error: text });
    const { messages, conclude } = listen([
      begins,
      uses(
        'write',
        { filePath: '/etc/x' },
        error(`${rule} Here are some of the relevant rules []`),
      ),
      uses('bash', { command: 'cat /root/x' }, error('cat: /root/x: Permission denied')),
      ends('tool-calls'),
      begins,
      says('Then not.'),
      ends('stop'),
    ]);
    expect(messages.filter(({ type }) => type === 'waiting')).toEqual([
      {
        type: 'waiting',
        reason: 'asks for permission: write /etc/x (refused: nobody answers)',
      },
    ]);
    expect(conclude().failure).toBeUndefined();
  });

  test('when a refusal ends it with code 0 and no word, it was cut off for want of a permission', () => {
    const { conclude } = listen([
      begins,
      uses('write', { filePath: '/etc/x' }, { status: 'error', error: rejected }),
      ends('tool-calls'),
    ]);
    expect(conclude().failure).toEqual({
      code: 'agent/permission-needed',
      message:
        'opencode stopped in the middle of its work: it asks for permission: write /etc/x (refused: nobody answers)',
    });
  });

  test('lines that nobody knows are passed over', () => {
    const odd = ['', 'null', '[]', '7', '{"type":"text"', '{"type":7}', '{"type":"toString"}'];
    expect(listen([...odd, { type: 'text' }, { type: 'error' }]).messages).toEqual([
      { type: 'ended', ok: false, message: '' },
    ]);
  });

  test.each([
    ['a bad key', 'agent/not-logged-in', apiError(401, 'Incorrect API key provided')],
    ['no key', 'agent/not-logged-in', fails('ProviderAuthError', { message: 'no key' })],
    ['a limit', 'agent/rate-limited', apiError(429, 'Rate limit reached for gpt-5')],
    [
      'no quota',
      'agent/quota-gone',
      apiError(429, 'You exceeded your current quota, please check'),
    ],
    ['no credit', 'agent/quota-gone', apiError(402, 'Insufficient credits')],
    ['a forbidden model', 'agent/forbidden', apiError(403, 'No access')],
    [
      'a long conversation',
      'agent/context-too-long',
      fails('ContextOverflowError', { message: "This model's maximum context length is 128000" }),
    ],
    ['a long prompt', 'agent/context-too-long', apiError(413, 'Request too large')],
    [
      'a refusal',
      'agent/refused',
      fails('ContentFilterError', { message: "blocked by the provider's content filter" }),
    ],
    ['an overload', 'agent/overloaded', apiError(503, 'The engine is currently overloaded')],
    ['another overload', 'agent/overloaded', apiError(529, 'x')],
    ['a broken server', 'agent/unreachable', apiError(502, 'Bad gateway')],
    [
      'no network',
      'agent/unreachable',
      fails('APIError', { message: 'Cannot connect to API: The socket connection was closed' }),
    ],
    ['anything else', 'agent/reported-failure', apiError(400, 'Bad request')],
    ['an error without words', 'agent/reported-failure', line('error', { error: 'what' })],
  ])('002-10.2 %s is %s', (_, code, error) => {
    const { failure } = listen([begins, error]).conclude(exit1);
    expect(failure?.code).toBe(code);
    const { message } = (error as { error?: { data?: { message?: string } } }).error?.data ?? {};
    expect(failure?.message).toContain(message ?? 'opencode reported an error');
  });

  test.each([
    ['agent/rate-limited', { status: 429 }],
    ['agent/quota-gone', { status: 429, message: 'You exceeded your current quota' }],
    ['agent/overloaded', { status: 503, message: 'The engine is currently overloaded' }],
    ['agent/unreachable', { message: 'Cannot connect to API: getaddrinfo ENOTFOUND' }],
  ])('when it gives up trying again, which ends it with code 0, that is %s', (code, more) => {
    const { conclude } = listen([begins, retries(more), retries({ ...more, gaveUp: true })]);
    expect(conclude().failure?.code).toBe(code);
  });

  test('what it tried again for is told, too, when it ends without a word, or a step begins meanwhile', () => {
    const more = { message: 'Cannot connect to API: socket closed' };
    const gaveUp = retries({ ...more, gaveUp: true });
    for (const lines of [
      [retries(more)],
      [gaveUp, begins],
      [retries(more), begins, says('Once')],
    ]) {
      expect(listen([begins, ...lines]).conclude().failure?.code).toBe('agent/unreachable');
    }
    const over = listen([begins, retries(more), ...WORK]);
    expect(over.conclude().failure).toBeUndefined();
    const cut = listen([begins, retries(more), uses('bash', { command: 'x' })]).conclude();
    expect(cut.failure?.message).toContain('in the middle of its work');
  });

  test('a model that is unknown, or whose provider has no key, is named by its log alone', () => {
    const error = fails('UnknownError', {
      message: 'Unexpected server error. Check server logs for details.',
      ref: 'err_d05cb9b4',
    });
    const log =
      'timestamp=2026-11-21T19:02:37.407Z level=ERROR run=fad654d2 message=failed ref=err_d05cb9b4 ' +
      'error="ProviderModelNotFoundError: Model not found: openai/gpt-5. Did you mean: gpt-5.1?" cause="…"';
    expect(listen([error]).conclude(exit1, log).failure).toMatchObject({
      code: 'agent/reported-failure',
      message: expect.stringContaining('Model not found: openai/gpt-5. Did you mean: gpt-5.1?'),
      hint: expect.stringMatching(/opencode models.*OPENAI_API_KEY/),
    });
    expect(listen([error]).conclude(exit1).failure?.message).toContain('Unexpected server error');
  });

  test('a limit is told until when it holds, where that was said', () => {
    const hour = { status: 429, delayMs: 3_600_000, retryAfter: '3600', gaveUp: true };
    const said = listen([begins, retries(hour)]).conclude().failure?.message ?? '';
    const [, until = ''] = /\(until (\S+)\)$/.exec(said) ?? [];
    expect(Math.abs(Date.parse(until) - Date.now() - 3_600_000)).toBeLessThan(60_000);
    const { failure, limitedUntil } = listen([
      apiError(429, 'Later', { 'retry-after': '60' }),
    ]).conclude(exit1);
    expect(failure?.message).toContain('Later (until 2026-11-21T18:45:51Z)');
    expect(limitedUntil).toMatch(/^2026-11-21T18:45:51/);
    const never = listen([apiError(429, 'Later', { 'retry-after': '1e300' })]).conclude(exit1);
    expect(never.failure?.message).toMatch(/Later$/);
    expect(never.limitedUntil).toBeUndefined();
  });

  test('a sub-agent that gives up does not end the run', () => {
    const sub = retries({ sessionID: 'ses_of_a_sub_agent', gaveUp: true });
    expect(listen([begins, sub, ends('stop')]).conclude().failure).toBeUndefined();
  });

  test('an error that it got over is none, although its exit code is 1', () => {
    const overflow = fails('ContextOverflowError', { message: 'too long' });
    const { conclude } = listen([begins, overflow, overflow, ...WORK]);
    expect(conclude(exit1).failure).toBeUndefined();
    expect(listen([begins, ...WORK]).conclude(exit1).failure?.code).toBe('agent/crashed');
  });

  test.each([
    ['nothing at all', []],
    ['an open step', [...WORK, begins, says('I will')]],
    ['tools that were to be followed by an answer', [begins, ends('tool-calls')]],
    ['an answer that was cut at its longest', [begins, says('Once'), ends('length')]],
  ])('exit code 0 after %s is a failure', (_, lines) => {
    expect(listen(lines).conclude().failure?.code).toBe('agent/reported-failure');
  });

  test('an answer that is held back is a refusal; another reason to end is none of ours', () => {
    expect(listen([begins, ends('content-filter')]).conclude().failure?.code).toBe('agent/refused');
    expect(listen([begins, ends('other')]).conclude().failure).toBeUndefined();
  });

  test('ended by us, we know why; a refused command line is told with its own words', () => {
    expect(listen([begins]).conclude({ kind: 'cancelled' }).failure).toBeUndefined();
    expect(listen([begins]).conclude({ kind: 'silent', limitMs: 5 }).failure).toBeUndefined();
    const { failure } = listen([]).conclude(exit1, 'Error: Session not found\n');
    expect(failure).toMatchObject({
      code: 'agent/crashed',
      message: expect.stringContaining('Session not found'),
    });
  });
});

describe('on a stage', () => {
  let stage: AgentStage;
  beforeEach(() => {
    stage = new AgentStage();
  });
  afterEach(() => stage.clean());

  test('a fix round goes on with the session, asks only for the fix and tells only its own cost', async () => {
    const agent = fake(stage, `echo "$@" >> args.txt; cat > prompt.txt\n${print(...WORK)}`);
    const first = await stage.call(agent);
    const ask = { kind: 'fix', script: 'make check', output: 'expected a circle' } as const;
    const second = await stage.call(agent, {}, { round: 2, ask, sessionId: first.sessionId! });
    const [began = '', wentOn = ''] = stage.text('lane-1/args.txt').split('\n');
    expect([began.includes('--session'), wentOn.includes(`--session ${SESSION}`)]).toEqual([
      false,
      true,
    ]);
    expect(stage.text('lane-1/prompt.txt')).toContain('expected a circle');
    expect(stage.text('lane-1/prompt.txt')).not.toContain('It is square.');
    expect([first, second].map(({ usage }) => usage.costMicroUsd)).toEqual([120_000, 120_000]);
  });
});
