import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentCall } from '../../lib/agents/adapter.js';
import type { ChosenAgent } from '../../lib/agents/choose.js';
import { geminiAdapter } from '../../lib/agents/gemini/adapter.js';
import type { AgentEnd } from '../../lib/model/agent.js';
import type { ProcessEnd } from '../../lib/process/process-spec.js';
import {
  AgentStage,
  conformsAsAgent,
  tellsItsVersion,
  type Behaviour,
} from '../conformance/agents.js';

const SESSION = '11111111-2222-4333-8444-555555555555';
const AT = '2026-11-21T18:42:20.843Z';

/** Lines as Gemini CLI 0.61.0 prints them. */
const init = { type: 'init', timestamp: AT, session_id: SESSION, model: 'auto' };
const asked = { type: 'message', timestamp: AT, role: 'user', content: 'Ticket: T-1\n' };
const piece = (content: string) => ({
  ...{ type: 'message', timestamp: AT, role: 'assistant' },
  ...{ content, delta: true },
});
const uses = (tool_name: string, tool_id: string, parameters: object) => ({
  ...{ type: 'tool_use', timestamp: AT },
  ...{ tool_name, tool_id, parameters },
});
const answered = (tool_id: string, error?: { type: string; message: string }) => ({
  ...{ type: 'tool_result', timestamp: AT, tool_id },
  ...(error ? { status: 'error', output: error.message, error } : { status: 'success' }),
});
const STATS = {
  ...{ total_tokens: 385, input_tokens: 350, output_tokens: 26, cached: 120, input: 230 },
  ...{ duration_ms: 1810, tool_calls: 2 },
  models: { 'gemini-3.5-flash-lite': { total_tokens: 55, input_tokens: 50, output_tokens: 5 } },
};
const result = (more: object = {}) => ({
  ...{ type: 'result', timestamp: AT, status: 'success' },
  ...{ stats: { ...STATS, total_tokens: 12, input_tokens: 9, output_tokens: 3, cached: 0 } },
  ...more,
});
const failed = (message: string) =>
  result({ status: 'error', error: { type: 'unknown', message }, stats: { total_tokens: 0 } });
const apiError = (code: number, message: string, status: string, details = '') =>
  `[API Error: {"error":{"code":${code},"message":"${message}","status":"${status}"${details}}}]`;

/** A retry on standard error, as far as its first line. */
const retry = (attempt: number, status: number, name: string) =>
  `Attempt ${attempt} failed with status ${status}. Retrying with backoff... _ApiError: {"error":{"code":${status},"message":"try later","status":"${name}"}}`;
const STACK = [
  '    at throwErrorIfNotOK (file:///gemini-cli/bundle/chunk-JDPZ4CE3.js:267833:24)',
  '  status: 503',
  '}',
];

const print = (...lines: readonly object[]) =>
  lines.map((line) => `printf '%s\n' '${JSON.stringify(line)}'`).join('\n');

const SCRIPTS: Record<Behaviour, string> = {
  works: `cat >/dev/null; echo work > work.txt\n${print(init, asked, piece('It rolls'), piece(' now.'), result())}`,
  fails: `cat >/dev/null\n${print(init, failed('[API Error: no paper left]'))}\nexit 1`,
  hangs: `${print(init)}\nsleep 100`,
  'leaves-a-child': `setsid sleep 100 &\n${print(init, result())}`,
  'shows-environment': `env > environment.txt\n${print(init, result())}`,
  'shows-prompt': `cat > prompt.txt; cmp -s prompt.txt "$SAGE_PROMPT_FILE" || echo differ > prompt.txt\n${print(init, result())}`,
};

const fake = (stage: AgentStage, script: string): ChosenAgent => ({
  name: 'gemini',
  adapter: geminiAdapter({
    name: 'gemini',
    file: stage.program('gemini', `#!/bin/sh\n${script}\n`),
  }),
  environment: [],
});

describe('Gemini CLI as an agent', () => {
  conformsAsAgent((stage, how) => fake(stage, SCRIPTS[how]), {
    inputTokens: 9,
    outputTokens: 3,
    cacheReadTokens: 0,
  });
  // Of one process.
  tellsItsVersion(fake, '0.61.0', '[ "$1$GEMINI_CLI_NO_RELAUNCH" = --versiontrue ]');
});

const call: AgentCall = {
  prompt: 'do it',
  promptFile: '/prompt.md',
  newSessionId: SESSION,
  access: 'edits',
  isRoot: true,
};

describe('the command line', () => {
  const adapter = geminiAdapter({ name: 'gemini', file: '/bin/gemini', model: 'm-2' });

  test('under edits, its file tools and its shell work without asking and nothing else is asked', () => {
    expect(adapter.call(call)).toEqual({
      file: '/bin/gemini',
      args: [
        ...['--output-format=stream-json', '--skip-trust'],
        ...['--approval-mode=auto_edit', '--allowed-tools=run_shell_command'],
        '--allowed-mcp-server-names=sage-starts-none',
        ...[`--session-id=${SESSION}`, '--model=m-2'],
      ],
      env: { GEMINI_CLI_NO_RELAUNCH: 'true' },
      input: 'do it',
      politeSignal: 'SIGTERM',
    });
  });

  test('no word of the prompt names a file to it, and the agent is told what the signs are', () => {
    const prompt = '@Test for a@b.c and \\@kept';
    const { input = '' } = adapter.call({ ...call, prompt });
    expect(input).toMatch(/^In all of this text an at sign has a backslash before it/);
    expect(input.split('\n\n')[1]).toBe('\\@Test for a\\@b.c and \\@kept');
  });

  test('under full, every tool works without asking; a fix goes on with the session', () => {
    const resume = { sessionId: 'earlier', usage: {} };
    const { args } = adapter.call({ ...call, access: 'full', resume });
    expect(args).toContain('--approval-mode=yolo');
    expect(args).toContain('--resume=earlier');
    expect(args.join(' ')).not.toMatch(/--allowed-tools|--session-id/);
  });

  test('of the environment it needs its account, endpoint and settings, nothing of a session around it', () => {
    const seen = (name: string, more = {}) => adapter.needs(name, { [name]: 'x', ...more });
    for (const name of [
      ...['GEMINI_API_KEY', 'GEMINI_CLI_HOME', 'GEMINI_CLI_SYSTEM_SETTINGS_PATH'],
      ...['GOOGLE_GEMINI_BASE_URL', 'GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_CLOUD_PROJECT'],
    ]) {
      expect([name, seen(name)]).toEqual([name, true]);
    }
    for (const name of [
      ...['GEMINI_CLI', 'GEMINI_CLI_IDE_AUTH_TOKEN', 'GEMINI_PTY_INFO', 'SANDBOX'],
      ...['GOOGLE_API_KEY', 'GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CLOUD_ACCESS_TOKEN'],
    ]) {
      expect([name, seen(name)]).toEqual([name, false]);
    }
    const vertex = { GOOGLE_GENAI_USE_VERTEXAI: 'true' };
    expect(seen('GOOGLE_APPLICATION_CREDENTIALS', vertex)).toBe(true);
  });
});

describe('what it prints', () => {
  const listen = (lines: readonly (object | string)[], errors: readonly string[] = []) => {
    const listener = geminiAdapter({ name: 'gemini', file: 'gemini' }).listen(call);
    const messages = lines.flatMap((line) =>
      listener.read(typeof line === 'string' ? line : JSON.stringify(line)),
    );
    const retries = errors.flatMap((line) => listener.readError?.(line) ?? []);
    const conclude = (end: AgentEnd = { kind: 'exited', code: 0 }, tail = '') => {
      const ended: ProcessEnd = { end, ms: 1, outputBytes: 1, logHash: '', tail, leftBehind: [] };
      return listener.conclude(ended);
    };
    return { messages, retries, isHopeless: listener.isHopeless, conclude };
  };

  test('pieces of words become one text; session and tools become messages', () => {
    const { messages } = listen([
      ...[init, asked, piece('I lo'), piece('ok.')],
      uses('run_shell_command', 'r-1', { command: 'npm test\nsecond line' }),
      answered('r-1'),
      uses('write_file', 'w-1', { file_path: 'a.ts', content: 'x' }),
    ]);
    expect(messages).toEqual([
      { type: 'session', sessionId: SESSION, model: 'auto' },
      { type: 'text', text: 'I look.' },
      { type: 'tool', name: 'run_shell_command', summary: 'npm test' },
      { type: 'tool', name: 'write_file', summary: 'a.ts' },
    ]);
  });

  test('001-5.3 tokens of all models are told at the end, cached ones apart, thoughts as output', () => {
    const stats = { ...STATS, total_tokens: 415 };
    const { messages, conclude } = listen([init, piece('It rolls now.'), result({ stats })]);
    const usage = { inputTokens: 230, outputTokens: 65, cacheReadTokens: 120 };
    expect(messages.slice(-2)).toEqual([
      { type: 'usage', usage },
      { type: 'ended', ok: true, message: '' },
    ]);
    expect(conclude()).toEqual({ usage, sessionId: SESSION, lastMessage: 'It rolls now.' });
  });

  test('what it says without an end is bounded, and is its last message when it is cut off', () => {
    const { messages, conclude } = listen([init, ...Array<object>(50).fill(piece('x'.repeat(99)))]);
    expect(messages).toHaveLength(1);
    expect(conclude({ kind: 'cancelled' })).toEqual({
      usage: {},
      sessionId: SESSION,
      lastMessage: 'x'.repeat(2_000),
    });
  });

  test('a tool that is refused for want of a permission makes it wait for one; a plain error does not', () => {
    const { messages } = listen([
      uses('run_shell_command', 'a', { command: 'git push' }),
      answered('a', { type: 'policy_violation', message: 'Tool execution denied by policy.' }),
      uses('run_shell_command', 'b', { command: 'npm publish' }),
      answered('b', {
        type: 'unhandled_exception',
        message:
          'Tool execution for "Shell" requires user confirmation, which is not supported in non-interactive mode.',
      }),
      answered('b', {
        type: 'invalid_tool_params',
        message: 'Path not in workspace: Attempted path "/x" resolves outside',
      }),
    ]);
    expect(messages.filter(({ type }) => type === 'waiting')).toEqual(
      ['git push', 'npm publish'].map((command) => ({
        type: 'waiting',
        reason: `asks for permission: run_shell_command ${command} (refused: nobody answers)`,
      })),
    );
  });

  test('lines that nobody knows are passed over', () => {
    const odd = ['', 'null', '[]', '{"type":"result"', '{"type":7}', '{"type":"message"}'];
    const errors = [
      ...['', 'Ripgrep is not available. Falling back to GrepTool.', 'Attempt'],
      ...['Attempt 2 failed', 'Attempt 2 failed. Retrying with backoff...', 'Attempt 2 failed: x'],
    ];
    const { messages, retries } = listen([...odd, { type: 'init' }, { type: 'new' }], errors);
    expect([messages, retries]).toEqual([[], []]);
  });

  test('one retry is told and is its own; a second failure of the same request is hopeless', () => {
    const first = listen([init], [retry(1, 503, 'UNAVAILABLE'), ...STACK]);
    expect(first.retries).toEqual([{ type: 'retrying', reason: 'try later (503)', attempt: 1 }]);
    expect(first.isHopeless).toBe(false);
    const second = [retry(1, 503, 'UNAVAILABLE'), ...STACK, retry(2, 503, 'UNAVAILABLE'), ...STACK];
    expect(listen([init], second).isHopeless).toBe(true);
    const others = [retry(1, 503, 'UNAVAILABLE'), retry(1, 500, 'INTERNAL')];
    expect(listen([init], others).isHopeless).toBe(false);
  });

  test('a long wait that the API asks for is hopeless at once, a short one is not', () => {
    const limited = (ms: number) => [
      'Attempt 1 failed: You exceeded your current quota.',
      `Suggested retry after ${Math.round(ms / 1000)}s.. Retrying after ${ms}ms...`,
    ];
    const { retries, isHopeless, conclude } = listen([init], limited(47_555));
    const reason =
      'You exceeded your current quota. Suggested retry after 48s.. Retrying after 47555ms...';
    expect(retries).toEqual([{ type: 'retrying', reason, attempt: 1, delayMs: 47_555 }]);
    expect(isHopeless).toBe(true);
    const { failure, limitedUntil } = conclude({ kind: 'signalled', signal: 'SIGTERM' });
    expect(failure).toMatchObject({
      code: 'agent/rate-limited',
      message: expect.stringContaining('Suggested retry after 48s'),
    });
    expect(Math.abs(Date.parse(limitedUntil!) - Date.now() - 47_555)).toBeLessThan(60_000);
    const short = listen([init], limited(5_100));
    expect(short.isHopeless).toBe(false);
    expect(short.conclude().limitedUntil).toBeUndefined();
  });

  test('a retry that it got over is none', () => {
    const { conclude } = listen([init, result()], [retry(1, 503, 'UNAVAILABLE')]);
    expect(conclude().failure).toBeUndefined();
  });

  test.each([
    [429, 'RESOURCE_EXHAUSTED', 'agent/rate-limited'],
    [503, 'UNAVAILABLE', 'agent/overloaded'],
    [500, 'INTERNAL', 'agent/unreachable'],
  ])('002-10.2 given up after %d %s it is %s', (status, name, code) => {
    const { conclude } = listen([init], [retry(1, status, name), retry(2, status, name)]);
    expect(conclude({ kind: 'signalled', signal: 'SIGTERM' }).failure).toMatchObject({
      code,
      message: expect.stringContaining(`try later (${status})`),
      retryable: true,
    });
  });

  test('002-10.2 given up without a network it is unreachable', () => {
    const line = (attempt: number) =>
      `Attempt ${attempt} failed. Retrying with backoff... Error: exception TypeError: fetch failed sending request`;
    const { conclude } = listen([init], [line(1), line(2)]);
    expect(conclude({ kind: 'signalled', signal: 'SIGTERM' }).failure?.code).toBe(
      'agent/unreachable',
    );
  });

  const KEY = ',"details":[{"reason":"API_KEY_INVALID"}]';
  test.each([
    [
      'a bad key',
      'agent/not-logged-in',
      apiError(400, 'API key not valid.', 'INVALID_ARGUMENT', KEY),
    ],
    ['no right to log in', 'agent/not-logged-in', apiError(401, 'no', 'UNAUTHENTICATED')],
    ['a forbidden model', 'agent/forbidden', apiError(403, 'no', 'PERMISSION_DENIED')],
    [
      'a long prompt',
      'agent/context-too-long',
      apiError(400, 'The input token count (9) exceeds the maximum number', 'INVALID_ARGUMENT'),
    ],
    [
      'the quota of the day',
      'agent/quota-gone',
      '[API Error: You have exhausted your daily quota on this model.]\nPlease wait and try again later.',
    ],
    ['a limit', 'agent/rate-limited', apiError(429, 'Resource exhausted', 'RESOURCE_EXHAUSTED')],
    ['an overload', 'agent/overloaded', apiError(503, 'The model is overloaded.', 'UNAVAILABLE')],
    ['a broken server', 'agent/unreachable', apiError(500, 'oops', 'INTERNAL')],
    ['a stream cut off', 'agent/unreachable', '[API Error: terminated]'],
    ['anything else', 'agent/reported-failure', apiError(400, 'Bad request', 'INVALID_ARGUMENT')],
  ])('002-10.2 %s is %s', (_, code, message) => {
    const { failure } = listen([init, failed(message)]).conclude({ kind: 'exited', code: 173 });
    expect(failure?.code).toBe(code);
    expect(failure?.message).not.toMatch(/[{[\]\n]/);
  });

  test('002-10.2 an answer that the model held back is a refusal, although the report has no error', () => {
    const message = 'The model response was blocked due to safety settings.';
    const lines = [
      { type: 'error', timestamp: AT, severity: 'error', message },
      result({ status: 'error' }),
    ];
    const { messages, conclude } = listen([init, ...lines]);
    expect(conclude().failure).toMatchObject({
      code: 'agent/refused',
      message: expect.stringContaining(message),
    });
    expect(messages.at(-1)).toEqual({ type: 'ended', ok: false, message });
  });

  test('a loop that it stops for is a failure, although it calls that a success; other warnings are none', () => {
    const warns = (message: string) => ({
      ...{ type: 'error', timestamp: AT },
      ...{ severity: 'warning', message },
    });
    const loop = listen([init, warns('Loop detected, stopping execution'), result()]);
    expect(loop.conclude().failure).toMatchObject({
      code: 'agent/reported-failure',
      message: expect.stringContaining('Loop detected'),
    });
    const hook = listen([init, warns('Agent execution blocked: by a hook'), result()]);
    expect(hook.conclude().failure).toBeUndefined();
  });

  test('who is not logged in is told how, before there is any stream', () => {
    const tail = 'Warning: 256-color support not detected.\nInvalid auth method selected.\n';
    expect(listen([]).conclude({ kind: 'exited', code: 41 }, tail).failure).toMatchObject({
      code: 'agent/not-logged-in',
      message: expect.stringContaining('Invalid auth method selected.'),
      hint: expect.stringContaining('GEMINI_API_KEY'),
    });
  });

  test('interrupted by somebody else it exits 0 and yet failed; by us, we know why', () => {
    const { conclude } = listen([init, piece('I will begin.')]);
    expect(conclude().failure?.message).toContain('was interrupted');
    expect(conclude({ kind: 'cancelled' }).failure).toBeUndefined();
    expect(conclude({ kind: 'silent', limitMs: 5 }).failure).toBeUndefined();
  });

  test('a session that cannot be gone on with is told in its own words', () => {
    const tail = 'Error resuming session: Invalid session identifier "x".\n';
    const { failure } = listen([]).conclude({ kind: 'exited', code: 42 }, tail);
    expect(failure?.code).toBe('agent/crashed');
    expect(failure?.message).toContain('Error resuming session');
  });
});

describe('on a stage', () => {
  let stage: AgentStage;
  beforeEach(() => {
    stage = new AgentStage();
  });
  afterEach(() => stage.clean());

  test('one that would go on in vain is ended, politely, and told with the reason', async () => {
    const lines = [1, 2].map(
      (attempt) => `echo '${retry(attempt, 429, 'RESOURCE_EXHAUSTED')}' >&2`,
    );
    const agent = fake(
      stage,
      `trap 'echo polite > how.txt; exit 0' TERM\n${print(init)}\n${lines.join('\n')}\nwhile :; do sleep 0.02; done`,
    );
    const outcome = await stage.call(agent);
    expect(outcome).toMatchObject({
      end: { kind: 'signalled', signal: 'SIGTERM' },
      failure: { code: 'agent/rate-limited' },
      sessionId: SESSION,
    });
    expect(stage.text('lane-1/how.txt')).toBe('polite\n');
    expect(stage.messages.filter(({ type }) => type === 'retrying')).toHaveLength(2);
  });

  test('one that is cancelled after it became hopeless counts as cancelled', async () => {
    const cancel = new AbortController();
    const lines = [1, 2].map((attempt) => `echo '${retry(attempt, 429, 'X')}' >&2`);
    const agent = fake(stage, `${lines.join('\n')}\nsleep 100`);
    const onMessage = () => cancel.abort();
    const outcome = await stage.call(agent, { onMessage }, {}, cancel.signal);
    expect(outcome.end).toEqual({ kind: 'cancelled' });
    expect(outcome.failure).toBeUndefined();
  });
});
