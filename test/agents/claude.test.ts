import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AgentCall } from '../../lib/agents/adapter.js';
import type { ChosenAgent } from '../../lib/agents/choose.js';
import { claudeAdapter } from '../../lib/agents/claude/adapter.js';
import type { AgentEnd } from '../../lib/model/agent.js';
import type { ProcessEnd } from '../../lib/process/process-spec.js';
import {
  AgentStage,
  conformsAsAgent,
  tellsItsVersion,
  type Behaviour,
} from '../conformance/agents.js';

const SESSION = '11111111-2222-4333-8444-555555555555';

/** Lines as Claude Code 2.1 prints them, shortened to what is read and something of what is not. */
const init = {
  type: 'system',
  subtype: 'init',
  session_id: SESSION,
  model: 'm-1',
  tools: ['Bash'],
};
const says = (text: string) => ({
  type: 'assistant',
  message: { role: 'assistant', content: [{ type: 'text', text }] },
  session_id: SESSION,
});
const uses = (name: string, input: object) => ({
  type: 'assistant',
  message: {
    content: [
      { type: 'thinking', thinking: '…' },
      { type: 'tool_use', name, input },
    ],
  },
});
const result = (more: object) => ({
  duration_ms: 5,
  type: 'result',
  subtype: 'success',
  is_error: false,
  num_turns: 2,
  result: 'It rolls now.',
  session_id: SESSION,
  total_cost_usd: 0.12,
  usage: { input_tokens: 9, output_tokens: 3, server_tool_use: {} },
  ...more,
});
const apiError = (status: number | null, error: string, text: string) => [
  init,
  { ...says(text), error, message: { model: '<synthetic>', content: [{ type: 'text', text }] } },
  result({
    is_error: true,
    terminal_reason: 'api_error',
    api_error_status: status,
    result: text,
    total_cost_usd: 0,
    usage: {},
  }),
];

const print = (...lines: readonly object[]) =>
  lines.map((line) => `printf '%s\n' '${JSON.stringify(line)}'`).join('\n');

const SCRIPTS: Record<Behaviour, string> = {
  works: `cat >/dev/null; echo work > work.txt\n${print(init, says('It rolls now.'), result({}))}`,
  fails: `cat >/dev/null\n${print(...apiError(500, 'server_error', 'no paper left'))}\nexit 1`,
  hangs: `${print(init)}\nsleep 100`,
  'leaves-a-child': `setsid sleep 100 &\n${print(init, result({}))}`,
  'shows-environment': `env > environment.txt\n${print(init, result({}))}`,
  'shows-prompt': `cat > prompt.txt; cmp -s prompt.txt "$SAGE_PROMPT_FILE" || echo differ > prompt.txt\n${print(init, result({}))}`,
};

const fake = (stage: AgentStage, script: string): ChosenAgent => ({
  name: 'claude',
  adapter: claudeAdapter({
    name: 'claude',
    file: stage.program('claude', `#!/bin/sh\n${script}\n`),
  }),
  environment: [],
});

describe('Claude Code as an agent', () => {
  conformsAsAgent((stage, how) => fake(stage, SCRIPTS[how]));
  tellsItsVersion(fake, '2.1.329 (Claude Code)');
});

describe('the command line', () => {
  const adapter = claudeAdapter({ name: 'claude', file: '/bin/claude', model: 'm-2' });
  const base: AgentCall = {
    prompt: 'do it',
    promptFile: '/prompt.md',
    newSessionId: SESSION,
    access: 'edits',
    isRoot: true,
  };

  test('under edits, tools work without asking and nothing else is asked', () => {
    expect(adapter.call(base)).toEqual({
      file: '/bin/claude',
      args: [
        ...['-p', '--output-format', 'stream-json', '--verbose'],
        ...['--permission-mode', 'acceptEdits'],
        '--allowedTools=Bash,Read,Edit,Write,NotebookEdit,Glob,Grep,TodoWrite',
        ...['--session-id', SESSION, '--model', 'm-2', '--strict-mcp-config'],
      ],
      env: { CLAUDE_CODE_MAX_RETRIES: '1', DISABLE_AUTOUPDATER: '1' },
      input: 'do it',
      politeSignal: 'SIGINT',
    });
  });

  test('001-6.6 with an outbox it has the tool that writes there, at once and without asking, and no other server', () => {
    const { args } = adapter.call({ ...base, outbox: '/tmp/outbox 1.ndjson' });
    expect(args.find((arg) => arg.startsWith('--allowedTools='))).toMatch(/,mcp__sage__report$/);
    const [config = ''] = args.filter((arg) => arg.startsWith('--mcp-config='));
    expect(JSON.parse(config.slice('--mcp-config='.length))).toEqual({
      mcpServers: {
        sage: {
          command: process.execPath,
          args: [expect.stringMatching(/report-server\.js$/), '/tmp/outbox 1.ndjson'],
          alwaysLoad: true,
        },
      },
    });
    expect(args).toContain('--strict-mcp-config');
    expect(adapter.reportTool).toBe('mcp__sage__report');
  });

  test('under full, permissions are skipped; as root it must be told that this is a container', () => {
    const full = adapter.call({ ...base, access: 'full' });
    expect(full.args.join(' ')).toContain('--permission-mode bypassPermissions --session-id');
    expect(full.env['IS_SANDBOX']).toBe('1');
    expect(
      adapter.call({ ...base, access: 'full', isRoot: false }).env['IS_SANDBOX'],
    ).toBeUndefined();
  });

  test('001-4.2 the model of the call goes before that of the agent', () => {
    expect(adapter.call({ ...base, model: 'm-9' }).args.join(' ')).toContain(' --model m-9 ');
  });

  test('a fix goes on with the session', () => {
    const { args } = adapter.call({ ...base, resume: { sessionId: 'earlier', usage: {} } });
    expect(args.join(' ')).toContain('--resume earlier --model');
    expect(args).not.toContain('--session-id');
  });

  test('of the environment it needs its account and endpoint, nothing of a session around it', () => {
    const seen = (name: string, more = {}) => adapter.needs(name, { [name]: 'x', ...more });
    for (const name of ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'CLAUDE_CONFIG_DIR']) {
      expect([name, seen(name)]).toEqual([name, true]);
    }
    for (const name of [
      ...['CLAUDECODE', 'CLAUDE_PID', 'CLAUDE_CODE_SESSION_ID', 'CLAUDE_CODE_CHILD_SESSION'],
      ...['CLAUDE_CODE_MESSAGING_TOKEN', 'CLAUDE_CODE_ENTRYPOINT', 'SSH_AUTH_SOCK', 'AWS_PROFILE'],
    ]) {
      expect([name, seen(name)]).toEqual([name, false]);
    }
    expect(seen('AWS_PROFILE', { CLAUDE_CODE_USE_BEDROCK: '1' })).toBe(true);
  });
});

describe('what it prints', () => {
  const call: AgentCall = {
    prompt: '',
    promptFile: '',
    newSessionId: SESSION,
    access: 'edits',
    isRoot: false,
  };
  const listen = (lines: readonly (object | string)[], resume?: AgentCall['resume']) => {
    const adapter = claudeAdapter({ name: 'claude', file: 'claude' });
    const listener = adapter.listen(resume ? { ...call, resume } : call);
    const messages = lines.flatMap((line) =>
      listener.read(typeof line === 'string' ? line : JSON.stringify(line)),
    );
    const conclude = (end: AgentEnd = { kind: 'exited', code: 0 }, tail = '') => {
      const ended: ProcessEnd = { end, ms: 1, outputBytes: 1, logHash: '', tail, leftBehind: [] };
      return listener.conclude(ended);
    };
    return { messages, conclude };
  };

  test('session, words, tools and retries become messages', () => {
    const { messages } = listen([
      init,
      says('I look.'),
      uses('Bash', { command: 'npm test\nsecond line', description: 'x' }),
      uses('Edit', { file_path: '/lane/a.ts', old_string: 'a' }),
      {
        ...{ type: 'system', subtype: 'api_retry', attempt: 1, max_retries: 1 },
        ...{ retry_delay_ms: 1234.4, error_status: 429, error: 'rate_limit' },
      },
      { type: 'user', message: { content: [{ type: 'tool_result', content: 'x' }] } },
    ]);
    expect(messages).toEqual([
      { type: 'session', sessionId: SESSION, model: 'm-1' },
      { type: 'text', text: 'I look.' },
      { type: 'tool', name: 'Bash', summary: 'npm test' },
      { type: 'tool', name: 'Edit', summary: '/lane/a.ts' },
      { type: 'retrying', reason: 'rate_limit (429)', attempt: 1, delayMs: 1234 },
    ]);
  });

  test('a tool that is refused for want of a permission makes it wait for one; a plain error does not', () => {
    const answer = (id: string, content: unknown, isError = true) => ({
      type: 'user',
      message: {
        content: [{ type: 'tool_result', tool_use_id: id, is_error: isError, content }],
      },
    });
    const call = (id: string, name: string, input: object) => ({
      type: 'assistant',
      message: { content: [{ type: 'tool_use', id, name, input }] },
    });
    const { messages } = listen([
      call('t1', 'WebFetch', { url: 'http://127.0.0.1:9/' }),
      answer('t1', "Claude requested permissions to use WebFetch, but you haven't granted it yet."),
      call('t2', 'Bash', { command: 'cat /root/x' }),
      answer('t2', [{ type: 'text', text: 'cat: /root/x: Permission denied' }]),
      answer('t2', 'This command requires approval', false),
      answer('t9', [{ type: 'text', text: 'This command requires approval' }]),
    ]);
    expect(messages.filter(({ type }) => type === 'waiting')).toEqual([
      {
        type: 'waiting',
        reason: 'asks for permission: WebFetch http://127.0.0.1:9/ (refused: nobody answers)',
      },
      { type: 'waiting', reason: 'asks for permission: a tool (refused: nobody answers)' },
    ]);
  });

  test('lines that nobody knows are passed over', () => {
    const odd = ['', 'null', '[]', '7', '{"type":"result"', '{"type":7}', '{"type":"assistant"}'];
    expect(listen([...odd, { type: 'rate_limit_event', x: 1 }]).messages).toEqual([]);
  });

  test('of two results the last one counts, and the costs in them are sums of the session', () => {
    const { messages, conclude } = listen([
      init,
      result({ result: 'Waiting for the build.', total_cost_usd: 0.1 }),
      result({ total_cost_usd: 0.25, usage: { input_tokens: 1, cache_read_input_tokens: 7 } }),
    ]);
    expect(messages.filter(({ type }) => type === 'usage')).toEqual([
      { type: 'usage', usage: { inputTokens: 9, outputTokens: 3, costMicroUsd: 100_000 } },
      { type: 'usage', usage: { inputTokens: 1, cacheReadTokens: 7, costMicroUsd: 150_000 } },
    ]);
    expect(conclude()).toEqual({
      usage: { inputTokens: 10, outputTokens: 3, cacheReadTokens: 7, costMicroUsd: 250_000 },
      sessionId: SESSION,
      lastMessage: 'It rolls now.',
    });
  });

  test('001-4.14 answers tell their tokens as they come, each once however many lines it has; the result replaces them', () => {
    const answer = (id: string, usage: object, text: string) => ({
      type: 'assistant',
      message: { id, usage, content: [{ type: 'text', text }] },
    });
    const first = { input_tokens: 4, output_tokens: 1, cache_read_input_tokens: 100 };
    const lines = [
      init,
      answer('msg-1', first, 'Let me see.'),
      answer('msg-1', { ...first, output_tokens: 3 }, 'I see.'),
      answer('msg-1', { ...first, output_tokens: 3 }, 'I do.'),
      answer('msg-2', { input_tokens: 2, output_tokens: 1 }, 'Done.'),
    ];
    const used = (...more: readonly object[]) =>
      listen([...lines, ...more]).messages.flatMap((message) =>
        message.type === 'usage' ? [message.usage] : [],
      );
    const told = [
      { inputTokens: 4, outputTokens: 1, cacheReadTokens: 100 },
      { inputTokens: 0, outputTokens: 2, cacheReadTokens: 0 },
      { inputTokens: 2, outputTokens: 1 },
    ];
    expect(used()).toEqual(told);
    // Cut off, it has cost what was told by then, and more.
    expect(listen(lines).conclude()).toMatchObject({
      usage: { inputTokens: 6, outputTokens: 4, cacheReadTokens: 100 },
      isUsagePartial: true,
    });
    const end = result({
      usage: { input_tokens: 6, output_tokens: 40, cache_read_input_tokens: 100 },
    });
    expect(used(end)).toEqual([
      ...told,
      { inputTokens: 0, outputTokens: 36, cacheReadTokens: 0, costMicroUsd: 120_000 },
    ]);
    const whole = listen([...lines, end]).conclude();
    expect(whole).not.toHaveProperty('isUsagePartial');
    expect(whole.usage).toEqual({
      inputTokens: 6,
      outputTokens: 40,
      cacheReadTokens: 100,
      costMicroUsd: 120_000,
    });
  });

  test('a session that goes on costs what was added, by the sum or by the increment told', () => {
    const resume = { sessionId: SESSION, usage: { costMicroUsd: 100_000 } };
    expect(listen([result({})], resume).conclude().usage.costMicroUsd).toBe(20_000);
    const since = { a: { costUSD: 0.01 }, b: { costUSD: 0.02 } };
    const told = listen([result({ model_usage_since_last_result: since })], resume);
    expect(told.conclude().usage.costMicroUsd).toBe(30_000);
  });

  test.each([
    [
      'not logged in',
      'agent/not-logged-in',
      apiError(null, 'authentication_failed', 'Not logged in'),
    ],
    ['a bad key', 'agent/not-logged-in', apiError(401, 'authentication_failed', 'invalid key')],
    ['no credit', 'agent/quota-gone', apiError(400, 'billing_error', 'Credit balance is too low')],
    ['no network', 'agent/unreachable', apiError(null, 'unknown', 'Connection error.')],
    ['a broken server', 'agent/unreachable', apiError(502, 'server_error', 'Bad gateway')],
    ['a forbidden model', 'agent/forbidden', apiError(403, 'unknown', 'Forbidden')],
    ['a long prompt', 'agent/context-too-long', apiError(400, 'unknown', 'Prompt is too long')],
    [
      'a refusal',
      'agent/refused',
      apiError(null, 'unknown', 'It appears to violate our Usage Policy'),
    ],
    ['anything else', 'agent/reported-failure', apiError(400, 'unknown', 'Bad request')],
    ['a limit', 'agent/rate-limited', apiError(429, 'rate_limit', 'Limit reached')],
    ['an overload', 'agent/overloaded', apiError(529, 'overloaded', 'Overloaded')],
  ])('002-10.2 %s is %s, although its subtype says success', (_, code, lines) => {
    const { failure } = listen(lines).conclude({ kind: 'exited', code: 1 });
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain((lines[2] as { result: string }).result);
  });

  test.each([
    ['rejected', 1_778_565_600, '2026-05-12T06:00:00.000Z'],
    ['allowed_warning', 1_778_565_600, undefined],
    ['rejected', 1e300, undefined],
    ['rejected', 'soon', undefined],
  ])('003-7.10 a limit that is %s until %s is over at %s', (status, resetsAt, until) => {
    const event = { type: 'rate_limit_event', rate_limit_info: { status, resetsAt } };
    const refused = listen([event, ...apiError(429, 'rate_limit', 'Limit reached')]);
    expect(refused.conclude({ kind: 'exited', code: 1 }).limitedUntil).toBe(until);
    expect(listen([event, result({})]).conclude().limitedUntil).toBeUndefined();
  });

  test('who is not logged in is told how, and what may pass by itself is said to', () => {
    const concluded = (...[status, error, said]: Parameters<typeof apiError>) =>
      listen(apiError(status, error, said)).conclude({ kind: 'exited', code: 1 }).failure;
    expect(concluded(401, 'authentication_failed', 'no')?.hint).toMatch(/login.*ANTHROPIC_API_KEY/);
    expect(concluded(429, 'rate_limit', 'no')).toMatchObject({
      hint: expect.stringContaining('--parallel'),
      retryable: true,
    });
    expect(concluded(403, 'unknown', 'no')?.retryable).toBeUndefined();
  });

  test('an error that it recovered from is none', () => {
    const lines = [...apiError(500, 'server_error', 'oops'), says('Again.'), result({})];
    expect(listen(lines).conclude().failure).toBeUndefined();
  });

  test('interrupted by somebody else it exits 0 and yet failed; by us, we know why', () => {
    const aborted = result({
      ...{ subtype: 'error_during_execution', is_error: true, terminal_reason: 'aborted_tools' },
      ...{ result: undefined, errors: ['[Request interrupted by user]'] },
    });
    const { conclude } = listen([init, aborted]);
    expect(conclude().failure?.message).toContain('was interrupted');
    expect(conclude({ kind: 'cancelled' }).failure).toBeUndefined();
    expect(conclude({ kind: 'timed-out', limitMs: 5 }).failure).toBeUndefined();
  });

  test('exit code 0 without a closing report is a failure', () => {
    expect(listen([init, says('I will begin.')]).conclude().failure?.code).toBe(
      'agent/reported-failure',
    );
    expect(listen([]).conclude().failure?.code).toBe('agent/reported-failure');
  });

  test('turns and budget used up are told by name', () => {
    const failed = (subtype: string) =>
      listen([result({ subtype, is_error: true })]).conclude({ kind: 'exited', code: 1 }).failure;
    expect(failed('error_max_turns')?.message).toContain('turns');
    expect(failed('error_max_budget_usd')?.message).toContain('budget');
  });

  test('a refused command line is told with its own words', () => {
    const tail = 'error: unknown option --permission-prompts\n';
    const { failure } = listen([]).conclude({ kind: 'exited', code: 1 }, tail);
    expect(failure?.code).toBe('agent/crashed');
    expect(failure?.message).toContain('unknown option --permission-prompts');
  });
});

describe('on a stage', () => {
  let stage: AgentStage;
  beforeEach(() => {
    stage = new AgentStage();
  });
  afterEach(() => stage.clean());

  test('a fix round resumes the session, asks only for the fix and tells only its own cost', async () => {
    const agent = fake(
      stage,
      `echo "$@" >> args.txt; cat > prompt.txt
       if grep -q resume args.txt; then ${print(init, result({ total_cost_usd: 0.15 }))}
       else ${print(init, result({}))}; fi`,
    );
    const first = await stage.call(agent);
    const ask = { kind: 'fix', script: 'make check', output: 'expected a circle' } as const;
    const second = await stage.call(agent, {}, { round: 2, ask, sessionId: first.sessionId! });
    expect(stage.text('lane-1/args.txt')).toMatch(/--session-id [0-9a-f-]{36}.*\n.*--resume 1111/);
    expect(stage.text('lane-1/prompt.txt')).toContain('expected a circle');
    expect(stage.text('lane-1/prompt.txt')).not.toContain('It is square.');
    expect(second.usage.costMicroUsd).toBe(30_000);
    expect(second.log).toBe('attempts/T-1-1/output-2.log');
    expect(stage.text('run/attempts/T-1-1/output.log')).not.toBe('');
  });

  test('cancelled it gets SIGINT, and what it tells then is kept', async () => {
    const cancel = new AbortController();
    const agent = fake(
      stage,
      `trap '${print(result({ is_error: true, terminal_reason: 'aborted_tools' })).replaceAll("'", `'"'"'`)}; exit 0' INT
       ${print(init)}
       while :; do sleep 0.02; done`,
    );
    const onMessage = () => cancel.abort();
    const outcome = await stage.call(agent, { onMessage }, {}, cancel.signal);
    expect(outcome.end).toEqual({ kind: 'cancelled' });
    expect(outcome.usage.costMicroUsd).toBe(120_000);
    expect(outcome.failure).toBeUndefined();
  });
});
