import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mcpServer } from '../../lib/agents/mcp.js';
import { readOutbox } from '../../lib/agents/outbox.js';
import { reportCommand } from '../../lib/agents/report-command.js';
import { reportTool } from '../../lib/agents/report-tool.js';

let folder: string;
let outbox: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sage-test-'));
  outbox = join(folder, 'outbox-1.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

const request = (method: string, params: object = {}, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

/** What the server answers to lines, one after the other. */
async function ask(...lines: readonly string[]): Promise<readonly unknown[]> {
  const server = mcpServer(reportTool(outbox));
  const answers: unknown[] = [];
  for (const line of lines) {
    const answer = await server.answer(line);
    answers.push(answer === undefined ? undefined : JSON.parse(answer));
  }
  return answers;
}

/** What it answers to a call of its tool. */
async function report(...calls: readonly object[]) {
  const params = calls.map((given) => ({ name: 'report', arguments: given }));
  const answers = await ask(...params.map((one) => request('tools/call', one)));
  return answers.map((answer) => {
    const { result } = answer as {
      readonly result: { readonly content: readonly { text: string }[]; readonly isError: boolean };
    };
    return [result.isError, result.content[0]?.text ?? ''] as const;
  });
}

const MODERN = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };

describe('the server that agents report by', () => {
  test.each([
    ['2025-11-25', '2025-11-25'],
    ['2025-06-18', '2025-06-18'],
    ['2024-11-05', '2024-11-05'],
    ['1999-01-01', '2025-11-25'],
    [undefined, '2025-11-25'],
  ])('asked to speak revision %s it speaks %s', async (protocolVersion, spoken) => {
    const [answer] = await ask(request('initialize', { protocolVersion, capabilities: {} }));
    expect(answer).toEqual({
      ...{ jsonrpc: '2.0', id: 1 },
      result: {
        protocolVersion: spoken,
        capabilities: { tools: {} },
        serverInfo: { name: 'sage', version: '1' },
      },
    });
  });

  test('in the revision without a handshake each answer says that it is whole, and another revision is refused with those it speaks', async () => {
    const answers = await ask(
      request('server/discover', MODERN),
      request('tools/list', MODERN),
      request('tools/list', {
        _meta: { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' },
      }),
    );
    const whole = { resultType: 'complete', ttlMs: expect.any(Number), cacheScope: 'private' };
    expect(answers).toMatchObject([
      { result: { ...whole, supportedVersions: expect.arrayContaining(['2026-07-28']) } },
      { result: { ...whole, tools: [{ name: 'report' }] } },
      { error: { code: -32022, data: { requested: '2031-01-01' } } },
    ]);
    expect(answers[2]).toMatchObject({
      error: { data: { supported: expect.arrayContaining(['2026-07-28', '2025-06-18']) } },
    });
  });

  test('what is asked wrongly is refused by its code; notifications and answers get none', async () => {
    expect(
      await ask(
        request('ping', {}, 'a'),
        request('resources/list'),
        request('tools/call', { name: 'other' }),
        'no JSON',
        '[]',
        '7',
        '{"jsonrpc":"1.0","id":4,"method":"ping"}',
        '{"jsonrpc":"2.0","method":"notifications/initialized"}',
        '{"jsonrpc":"2.0","id":1,"result":{}}',
        '',
        `[${request('ping')},{"jsonrpc":"2.0","method":"notifications/cancelled"}]`,
      ),
    ).toMatchObject([
      { id: 'a', result: {} },
      { id: 1, error: { code: -32601 } },
      { id: 1, error: { code: -32602, message: 'Unknown tool: "other"' } },
      { id: null, error: { code: -32700 } },
      { id: null, error: { code: -32600 } },
      { id: null, error: { code: -32600 } },
      { id: 4, error: { code: -32600 } },
      undefined,
      undefined,
      undefined,
      [{ id: 1, result: {} }],
    ]);
  });

  test('001-6.6 a report is in the outbox when the tool has answered, behind what was written there by hand', async () => {
    writeFileSync(outbox, '{"kind":"issue","title":"by hand"}');
    const told = {
      kind: 'follow-up',
      title: 'Renew the key',
      description: 'In May.',
      priority: 'P1',
    };
    expect(await report(told, told)).toEqual([
      [false, 'Noted.'],
      [false, 'That was noted before.'],
    ]);
    expect(await readOutbox(outbox)).toEqual({
      reports: [{ kind: 'issue', title: 'by hand' }, told],
    });
    expect(readFileSync(outbox, 'utf8').split('\n')).toHaveLength(3);
  });

  test('what is no report is told with all its faults, and not written', async () => {
    const [first, second, third] = await report(
      { kind: 'wish', title: ' ', priority: 'P9', state: 'COMPLETED' },
      { kind: 'issue', title: 'x'.repeat(201), description: 7 },
      {},
    );
    expect(first).toEqual([
      true,
      'Not noted: kind must be one of done, blocked, question, issue, follow-up, not "wish"; title must say something; priority must be one of P0, P1, P2, P3, P4, not "P9"; "state" is no field of a report.',
    ]);
    expect(second?.[1]).toMatch(/title has 201 characters, and may have 200; description must be/);
    expect(third?.[0]).toBe(true);
    expect(await readOutbox(outbox)).toEqual({});
  });

  test('more than a call may report is refused, and a file that is none of its own', async () => {
    const many = Array.from({ length: 21 }, (_, at) => ({ kind: 'issue', title: `fault ${at}` }));
    const answers = await report(...many);
    expect(answers.slice(0, 20).every(([isError]) => !isError)).toBe(true);
    expect(answers[20]).toEqual([true, expect.stringContaining('no room for more after 20')]);
    expect((await readOutbox(outbox)).reports).toHaveLength(20);
    rmSync(outbox);
    symlinkSync(join(folder, 'elsewhere'), outbox);
    expect(await report({ kind: 'issue', title: 'x' })).toEqual([
      [true, expect.stringMatching(/^Not noted: ELOOP/)],
    ]);
  });

  test('its program answers line by line, needs nothing of its environment, and ends with its input', async () => {
    const [program, ...args] = reportCommand(outbox);
    const server = spawn(program, args, { env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(server, 'exit');
    const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse(String((await answers.next()).value)) as unknown;
    server.stdin.write(`${request('initialize', { protocolVersion: '2025-06-18' })}\n`);
    expect(await next()).toMatchObject({ result: { protocolVersion: '2025-06-18' } });
    const given = { name: 'report', arguments: { kind: 'blocked', title: 'no door' } };
    server.stdin.write(`${request('tools/call', given)}\n`);
    expect(await next()).toMatchObject({ result: { isError: false } });
    server.stdin.end();
    expect(await ended).toEqual([0, null]);
    expect(await readOutbox(outbox)).toEqual({ reports: [{ kind: 'blocked', title: 'no door' }] });
  });
});
