import { describe, expect, test } from '@jest/globals';
import { Chalk } from 'chalk';
import { standingOf } from '../../lib/engine/status.js';
import { foldJournal } from '../../lib/run/read-run.js';
import { summarise } from '../../lib/engine/summarise.js';
import { eventLines } from '../../lib/show/event-lines.js';
import { attentionLines, progressLines } from '../../lib/show/live/head.js';
import { doingNow } from '../../lib/show/live/lanes.js';
import type { Screen } from '../../lib/show/live/screen.js';
import { publicEvent } from '../../lib/show/public-events.js';
import { statusText } from '../../lib/show/status-text.js';
import { summaryText } from '../../lib/show/summary-text.js';
import type { RunStatus } from '../../lib/model/status-schema.js';
import { publicEventSchema } from '../../lib/model/public-event.js';
import { chance } from '../engine/fate.js';
import { refused } from '../engine/imagined-agent.js';
import { planned, ticket } from '../engine/plans.js';
import { live } from '../engine/world.js';

const paint = new Chalk({ level: 0 });
const UNTIL = '2026-01-01T14:05:10.000Z';

/** Two keys for four slots; the first call is refused until 14:05, the second has no credit. */
function story() {
  const key = (id: string) => ({ id, maxConcurrent: 1 });
  const pools = [{ agent: 'claude', keys: [key('key-1'), key('key-2')], waitMs: 24 * 3600_000 }];
  let calls = 0;
  const refusal = () => {
    calls += 1;
    if (calls === 1) return refused('agent/rate-limited', UNTIL);
    return calls === 2 ? refused('agent/quota-gone') : undefined;
  };
  const tickets = ['A', 'B', 'C', 'D'].map((id, order) => ticket(id, { order, agent: 'claude' }));
  return live(planned(tickets, { slots: 4, pools }), chance(4), { nature: { refusal } });
}

describe('keys of agents', () => {
  const { events, state: end } = story();
  const at = (type: string) => {
    const position = events.findIndex((event) => event.type === type);
    const event = events[position];
    if (!event) throw new Error(`no ${type}`);
    return { event, state: foldJournal(events.slice(0, position + 1))! };
  };
  const screen = (type: string): Screen => {
    const { state } = at(type);
    return {
      state,
      now: Date.parse(state.lastAt),
      heard: new Map(),
      paint,
    } as Partial<Screen> as Screen;
  };
  const lines = (type: string) => {
    const { event, state } = at(type);
    return eventLines(event, state, paint).join('\n');
  };

  test('003-7.11 003-7.12 the lines of a run tell keys that are in use otherwise than those that rest, and which are out', () => {
    expect(lines('credential.lacked')).toContain(
      '2 of 4 agents: every usable key of claude is in use (key-1 is in use, key-2 is in use)',
    );
    expect(lines('credential.cooled')).toMatch(
      /key-\d of claude rests until 14:05:10 UTC: refused/,
    );
    expect(lines('credential.spent')).toMatch(/key-\d of claude is out for this run: refused/);
    expect(lines('credential.awaited')).toMatch(
      /waits for a key: .*key-\d rests until 14:05:10 UTC \(agent\/rate-limited\)/,
    );
  });

  test('003-7.12 the head of the live view shows how many may work at once, a lane that it waits for a key', () => {
    expect(progressLines(screen('credential.lacked'), 200).join(' ')).toContain(
      '2 of 4 agents at once',
    );
    expect(attentionLines(screen('credential.lacked'), 200).join(' ')).toContain(
      'WAITING FOR KEYS',
    );
    const shown = screen('credential.awaited');
    const waiting = [...shown.state.active.values()].find(({ step }) => step === 'awaiting');
    expect(waiting && doingNow(shown, waiting)).toContain('WAITING for a key: key-');
    expect(progressLines(shown, 200).join(' ')).toMatch(/[01] of 4 agents at once/);
  });

  test('003-7.12 003-8.5 so do the status and the summary', () => {
    const { state } = at('credential.spent');
    const status: RunStatus = {
      version: 1,
      state: 'running',
      run: 'r',
      needs: [],
      ...standingOf(state),
    };
    const view = { paint, width: 200, now: Date.parse(state.lastAt) };
    expect(statusText(status, view)).toMatch(
      /[01] of 4 agents at once: .*rests until 14:05:10 UTC|key-\d out/,
    );
    expect(summaryText(summarise(end), paint)).toMatch(/waiting for keys \d+ h/);
  });

  test('every event of keys has a public form that obeys its schema, and holds ids alone', () => {
    const told = events.flatMap((event, position) => {
      if (!event.type.startsWith('credential.')) return [];
      const shown = publicEvent(event, foldJournal(events.slice(0, position + 1))!);
      return shown ? [publicEventSchema.parse(shown).type] : [];
    });
    expect([...new Set(told)].sort()).toEqual([
      'credential.cooled',
      'credential.lacked',
      'credential.spent',
      'credential.sufficed',
      'ticket.waiting',
    ]);
  });
});
