import { describe, expect, test } from '@jest/globals';
import { checkIndex } from '../../lib/tickets/check-index.js';
import { readIndexText } from '../../lib/tickets/read.js';
import { fixture } from './fixture.js';

const full = (id: string, fields: object = {}) => ({
  ...{ id, state: 'UNPROCESSED', priority: 'P1', type: 'implementation', title: id },
  ...{ validation_type: 'generic' },
  ...fields,
});
const check = (
  tickets: readonly object[],
  options: Parameters<typeof checkIndex>[1] = { strict: false },
) => checkIndex(readIndexText(JSON.stringify({ tickets }, null, 1), 'f'), options);
const told = (...args: Parameters<typeof check>) =>
  check(...args)
    .filter(({ code }) => code !== 'index/totals')
    .map(({ severity, code, message }) => `${severity} ${code}: ${message}`);

describe('checking an index', () => {
  test('a perfect index yields its totals only', () => {
    expect(check([full('A-1'), full('A-2', { dependencies: ['A-1'], state: 'DEFERRED' })])).toEqual(
      [
        {
          severity: 'information',
          code: 'index/totals',
          message:
            '2 tickets: 1 UNPROCESSED, 0 IN_PROGRESS, 0 COMPLETED, 1 DEFERRED; 0 with sub-tasks, 0 with a validation configuration, 0 with components.',
          where: { file: 'f' },
        },
      ],
    );
  });

  test('002-2.5 an unknown dependency is an error that names a near id; other unknown references weigh less', () => {
    const tickets = [
      full('A-1', { dependencies: ['a-2'], parent: 'P-9', children: ['C-9'] }),
      full('A-2', {
        blocks: ['B-9'],
        relatedTo: ['R-9'],
        discoveredFrom: 'D-9',
        blockedBy: ['E-9'],
      }),
    ];
    expect(told(tickets)).toEqual([
      'error index/unknown-dependency: A-1 depends on "a-2", which is not in the index',
      'error index/unknown-parent: A-1 names as its parent "P-9", which is not in the index',
      'warning index/unknown-child: A-1 names as its child "C-9", which is not in the index',
      'warning index/unknown-reference: A-2 says it blocks "B-9", which is not in the index',
      'warning index/unknown-reference: A-2 is related to "R-9", which is not in the index',
      'warning index/unknown-reference: A-2 was discovered from "D-9", which is not in the index',
      'error index/unknown-dependency: A-2 depends on "E-9", which is not in the index',
    ]);
    expect(check(tickets)[0]).toMatchObject({
      hint: expect.stringContaining('Did you mean A-2?'),
      value: 'a-2',
    });
  });

  test('deviations that every real index has are warnings, and errors when strict', () => {
    const tickets = [
      { id: 'A-1', state: 'UNPROCESSED', type: 'story', validation_type: 'git' },
      full('A-2', { tasks: [{ id: 'T1', type: 'x', description: 'd' }] }),
    ];
    const expected = [
      'index/unknown-type: the type of A-1 is "story"',
      'index/unknown-validation-type: the validation_type of A-1 is "git"',
      'index/missing-field: A-1 has no "priority"',
      'index/missing-field: A-1 has no "title"',
      'index/incomplete-subtask: the sub-task T1 of A-2 has no "status"',
    ].sort();
    expect(told(tickets).sort()).toEqual(expected.map((line) => `warning ${line}`));
    expect(told(tickets, { strict: true }).sort()).toEqual(expected.map((line) => `error ${line}`));
  });

  test('a flood is one line with the first ids and the first place', () => {
    const tasks = [{ id: 'T1', type: 'x', description: 'd' }];
    const tickets = Array.from({ length: 236 }, (_, at) => full(`A-${at}`, { tasks }));
    const flood = check(tickets).filter(({ code }) => code === 'index/incomplete-subtask');
    expect(flood.map(({ message }) => message)).toEqual([
      '236 sub-tasks have no "status": A-0, A-1, A-2, A-3, A-4, and 231 more',
    ]);
    expect(flood[0]?.where?.line).toBe(11);
  });

  test('states that contradict each other are told, none of them as an error', () => {
    const tickets = [
      full('A-1', { state: 'DEFERRED' }),
      full('A-2', { state: 'IN_PROGRESS', dependencies: ['A-1'] }),
      full('A-3', { state: 'COMPLETED', dependencies: ['A-1'], parent: 'A-1' }),
      full('A-4', { state: 'COMPLETED', dependencies: ['A-5'] }),
      full('A-5', { state: 'IN_PROGRESS' }),
      full('A-6', { state: 'DEFERRED', dependencies: ['A-4'] }),
      full('A-7', { blocks: ['A-8'] }),
      full('A-8', { state: 'IN_PROGRESS' }),
    ];
    expect(told(tickets)).toEqual([
      'warning index/started-too-early: A-2 is IN_PROGRESS, but waits for A-1',
      'warning index/completed-too-early: A-3 is COMPLETED, but A-1 it depends on is DEFERRED',
      'warning index/parent-deferred: A-3 is COMPLETED, but its parent A-1 is DEFERRED',
      'information index/completed-too-early: A-4 is COMPLETED, but it depends on A-5, not completed',
      'information index/in-progress: A-5 is IN_PROGRESS',
      'information index/deferred-but-ready: A-6 is DEFERRED, though all it depends on is COMPLETED',
      'warning index/started-too-early: A-8 is IN_PROGRESS, but waits for A-7',
    ]);
  });

  test('ids, families, sub-tasks, scripts, Markdown files and checkpoints', () => {
    const tickets = [
      full('llm-client-2', { parent: 'llm-client-2' }),
      full('B-1', { children: ['B-3'] }),
      full('B-2', { children: ['B-3'], tasks: { id: 'T' } }),
      full('B-3', {
        tasks: [
          { id: 'T', type: 'x', description: 'd', status: 'TODO', validation_script: ' ' },
          { id: 'T', type: 'x', description: 'd', status: 'TODO' },
        ],
        components: [{ checkpoint_id: 'beef' }, { checkpoint_id: 'cafe' }],
      }),
    ];
    const files = {
      markdownExists: (id: string) => id !== 'B-1',
      commitExists: (sha: string) => sha === 'cafe',
    };
    expect(told(tickets, { strict: false, files })).toEqual([
      'warning index/odd-id: the id "llm-client-2" is not of the form COMPONENT-NUMBER',
      'error index/own-parent: llm-client-2 names itself as its parent or child',
      'warning index/no-markdown: B-1 has no Markdown file',
      'warning index/two-parents: B-3 has two parents, B-1 and B-2',
      'error index/bad-subtask: B-2 has an object for its "tasks"; it is not done',
      'warning index/empty-script: the validation_script of the sub-task T of B-3 is no command',
      'warning index/duplicate-subtask: B-3 has two sub-tasks with the id "T"',
      'warning index/unknown-checkpoint: the checkpoint "beef" of a component of B-3 is no commit of this repository',
    ]);
  });

  test("the reader's findings are among them, in order of place", () => {
    const found = checkIndex(readIndexText(fixture('map-bom-crlf.json'), 'f'), { strict: false });
    const lines = found.map(({ where }) => where?.line ?? Infinity);
    expect(lines).toEqual([...lines].sort((one, other) => one - other));
    expect(found.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['index/shape', 'index/odd-state']),
    );
    const broken = checkIndex(readIndexText('{', 'f'), { strict: true });
    expect(broken.map(({ code }) => code)).toEqual(['index/not-json', 'index/totals']);
  });
});
