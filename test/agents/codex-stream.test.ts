import { describe, expect, test } from '@jest/globals';
import type { AgentCall } from '../../lib/agents/adapter.js';
import { codexAdapter } from '../../lib/agents/codex/adapter.js';
import { limitIn } from '../../lib/agents/codex/limit.js';
import type { AgentEnd } from '../../lib/model/agent.js';

const SESSION = '01a1ff75-b2e6-7e90-b9f9-4b4b77c4a40c';
const began = [{ type: 'thread.started', thread_id: SESSION }, { type: 'turn.started' }];
const item = (type: string, fields: object, is = 'completed') => ({
  type: `item.${is}`,
  item: { id: 'item_1', type, ...fields },
});
const says = (text: string) => item('agent_message', { text });
const used = (input: number, cached: number, output: number) => ({
  type: 'turn.completed',
  usage: {
    ...{ input_tokens: input, cached_input_tokens: cached, cache_write_input_tokens: 0 },
    ...{ output_tokens: output, reasoning_output_tokens: 6 },
  },
});
const broken = (message: string) => [
  ...began,
  { type: 'error', message },
  { type: 'turn.failed', error: { message } },
];

function listen(lines: readonly (object | string)[], resume?: AgentCall['resume']) {
  const call: AgentCall = {
    ...{ prompt: '', promptFile: '', newSessionId: SESSION, access: 'edits', isRoot: false },
    ...(resume ? { resume } : {}),
  };
  const listener = codexAdapter({ name: 'codex', file: 'codex' }).listen(call);
  const messages = lines.flatMap((line) =>
    listener.read(typeof line === 'string' ? line : JSON.stringify(line)),
  );
  const conclude = (end: AgentEnd = { kind: 'exited', code: 0 }, tail = '') =>
    listener.conclude({ end, ms: 1, outputBytes: 1, logHash: '', tail, leftBehind: [] });
  return { messages, conclude };
}

/** How a call failed that ended with these lines. */
const failureOf = (lines: readonly object[]) =>
  listen(lines).conclude({ kind: 'exited', code: 1 }).failure;

describe('what Codex prints', () => {
  test('001-5.3 session, words, tools, retries and tokens become messages', () => {
    const command = "/bin/bash -lc 'npm test'";
    const { messages, conclude } = listen([
      ...began,
      says('I look.'),
      item('command_execution', { command, status: 'in_progress' }, 'started'),
      item('command_execution', {
        command,
        exit_code: 1,
        status: 'failed',
        aggregated_output: '1 failed',
      }),
      item('file_change', { changes: [{ path: '/lane/b.txt', kind: 'add' }] }, 'started'),
      item('file_change', { changes: [{ path: '/lane/b.txt', kind: 'add' }] }),
      item('mcp_tool_call', { server: 's', tool: 'look', arguments: { query: 'x' } }, 'started'),
      item('reasoning', { text: 'Hm.' }),
      {
        type: 'error',
        message: 'Reconnecting... 1/5 (unexpected status 503 Service Unavailable: x)',
      },
      { type: 'error', message: 'Reconnecting... waiting for network (Connection failed: error)' },
      says('Done.'),
      used(200, 80, 20),
    ]);
    expect(messages).toEqual([
      { type: 'session', sessionId: SESSION },
      { type: 'text', text: 'I look.' },
      { type: 'tool', name: 'shell', summary: 'npm test' },
      { type: 'tool', name: 'edit', summary: '/lane/b.txt' },
      { type: 'tool', name: 'look', summary: 'x' },
      { type: 'retrying', reason: 'unexpected status 503 Service Unavailable: x', attempt: 1 },
      { type: 'retrying', reason: 'Connection failed: error' },
      { type: 'text', text: 'Done.' },
      {
        type: 'usage',
        usage: { inputTokens: 120, outputTokens: 20, cacheReadTokens: 80, cacheWriteTokens: 0 },
      },
      { type: 'ended', ok: true, message: 'Done.' },
    ]);
    expect(conclude()).toEqual({
      usage: { inputTokens: 120, outputTokens: 20, cacheReadTokens: 80, cacheWriteTokens: 0 },
      sessionId: SESSION,
      lastMessage: 'Done.',
    });
  });

  test('the tokens of a session that goes on are sums over all of it: only what was added counts', () => {
    const usage = { inputTokens: 120, outputTokens: 20, cacheReadTokens: 80 };
    const resume = { sessionId: SESSION, usage };
    const { conclude } = listen([...began, used(400, 240, 30)], resume);
    expect(conclude().usage).toEqual({
      ...{ inputTokens: 40, outputTokens: 10, cacheReadTokens: 160, cacheWriteTokens: 0 },
    });
  });

  test('lines that nobody knows are passed over', () => {
    const odd = [
      '',
      'null',
      '[]',
      '7',
      '{"type":"turn.completed"',
      '{"type":7}',
      '{"type":"item.started"}',
    ];
    const lines = [...odd, { type: 'error' }, { type: 'item.completed', item: 7 }, { type: 'new' }];
    expect(listen(lines).messages).toEqual([]);
  });

  test.each([
    [
      'agent/not-logged-in',
      'unexpected status 401 Unauthorized: Incorrect API key provided, url: http://127.0.0.1:8971/v1/responses',
    ],
    ['agent/not-logged-in', 'Missing environment variable: `K`.'],
    [
      'agent/forbidden',
      'unexpected status 403 Forbidden: scripted 403, url: http://127.0.0.1:8971/v1/responses',
    ],
    ['agent/rate-limited', 'exceeded retry limit, last status: 429 Too Many Requests'],
    [
      'agent/rate-limited',
      'rate limit exceeded: Rate limit reached for gpt-6. Please try again in 1.2s.',
    ],
    [
      'agent/rate-limited',
      'You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or try again at 9:00 PM.',
    ],
    ['agent/quota-gone', 'Quota exceeded. Check your plan and billing details.'],
    [
      'agent/quota-gone',
      'To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.',
    ],
    ['agent/overloaded', 'Selected model is at capacity. Please try a different model.'],
    [
      'agent/overloaded',
      'We’re currently experiencing high demand, which may cause temporary errors.',
    ],
    [
      'agent/context-too-long',
      "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
    ],
    [
      'agent/context-too-long',
      'unexpected status 413 Payload Too Large: scripted 413, url: http://127.0.0.1:8971/v1/responses',
    ],
    ['agent/refused', 'Invalid prompt: we have limited access to this content for safety reasons.'],
    [
      'agent/refused',
      'stream disconnected before completion: Incomplete response returned, reason: content_filter',
    ],
    [
      'agent/unreachable',
      'unexpected status 503 Service Unavailable: scripted 503, url: http://127.0.0.1:8971/v1/responses',
    ],
    [
      'agent/unreachable',
      'stream disconnected before completion: Transport error: network error: error decoding response body',
    ],
    ['agent/unreachable', 'stream disconnected before completion: error sending request'],
    ['agent/reported-failure', 'The model x does not exist'],
    ['agent/reported-failure', '{"error":{"message":"Bad thing","type":"invalid_request_error"}}'],
  ])('002-10.2 %s: %s', (code, message) => {
    const failure = failureOf(broken(message));
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain(message);
  });

  test('who is not logged in is told how', () => {
    expect(failureOf(broken('unexpected status 401 Unauthorized'))?.hint).toMatch(
      /codex login.*CODEX_API_KEY/,
    );
  });

  test('an error that it recovered from is none', () => {
    const retry = { type: 'error', message: 'Reconnecting... 1/1 (unexpected status 500)' };
    expect(listen([...began, retry, says('Again.'), used(1, 0, 1)]).conclude().failure).toBe(
      undefined,
    );
  });

  test('when we end it, only what it last waited for is told', () => {
    const retry = {
      type: 'error',
      message: 'Reconnecting... 1/1 (exceeded retry limit, last status: 429 Too Many Requests)',
    };
    const silent = { kind: 'silent', limitMs: 5 } as const;
    expect(listen([...began, retry]).conclude(silent).failure?.code).toBe('agent/rate-limited');
    expect(listen([...began, retry, says('Go on.')]).conclude(silent).failure).toBeUndefined();
    expect(listen(began).conclude(silent).failure).toBeUndefined();
    expect(listen([...began, retry]).conclude({ kind: 'cancelled' }).failure).toBeUndefined();
  });

  test('exit code 0 without the end of its turn is a failure; another code is a crash with its words', () => {
    expect(listen([...began, says('I begin.')]).conclude().failure?.code).toBe(
      'agent/reported-failure',
    );
    const tail = "error: unexpected argument '--add-dir' found\n";
    const { failure } = listen([]).conclude({ kind: 'exited', code: 2 }, tail);
    expect(failure).toMatchObject({
      code: 'agent/crashed',
      message: expect.stringContaining("unexpected argument '--add-dir'"),
    });
  });
});

describe('a limit that says when it is over', () => {
  const now = new Date(2026, 5, 5, 20, 19, 40).getTime();
  const local = (...of: readonly [number, number, number, number, number]) =>
    new Date(...of).toISOString();

  test.each([
    ['You’ve hit your usage limit. Try again at 9:00 PM.', local(2026, 5, 5, 21, 1)],
    ['usage limit … or try again at 12:00 AM.', local(2026, 5, 5, 0, 1)],
    ['usage limit … or try again at Jul 1st, 2026 12:59 PM.', local(2026, 6, 1, 13, 0)],
    ['usage limit … or try again at Dec 31st, 2026 11:59 PM.', local(2027, 0, 1, 0, 0)],
    [
      'usage limit. Try again in 2 days 17 hours 14 minutes.',
      new Date(now + ((2 * 24 + 17) * 60 + 14) * 60_000).toISOString(),
    ],
    [
      'Rate limit reached for gpt-6. Please try again in 6m1.5s. Visit us.',
      new Date(now + 361_500).toISOString(),
    ],
    ['Rate limit reached for gpt-6. Please try again in 1.2s.', undefined],
    ['Rate limit reached for gpt-6. Please try again in 800ms.', undefined],
    ['usage limit. Try again later.', undefined],
    ['usage limit. Try again at Foo 1st, 2026 1:00 PM.', undefined],
    ['usage limit. Try again in 5 weeks or so.', undefined],
    ['exceeded retry limit, last status: 429 Too Many Requests', undefined],
  ])('003-7.10 %s', (said, until) => {
    expect(limitIn(said, now)).toBe(until);
  });

  test('is told with the end of a call that it refused, and of no other', () => {
    const message = 'You’ve hit your usage limit. Try again at Jul 5th, 2099 8:19 PM.';
    const until = local(2099, 6, 5, 20, 20);
    expect(listen(broken(message)).conclude({ kind: 'exited', code: 1 }).limitedUntil).toBe(until);
    const retry = { type: 'error', message: `Reconnecting... 1/1 (${message})` };
    const silent = { kind: 'silent', limitMs: 5 } as const;
    expect(listen([...began, retry]).conclude(silent).limitedUntil).toBe(until);
    const over = [...began, retry, says(message), used(1, 0, 1)];
    expect(listen(over).conclude().limitedUntil).toBeUndefined();
  });
});

describe('its sandbox', () => {
  const command = (aggregated_output: string, more = {}) =>
    item('command_execution', {
      command: 'x',
      exit_code: 1,
      status: 'failed',
      aggregated_output,
      ...more,
    });
  const cannot = 'bwrap: setting up uid map: Operation not permitted\n';
  const concluded = (...lines: readonly object[]) =>
    listen([...began, ...lines, says('All done.'), used(1, 0, 1)]).conclude().failure;

  test('that cannot start is a failure, although it ends well', () => {
    expect(concluded(command(cannot), command(cannot))).toMatchObject({
      code: 'agent/no-sandbox',
      message: expect.stringContaining('bwrap: setting up uid map: Operation not permitted'),
      hint: expect.stringContaining('access: full'),
    });
  });

  test('that worked before is none, nor is a command’s own word of it', () => {
    expect(concluded(command('ok', { exit_code: 0, status: 'completed' }), command(cannot))).toBe(
      undefined,
    );
    expect(concluded(command(`my tests\n${cannot}`))).toBeUndefined();
    expect(concluded(command('No such file'))).toBeUndefined();
  });

  test('what it refuses stands on its standard error alone', () => {
    const at = '2026-11-21T19:00:59.210223Z ERROR codex_core::tools::router: error=';
    const { conclude } = listen([...began, says('I may not.'), used(1, 0, 1)]);
    const waitedFor = (tail: string) => conclude({ kind: 'exited', code: 0 }, tail).waitedFor;
    expect(
      waitedFor(
        `${at}approval policy is Never; reject command — you cannot ask for escalated permissions\n`,
      ),
    ).toBe('asks for permission: to run a command without its sandbox (refused: nobody answers)');
    expect(
      waitedFor(
        `${at}patch rejected: writing outside of the project; rejected by user approval settings\n`,
      ),
    ).toMatch(/^asks for permission: writing outside of the project/);
    expect(waitedFor(`${at}unsupported call: nothing\n`)).toBeUndefined();
  });
});
