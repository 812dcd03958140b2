import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadIndex, readIndexText } from '../../lib/tickets/read.js';
import { fixture } from './fixture.js';

const read = (name: string) => {
  const index = readIndexText(fixture(name), name);
  return {
    ...index,
    byId: new Map<string, (typeof index.tickets)[number]>(
      index.tickets.map((ticket) => [ticket.id, ticket]),
    ),
  };
};
const one = (fields: object) =>
  readIndexText(JSON.stringify({ tickets: [{ id: 'A-1', state: 'UNPROCESSED', ...fields }] }), 'f');

describe('reading an index', () => {
  test('002-2.1 a Python-style index: ragged fields, deferrals, efforts, histories', () => {
    const { tickets, diagnostics, byId, isUsable } = read('python-style.json');
    expect(isUsable).toBe(true);
    expect(diagnostics).toEqual([]);
    expect(tickets.map(({ id }) => id)).toEqual([
      'WEB-001',
      'WEB-002',
      'WEB-003',
      'LLM-CLIENT-004',
      'WEB-R05',
    ]);
    expect(byId.get('WEB-001')).toMatchObject({
      ...{
        title: 'Shop front — café',
        state: 'COMPLETED',
        priority: 0,
        type: 'epic',
        component: 'web-layer',
      },
      ...{
        children: ['WEB-002', 'WEB-003'],
        effortPoints: 21,
        validationType: 'generic',
        isHistory: false,
      },
    });
    expect(byId.get('WEB-001')).not.toHaveProperty('parent');
    expect(byId.get('WEB-002')).toMatchObject({
      effortPoints: 5,
      effortHours: 8,
      dependencies: ['WEB-001'],
    });
    expect(byId.get('WEB-003')).toMatchObject({
      effortPoints: 8,
      deferReason: 'dependency_blocker: waits for the bank',
    });
    expect(byId.get('LLM-CLIENT-004')).toMatchObject({
      ...{
        component: 'LLM-CLIENT',
        effortPoints: 3,
        effortHours: 4.5,
        dependencies: [],
        state: 'IN_PROGRESS',
      },
    });
    expect(byId.get('WEB-R05')).toMatchObject({
      isHistory: true,
      parent: 'WEB-001',
      deferReason: 'was late once',
    });
  });

  test('002-2.1 a jq-style index: documents, files, sub-tasks, scripts, relations', () => {
    const { diagnostics, byId } = read('jq-style.json');
    expect(diagnostics).toEqual([]);
    const parser = byId.get('CORE-002');
    expect(parser?.documents.map(({ role, path }) => `${role} ${path}`)).toEqual([
      ...[
        'spec docs/spec.md',
        'plan docs/plan.md',
        'tasks docs/tasks.md',
        'breakdown docs/breakdown.md',
      ],
    ]);
    expect(parser?.files).toEqual(['src/parser.ts', 'src/index.ts', 'src/lexer.ts', 'test/']);
    expect(parser).toMatchObject({
      effortPoints: 3,
      effortHours: 4,
      validationType: 'stateflow',
      parent: 'CORE-001',
    });
    expect(parser?.scripts).toEqual([
      {
        name: 'unit',
        command: 'npm test',
        successPattern: 'passed',
        timeoutMs: 60_000,
        retries: 2,
        autoFix: false,
        maxFixes: 2,
      },
      {
        name: 'lint',
        command: 'npm run lint && echo "ok"',
        timeoutMs: 300_000,
        retries: 0,
        autoFix: false,
        maxFixes: 2,
      },
    ]);
    expect(parser?.subtasks.map(({ id, isDone }) => [id, isDone])).toEqual([
      ['T1', false],
      ['T2', true],
      ['T3', false],
    ]);
    expect(parser?.subtasks[0]?.script).toMatchObject({
      command: "test -f a && echo 'b'",
      autoFix: false,
      maxFixes: 1,
    });
    expect(byId.get('CORE-003')).toMatchObject({
      ...{
        effortPoints: 2.5,
        effortHours: 6,
        agent: 'codex',
        type: 'enhancement',
        blocks: ['UTIL-004'],
      },
      ...{
        deferReason: 'external_blocker: later',
        subtasks: [
          { id: 'A', isDone: true },
          { id: 'B', isDone: false },
        ],
      },
    });
    expect(byId.get('CORE-003')?.documents.map(({ role }) => role)).toEqual([
      'spec',
      'plan',
      'tasks',
      'tasks',
      'ticket',
    ]);
    expect(byId.get('UTIL-004')).toMatchObject({
      dependencies: ['CORE-002'],
      deferReason: 'no time',
      priority: 4,
    });
    expect(byId.get('UTIL-005')).toMatchObject({ deferReason: 'see the wiki' });
  });

  test('002-2.1 a map keyed by id, with byte order mark, CRLF, tabs, foreign words and odd references', () => {
    const { tickets, diagnostics, isUsable } = read('map-bom-crlf.json');
    expect(isUsable).toBe(true);
    expect(tickets.map(({ id, state, priority }) => [id, state, priority])).toEqual([
      ...[
        ['A-1', 'UNPROCESSED', 0],
        ['A-2', 'COMPLETED', 2],
        ['B-3', 'IN_PROGRESS', 3],
        ['B-4', 'DEFERRED', 0],
      ],
    ]);
    expect(tickets[0]?.dependencies).toEqual(['A-2', 'B-3']);
    expect(tickets[0]?.where).toEqual({ file: 'map-bom-crlf.json', line: 3, column: 10 });
    expect(new Set(diagnostics.map(({ severity }) => severity))).toEqual(new Set(['warning']));
    expect(
      diagnostics.filter(({ code }) => code === 'index/odd-state').map(({ value }) => value),
    ).toEqual([...['todo', 'Done', 'PARTIALLY_COMPLETED', 'FAILED']]);
  });

  test.each([
    [{ effort: '3 SP' }, 3, undefined],
    [{ effort: '2 hours' }, undefined, 2],
    [{ effort: '1.5 days' }, undefined, 12],
    [{ effort: '13' }, 13, undefined],
    [{ effort: { story_points: 1, hours: 2 } }, 1, 2],
    [{ estimate: { storyPoints: 8 } }, 8, undefined],
    [{ effort: null, effort_sp: 0 }, undefined, undefined],
    [{ effort: 'large' }, undefined, undefined],
  ])('an effort of %j', (fields, points, hours) => {
    expect(one(fields).tickets[0]?.effortPoints).toBe(points);
    expect(one(fields).tickets[0]?.effortHours).toBe(hours);
  });

  test.each(['defer_reason', 'deferReason', 'deferredReason', 'deferred_reason'])(
    'a reason under %s, as text and as object',
    (field) => {
      expect(one({ [field]: 'why' }).tickets[0]?.deferReason).toBe('why');
      expect(one({ [field]: { category: 'c', message: 'm' } }).tickets[0]?.deferReason).toBe(
        'c: m',
      );
    },
  );

  test.each([
    '../../etc/passwd',
    '-rf',
    '--upload-pack=x',
    'x'.repeat(300),
    'é€',
    'a b',
    '.git',
    'con',
    '__proto__',
    'constructor',
  ])('the id %j is an id like any other', (id) => {
    const { tickets, isUsable } = one({ id, dependencies: ['__proto__'], state: 'UNPROCESSED' });
    expect(isUsable).toBe(true);
    expect(tickets.map((ticket) => ticket.id)).toEqual([id]);
  });

  test('words of Object.prototype are no states and no priorities', () => {
    const { tickets, diagnostics } = one({ state: 'constructor', priority: '__proto__' });
    expect(tickets[0]).toMatchObject({ state: 'DEFERRED', priority: 2 });
    expect(diagnostics.map(({ code }) => code)).toEqual(['index/bad-state', 'index/odd-priority']);
  });
});

describe('faults of an index', () => {
  test('all of them come in one report, sorted by place, with line, column, value and way out', () => {
    const text = `{
  "tickets": [
    { "id": 7, "state": "UNPROCESSED" },
    { "id": "A-1", "state": "BANANA", "priority": "P9" },
    { "id": "A-2" },
    { "id": "A-1", "state": "COMPLETED" },
    { "id": "a-1", "state": "COMPLETED", "dependencies": [12, "A-2"] },
    { "id": "x\\u0000y", "state": "COMPLETED" },
    "A-9",
    { "state": "COMPLETED" }
  ]
}`;
    const { tickets, diagnostics, isUsable } = readIndexText(text, 'index.json');
    expect(
      diagnostics.map(
        ({ severity, code, where }) => `${where?.line}:${where?.column} ${severity} ${code}`,
      ),
    ).toEqual([
      '3:13 critical index/no-id',
      '4:29 error index/bad-state',
      '4:51 warning index/odd-priority',
      '5:13 error index/no-state',
      '6:13 critical index/duplicate-id',
      '7:13 error index/ambiguous-id',
      '7:59 error index/bad-reference',
      '8:13 error index/id-control-character',
      '9:5 critical index/shape',
      '10:5 critical index/no-id',
    ]);
    expect(
      diagnostics.every(({ hint, where }) => hint !== undefined && where?.file === 'index.json'),
    ).toBe(true);
    expect(diagnostics.map(({ value }) => value).slice(0, 3)).toEqual(['7', 'BANANA', 'P9']);
    expect(diagnostics[4]?.message).toContain('line 4');
    expect(isUsable).toBe(false);
    expect(tickets.map(({ id }) => id)).toEqual(['A-1', 'A-2', 'a-1']);
    expect(tickets[2]?.dependencies).toEqual(['12', 'A-2']);
  });

  test('a ticket whose state nobody can know neither starts nor counts as done', () => {
    const { tickets, isUsable } = one({ state: null });
    expect(isUsable).toBe(true);
    expect(tickets[0]).toMatchObject({
      state: 'DEFERRED',
      deferReason: 'the index gives it no state',
    });
  });

  test.each([
    ['[{"id": "A-1", "state": 3}]', ['index/shape', 'index/bad-state']],
    ['{"issues": []}', ['index/shape']],
    ['{"tickets": 5}', ['index/shape']],
    ['"tickets"', ['index/shape']],
    ['{"tickets": [', ['index/not-json']],
    ['', ['index/not-json']],
  ])('the foreign text %j', (text, codes) => {
    const { diagnostics, isUsable } = readIndexText(text, 'f');
    expect(isUsable).toBe(false);
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
    expect(diagnostics[0]?.where).toMatchObject({ line: 1 });
  });

  test('ids that only the Unicode form keeps apart are told', () => {
    const text = JSON.stringify({
      tickets: ['CAFÉ-1', 'CAFE\u0301-1'].map((id) => ({ id, state: 'COMPLETED' })),
    });
    expect(readIndexText(text, 'f').diagnostics.map(({ code }) => code)).toEqual([
      'index/ambiguous-id',
    ]);
  });

  test('the same oddity in hundreds of tickets is one finding with the first names', () => {
    const tickets = Array.from({ length: 300 }, (_, index) => ({
      id: `A-${index}`,
      state: 'TODO',
    }));
    const { diagnostics } = readIndexText(JSON.stringify({ tickets }), 'f');
    expect(diagnostics.map(({ message }) => message)).toEqual([
      '300 tickets have the state "TODO", read as UNPROCESSED: A-0, A-1, A-2, A-3, A-4, and 295 more',
    ]);
  });

  test('no file is index/not-found and names the place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
    try {
      const file = join(folder, 'index.json');
      const result = await loadIndex(file);
      expect(result).toMatchObject({
        ok: false,
        failure: { code: 'index/not-found', where: { file } },
      });
      expect(await loadIndex(folder)).toMatchObject({
        ok: false,
        failure: { code: 'index/invalid' },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
