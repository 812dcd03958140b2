import { describe, expect, test } from '@jest/globals';
import type { MessagesServer } from '../loopback/messages-server.js';
import { inputOf } from '../loopback/token-count.js';
import { claudeRig, isWorker, ticketOf, withPlugin, workAndCommit } from './claude-rig.js';
import { Gate } from './gate.js';
import { bash, followCommand } from './host-model.js';

/** An hour, at nine minutes a call. */
const FOLLOWING_CALLS = 7;

const tickets = Array.from({ length: 12 }, (_, index) => `T-${index + 1}`);

/** During which call of `sage status` a ticket may end. */
const callOf = (ticket: string) =>
  Math.floor((tickets.indexOf(ticket) * FOLLOWING_CALLS) / tickets.length);

const sum = (figures: readonly number[]) => figures.reduce((total, figure) => total + figure, 0);

/** The same in words, for who reads the log. */
function told(own: MessagesServer['exchanges'], once: number, again: number): string {
  return `/stream --auto, ${tickets.length} tickets, ${own.length} turns: ${once} tokens, ${again} with each turn's conversation sent again`;
}

describe('what the plugin costs', () => {
  test('its own turns in a run of twelve tickets, followed for an hour, take less than 10,000 tokens', async () => {
    const gates = new Map(tickets.map((id) => [id, new Gate()]));
    await using world = await claudeRig(async (request) => {
      if (isWorker(request)) {
        if (request.turn === 0) await gates.get(ticketOf(request.said))?.pass('its worker');
        return workAndCommit(request);
      }
      if (!request.command) return { say: 'Good morning.' };
      const call = request.command.turn - 1;
      for (const [id, gate] of gates) if (callOf(id) <= call) gate.open();
      // Nine minutes are too long for a test; what a call prints does not depend on them.
      const isShort = call >= 0 && call < FOLLOWING_CALLS - 1;
      return isShort ? bash('sage status --for 2s', 600_000) : followCommand(request);
    });
    const { rig, model } = world;
    await rig.config({ agents: {}, agent: 'claude' });
    // The first run in a repository also says what agents may do there.
    await rig.tickets([{ id: 'T-0' }]);
    await rig.stream();
    await rig.tickets(tickets.map((id) => ({ id })));

    await withPlugin(rig, 'Good morning');
    const bare = model.exchanges.find(({ request }) => !isWorker(request))!;
    const { stdout } = await withPlugin(rig, '/stream --auto --parallel=3');
    expect(stdout).toContain('12 landed');

    const own = model.exchanges.filter(({ request }) => request.command?.name === 'sage:stream');
    expect(own).toHaveLength(FOLLOWING_CALLS + 2);
    // All that the session sent and got, less what any request of it has, whatever it is about: the CLI's own
    // instructions and tools. Each turn's whole conversation counts again, as if there were no prompt cache.
    const asked = own.map(({ usage }) => inputOf(usage) - inputOf(bare.usage));
    const answered = own.map(({ usage }) => usage.output_tokens);
    const again = sum(asked) + sum(answered);
    const once = asked.at(-1)! + answered.at(-1)!;
    console.info(told(own, once, again));
    expect(again).toBeLessThan(10_000);
    expect(once).toBeLessThan(4_000);
    // Workers are told apart, and no token of theirs is in it.
    expect(new Set(own.map(({ request }) => request.caller)).size).toBe(1);
  });
});
