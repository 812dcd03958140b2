import { describe, expect, test } from '@jest/globals';
import { Chalk } from 'chalk';
import stringWidth from 'string-width';
import type { Plan } from '../../lib/model/plan.js';
import { explain } from '../../lib/plan/explain.js';
import { explainText } from '../../lib/show/explain-text.js';
import { fit, wrap } from '../../lib/show/layout.js';
import { planMermaid } from '../../lib/show/plan-mermaid.js';
import { planText } from '../../lib/show/plan-text.js';
import { timelineText } from '../../lib/show/timeline-text.js';
import { ticketId } from '../../lib/model/ids.js';
import { planOf, ticket } from '../plan/tickets.js';

const paint = new Chalk({ level: 0 });
const small = [
  ticket('API-1', { title: 'Routes', priority: 0, files: ['src/api.ts'] }),
  ticket('API-2', { title: 'Errors', after: ['API-1'], files: ['src/api.ts'] }),
  ticket('WEB-1', { title: 'Page', after: ['API-1'] }),
  ticket('DOC-1', { title: 'Manual' }),
  ticket('OLD-1', { title: 'Held', after: ['GONE-1'] }),
  ticket('OLD-2', { after: ['OLD-1'] }),
  ticket('R-1', { after: ['R-2'] }),
  ticket('R-2', { after: ['R-1'] }),
];
const text = (plan: Plan, width = 100, maxCostUsd?: number) =>
  planText(plan, { paint, width, ...(maxCostUsd === undefined ? {} : { maxCostUsd }) });

describe('the plan as text', () => {
  test('002-19.2 lists batches, components, critical path, timeline, figures, what cannot run and notes', () => {
    const plan = planOf(small, { requestedSlots: 2 });
    expect(text(plan).replace(plan.id.slice(0, 12), '<plan>')).toBe(EXPECTED);
  });

  test('a long plan is cut and says what is left out; nothing is wider than the terminal', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      ticket(`PART-${index}`, {
        title: `A rather long title, with 漢字 in it, for ticket number ${index}`,
        ...(index < 10 ? {} : { after: [`PART-${index - 10}`] }),
      }),
    );
    for (const width of [10, 40, 41, 80, 200, 500]) {
      const lines = text(planOf([...many, ...small]), width).split('\n');
      const allowed = Math.min(200, Math.max(40, width));
      expect(lines.filter((line) => stringWidth(line) > allowed)).toEqual([]);
      expect(lines.length).toBeLessThan(150);
      expect(lines.join('\n')).toContain('more batches: --json lis');
      expect(lines.join('\n')).toContain('… and 9 more');
    }
  });

  test('says how many times the tokens, and the limit where one is set', () => {
    const plan = planOf(small, { requestedSlots: 3 });
    expect(text(plan)).toContain('3 agents at once use 3 times the tokens of one in the same time');
    expect(text(plan)).toContain('--max-cost sets a limit');
    expect(text(plan, 200, 5)).toContain('the cost limit is 5.00 USD');
    expect(text(planOf(small, { requestedSlots: 'sequential' }))).not.toContain('times the tokens');
  });

  test('an empty plan and one in which nothing can run say so', () => {
    expect(text(planOf([ticket('A-1', { state: 'COMPLETED' })]))).toMatch(
      /^Nothing can run: 0 open, 1 of 1 completed\n/,
    );
    const blocked = text(planOf(small.slice(4)));
    expect(blocked).toMatch(/^Nothing can run: 4 open, 0 of 4 completed\n/);
    expect(blocked).toContain('cycle: R-1 → R-2 → R-1');
  });

  test('ids and titles cannot move the cursor or colour the terminal', () => {
    const hostile = planOf([
      ticket('A-1\u001b[2J', { title: '\u001b[31mred\r\n\u202eevil', after: ['\u0007'] }),
    ]);
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(text(hostile)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    // eslint-disable-next-line no-control-regex -- as above
    expect(planMermaid(hostile)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

const EXPECTED = `4 tickets to run in 2 batches, 4 blocked
2 agents at once (--parallel=2), rolling: a ticket starts as soon as what it waits for has landed
and an agent is free; plan <plan>

Batches
  1  P0 API-1 Routes
     P2 DOC-1 Manual
  2  P2 API-2 Errors
     P2 WEB-1 Page

Components
  side by side: API (2, 16 min), DOC (1, 8 min), OLD (2, 16 min), R (2, 16 min)
  WEB (1, 8 min) waits for API

Critical path: 16 min
  API-1 → API-2

Timeline with 2 agents (estimated)
  1 API-1──────────────────────────────────────────│API-2──────────────────────────────────────────│
  2 DOC-1──────────────────────────────────────────│WEB-1──────────────────────────────────────────│
    0                                          8 min                                          16 min

Agents at once
   N     rolling  busy     batches  busy
   1      32 min 100 %      32 min 100 %
   2      16 min 100 %      16 min 100 %  ← recommended
   3      16 min  67 %      16 min  67 %
   4      16 min  50 %      16 min  50 %
   5      16 min  40 %      16 min  40 %
   6      16 min  33 %      16 min  33 %
   7      16 min  29 %      16 min  29 %
   8      16 min  25 %      16 min  25 %
  recommended: --parallel=2, the fewest within 5 % of the shortest; with 2 agents it cannot take
  less than 16 min; estimates from the default (8 min)

Cannot run
  cycle: R-1 → R-2 → R-1
  OLD-1 depends on GONE-1, which the index does not have
  R-1 waits for itself: R-1 → R-2 → R-1
  R-2 waits for itself: R-1 → R-2 → R-1
  OLD-2 waits for OLD-1 (blocked itself)

Notes
  · 2 agents at once use 2 times the tokens of one in the same time; --max-cost sets a limit
`;

describe('the timeline', () => {
  test('bars end where they end, idle time is empty, tiny bars share a column', () => {
    const bar = (ticket: string, slot: number, startMinutes: number, endMinutes: number) => ({
      ticket: ticketId(ticket),
      slot,
      startMinutes,
      endMinutes,
    });
    const bars = [bar('A', 1, 0, 50), bar('TOO-LONG-NAME', 2, 50, 100), bar('B', 1, 50, 50.1)];
    expect(timelineText(bars, 2, 22)).toEqual([
      '1 A────────│',
      '2           ─────────│',
      '  0   50 min   100 min',
    ]);
    expect(timelineText([], 2, 22)).toEqual([]);
  });
});

describe('the plan as a chart', () => {
  test('names nodes by number, escapes labels, marks the blocked and the critical path', () => {
    const plan = planOf([
      ticket('A-1', { title: '"]; click t0 "javascript:x" <b>&' }),
      ticket('end', { after: ['A-1'] }),
      ticket('A-3', { after: ['GONE'] }),
    ]);
    expect(planMermaid(plan)).toBe(`flowchart LR
  subgraph b1["Batch 1"]
    t0["A-1<br/>#34;#93;#59; click t0 #34;javascript:x#34; #60;b#62;#38;<br/>P2, 8 min"]
  end
  subgraph b2["Batch 2"]
    t1["end<br/>Title of end<br/>P2, 8 min"]
  end
  t2["A-3<br/>Title of A-3<br/>P2, 8 min"]:::blocked
  t0 --> t1
  classDef blocked stroke-dasharray: 4 4
  classDef critical stroke-width: 3px
  class t0,t1 critical
`);
  });
});

describe('an explanation as text', () => {
  const told = (id: string, width = 80) => {
    const result = explain(planOf(small, { requestedSlots: 2 }), small, id);
    if (!result.ok) throw new Error(result.failure.message);
    return explainText(result.value, { paint, width });
  };

  test('of a ready ticket says READY and where it stands', () => {
    expect(told('API-1')).toMatch(
      /^API-1 Routes\nUNPROCESSED, P0, component API\nREADY; starts as number 1 of 4/,
    );
  });

  test('of a waiting one says BLOCKED, by what, and that the run unblocks it', () => {
    const lines = told('WEB-1');
    expect(lines).toContain('BLOCKED until API-1 landed, which this run does first');
    expect(lines).toContain('To unblock it\n  1. API-1 lands (batch 1 of this plan)');
  });

  test('of a blocked one lists chain and numbered steps, within the width', () => {
    const lines = told('OLD-2', 40).split('\n');
    expect(lines.filter((line) => stringWidth(line) > 40)).toEqual([]);
    expect(told('OLD-2')).toContain('Chain\n  OLD-1 ← GONE-1\n    GONE-1 (root)');
    expect(told('OLD-2')).toContain('1. Add GONE-1 to the index');
  });
});

describe('layout', () => {
  test('fit cuts by columns, wrap keeps the leading spaces and indents the rest', () => {
    expect([fit('abcdef', 4), fit('漢字漢字', 5), fit('abc', 3), fit('abc', 0)]).toEqual([
      'abc…',
      '漢字…',
      'abc',
      '',
    ]);
    expect(wrap('  one two three', 9, '    ')).toEqual(['  one two', '    three']);
    expect(wrap('', 9)).toEqual(['']);
  });
});
