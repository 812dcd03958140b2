import { describe, expect, test } from '@jest/globals';
import type { RunEvent } from '../../lib/model/event.js';
import { checkInvariants } from './journal-invariants.js';

/** A journal from short drafts: seq and at are numbered on. */
function journal(options: object, ...drafts: readonly object[]): readonly RunEvent[] {
  const plan = {
    type: 'run.planned',
    base: 'c0',
    options: { slots: 1, schedule: 'rolling', ...options },
    tickets: [
      { id: 'A', dependsOn: [], batch: 1 },
      { id: 'B', dependsOn: ['A'], batch: 2 },
      { id: 'C', dependsOn: [], batch: 1 },
    ],
  };
  return [plan, ...drafts].map(
    (draft, position) =>
      ({ v: 2, seq: position + 1, at: `2026-01-01T00:00:0${position}`, ...draft }) as RunEvent,
  );
}

const start = (ticket: string, lane = 'lane-1', attempt = `${ticket}#1`) => ({
  type: 'attempt.started',
  ticket,
  attempt,
  lane,
  because: attempt.endsWith('#1') ? 'first' : 'conflict',
  opens: { kind: 'lane.prepare', key: `prepare ${attempt}` },
});
const end = (ticket: string, attempt = `${ticket}#1`) => ({
  type: 'attempt.finished',
  ticket,
  attempt,
  result: 'worked',
  closes: `prepare ${attempt}`,
});
const land = (ticket: string, old: string, commit: string) => [
  { type: 'landing.moving', ticket, old, new: commit, opens: { kind: 'ref.move', key: ticket } },
  { type: 'landing.landed', ticket, commit, closes: ticket },
];
const finished = { type: 'run.finished', exitCode: 0 };

describe('journal invariants', () => {
  test('hold for a sound run, and for one cut at any event', () => {
    const sound = journal(
      {},
      start('A'),
      end('A'),
      ...land('A', 'c0', 'c1'),
      start('B'),
      end('B'),
      ...land('B', 'c1', 'c2'),
      finished,
    );
    expect(checkInvariants(sound)).toEqual([]);
    for (const [position] of sound.entries()) {
      expect(checkInvariants(sound.slice(0, position))).toEqual([]);
    }
  });

  test.each([
    ['002-12.3 a dependent before its dependency', [start('B')], 'B started before A landed'],
    [
      'a second landing',
      [start('A'), end('A'), ...land('A', 'c0', 'c1'), ...land('A', 'c1', 'c2')],
      'A landed twice',
    ],
    [
      'a landing beside the tip',
      [start('A'), end('A'), ...land('A', 'c9', 'c1')],
      'A did not land on the tip',
    ],
    [
      'a landing that nothing announced',
      [{ type: 'landing.landed', ticket: 'A', commit: 'c1' }],
      'A landed without landing.moving',
    ],
    ['002-5.1 too many at once', [start('A'), start('C', 'lane-2')], '2 attempts at once with 1'],
    ['a shared lane', [start('A'), start('C')], 'C#1 shares a lane with A#1'],
    [
      'two attempts of a ticket at once',
      [start('A'), start('A', 'lane-2', 'A#2')],
      'A#2 started beside A#1',
    ],
    ['an unknown intent closed', [{ ...end('A'), closes: 'x' }], 'closes x, which is not open'],
    ['an intent left open', [start('A'), finished], 'prepare A#1 is still open'],
    ['an attempt without an end', [start('A'), finished], 'A#1 never finished'],
    [
      'a ticket nobody settled',
      [start('A'), end('A'), finished],
      'A was started and never settled',
    ],
    ['a gap', [{ ...start('A'), seq: 7 }], 'seq 1 is followed by 7'],
    ['life after the end', [finished, start('A')], 'attempt.started comes after run.finished'],
  ])('name %s', (_name, drafts, fault) => {
    expect(checkInvariants(journal({}, ...drafts)).join('\n')).toContain(fault);
  });

  test('002-3.4 name a landing within a batch', () => {
    const early = [start('A'), end('A'), ...land('A', 'c0', 'c1'), start('C'), end('C')];
    const late = [start('A'), end('A'), start('C'), end('C'), ...land('A', 'c0', 'c1')];
    expect(checkInvariants(journal({ schedule: 'batch' }, ...early))).toEqual([
      'A landed while batch 1 was at work',
    ]);
    expect(checkInvariants(journal({ schedule: 'rolling' }, ...early))).toEqual([]);
    expect(checkInvariants(journal({ schedule: 'batch' }, ...late))).toEqual([]);
  });

  const withChecks = { hasChecks: true, checkSlots: 2, landVerify: 'each' };
  const prepared = (ticket: string, onto: string) => ({
    type: 'landing.prepared',
    ticket,
    onto,
    commit: `c${ticket}`,
    tree: `t${ticket}`,
  });
  const verified = (ticket: string, colour: string) => ({
    type: 'landing.verified',
    ticket,
    verdict: { colour, tree: `t${ticket}` },
  });
  const rejected = (ticket: string) => ({
    type: 'ticket.deferred',
    ticket,
    failure: { code: 'checks/red' },
  });
  const checking = (key: string, lane: string) => ({
    type: 'landing.check-started',
    ticket: key,
    opens: { kind: 'checks.run', key, lane },
  });
  const move = (old: string, to: string) => ({ type: 'landing.moving', ticket: 'A', old, new: to });
  const group = {
    type: 'landing.landed',
    ticket: 'A',
    commit: 'cA',
    rest: [{ ticket: 'C', commit: 'cC' }],
  };

  test.each<[string, object, readonly object[]]>([
    [
      'cA is published without a green verdict',
      withChecks,
      [prepared('A', 'c0'), verified('C', 'green'), move('c0', 'cA')],
    ],
    [
      'A landed without a green verdict of its tree',
      withChecks,
      [prepared('A', 'c0'), prepared('C', 'cA'), verified('C', 'green'), move('c0', 'cC'), group],
    ],
    [
      'C did not land in the order of the chain',
      {},
      [
        prepared('A', 'c0'),
        prepared('C', 'c0'),
        move('c0', 'cC'),
        group,
        { ...group.rest[0], type: 'landing.landed' },
      ],
    ],
    [
      'run.finished comes before C is told',
      {},
      [prepared('A', 'c0'), prepared('C', 'cA'), move('c0', 'cC'), group, finished],
    ],
    [
      'C was rejected behind something that is not green',
      withChecks,
      [prepared('A', 'c0'), prepared('C', 'cA'), verified('C', 'red'), rejected('C')],
    ],
    ['A was rejected without red', withChecks, [prepared('A', 'c0'), rejected('A')]],
    ['seq 3 shares check-1', withChecks, [checking('1', 'check-1'), checking('2', 'check-1')]],
    [
      '3 checks at once with 2 slots',
      withChecks,
      [checking('1', 'check-1'), checking('2', 'check-2'), checking('3', 'check-3')],
    ],
  ])('tell of a chain that %s', (fault, options, drafts) => {
    expect(checkInvariants(journal(options, ...drafts))).toContain(fault);
  });

  describe('of keys', () => {
    const pools = [
      { agent: 'a', waitMs: 0, keys: [{ id: 'key-1', maxConcurrent: 1, perMinute: 1 }] },
    ];
    const of = (...drafts: readonly object[]) => {
      const [plan, ...rest] = journal({ slots: 2, pools }, ...drafts);
      const tickets = ['A', 'C', 'X'].map((id) => ({
        id,
        dependsOn: [],
        batch: 1,
        agent: id === 'X' ? 'other' : 'a',
      }));
      return checkInvariants([{ ...plan, tickets } as unknown as RunEvent, ...rest]).filter(
        (fault) => /key-1|no key|no pool/.test(fault),
      );
    };
    const lease = (ticket: string, lane: string, credential?: string) => ({
      ...start(ticket, lane),
      credential,
    });
    const call = (ticket: string, round = 1) => ({
      type: 'agent.called',
      attempt: `${ticket}#1`,
      round,
      opens: { kind: 'agent.run', key: `agent ${ticket} ${round}`, credential: 'key-1' },
    });
    const cooled = (until: string) => ({
      type: 'credential.cooled',
      agent: 'a',
      credential: 'key-1',
      until,
    });
    const spent = { type: 'credential.spent', agent: 'a', credential: 'key-1' };

    test('003-9.1 hold for leases one after the other', () => {
      expect(
        of(lease('A', 'lane-1', 'key-1'), call('A'), end('A'), lease('C', 'lane-1', 'key-1')),
      ).toEqual([]);
    });

    test.each([
      [
        'a key that two hold',
        [lease('A', 'lane-1', 'key-1'), lease('C', 'lane-2', 'key-1')],
        'held by A#1, C#1',
      ],
      ['a start without one', [lease('A', 'lane-1')], 'got a/no key'],
      ['a key of nobody', [lease('X', 'lane-1', 'key-1')], 'other has no pool'],
      [
        'a key that rests',
        [cooled('2026-01-01T01:00:00'), lease('A', 'lane-1', 'key-1')],
        'which rests',
      ],
      ['a spent key', [spent, lease('A', 'lane-1', 'key-1')], 'which is spent'],
      [
        'too many calls',
        [lease('A', 'lane-1', 'key-1'), call('A'), call('A', 2)],
        '2 times within a minute',
      ],
    ])('003-9.1 tell %s', (_, drafts, fault) => {
      expect(of(...drafts).join()).toContain(fault);
    });
  });
});
