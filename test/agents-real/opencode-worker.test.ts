import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { within } from '../rig/within.js';
import { spent } from '../loopback/model-server.js';
import { Gate } from './gate.js';
import { PRICES } from './cli-homes.js';
import {
  bash,
  LIMIT_MS,
  opencodeRig,
  ticketOf,
  useOpencode,
  write,
  stream,
} from './opencode-rig.js';
import { activityOf, expectThreeLanded, outcomesOf } from './told.js';

describe('the real OpenCode as a worker', () => {
  test(
    '001-5.3 002-17.4 three at once write, commit and land; what they cost is what the model told',
    async () => {
      const gate = new Gate();
      await using world = await opencodeRig(
        (request) => {
          const ticket = ticketOf(request);
          if (request.turn === 0) {
            return {
              think: 'Which file?',
              say: `I write ${ticket}.txt.`,
              ...write(`${ticket}.txt`),
              // In the middle of their first answers all three wait for each other.
              restAfter: gate.pass(ticket),
            };
          }
          if (request.turn === 1 && ticket === 'T-2')
            return bash('git add -A && git commit -qm mine');
          if (request.turn === 1 && ticket === 'T-3') return bash('env > env.txt');
          return { say: `${ticket} is done.` };
        },
        {},
        { name: 'Prüf stand' },
      );
      const { rig, model } = world;
      const own = await world.ownConfiguration();
      await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }, { id: 'T-3' }]);
      const running = stream(rig, '--parallel=3');
      await within(gate.full(3), LIMIT_MS / 2, () => `only ${[...gate.waiting].join()} came`);
      gate.open();
      const end = await running;
      expectThreeLanded(rig, end);
      expect(rig.read('T-1.txt') + rig.read('T-2.txt') + rig.read('T-3.txt')).toBe('x\nx\nx\n');
      const leftovers = rig
        .journal()
        .flatMap((event) => (event.type === 'work.harvested' ? [event.harvest?.hadLeftovers] : []));
      expect(leftovers.sort()).toEqual([false, true, true]);

      for (const ticket of ['T-1', 'T-2', 'T-3']) {
        const [outcome] = outcomesOf(rig, ticket);
        // No request was for a title.
        const told = spent(model, (request) => ticketOf(request) === ticket);
        const sessions = model.requests.filter((request) => ticketOf(request) === ticket);
        expect(new Set(sessions.map(({ headers }) => headers['x-session-id']))).toEqual(
          new Set([outcome?.sessionId]),
        );
        expect(told.cached).toBeGreaterThan(5_000);
        expect(told.reasoned).toBeGreaterThan(0);
        const output = told.spoken + told.reasoned;
        const cost =
          told.fresh * PRICES.input + told.cached * PRICES.cache_read + output * PRICES.output;
        expect(outcome?.usage).toEqual({
          inputTokens: told.fresh,
          outputTokens: output,
          cacheReadTokens: told.cached,
          cacheWriteTokens: 0,
          costMicroUsd: Math.round(Math.round(cost * 10) / 10),
        });
      }
      const all = spent(model, () => true);
      expect(model.requests.filter((request) => ticketOf(request) === '?')).toEqual([]);
      expect(end.summary.tokens).toBe(all.fresh + all.cached + all.spoken + all.reasoned);
      const said = activityOf(rig);
      expect(said).toContainEqual({ type: 'text', text: 'I write T-1.txt.' });
      expect(said).toContainEqual({ type: 'tool', name: 'bash', summary: 'env > env.txt' });

      // The prompt came whole, as it was written.
      const prompt = model.requests.find(({ said: text }) => text.includes('Ticket: T-1\n'))?.said;
      expect(prompt).toMatch(/^You work on one ticket/);
      const seen = rig.read('env.txt');
      expect(seen).toContain('MY_HOST_API_KEY=key-of-my-host\n');
      expect(seen).toContain('SAGE_TICKET=T-3\n');
      expect(seen).not.toMatch(/not-for-agents|of-another-provider/);
      expect(new Set(model.requests.map(({ key }) => key))).toEqual(new Set(['key-of-my-host']));
      expect(model.strays).toEqual([]);
      expect(await world.ownConfiguration()).toBe(own);
    },
    LIMIT_MS,
  );

  test(
    'under edits the lane and its temporary folder are open, what lies outside is refused; what its user denies or opens, too',
    async () => {
      const outside = (rig: { places: { root: string } }) => join(rig.places.root, 'outside.txt');
      await using world = await opencodeRig(
        (request) => {
          const { turn, results } = request;
          const [result = ''] = results;
          switch (ticketOf(request)) {
            case 'T-1':
              return turn === 0 ? write(outside(world.rig)) : { say: `It said: ${result}` };
            case 'T-2':
              return (
                [
                  bash('git push'),
                  bash('printf %s "$TMPDIR"'),
                  write(`${result}/note.txt`),
                  write(join(world.rig.places.home, 'shared/note.txt')),
                  bash('git status; cp "$TMPDIR/note.txt" note.txt'),
                ][turn] ?? { say: 'Done.' }
              );
            default:
              return { say: 'There is nothing to do.' };
          }
        },
        {
          permission: {
            bash: { '*': 'ask', 'git push*': 'deny' },
            external_directory: { '*': 'ask', '~/shared/*': 'allow' },
          },
        },
      );
      const { rig } = world;
      await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }, { id: 'T-3' }]);
      const { summary } = await stream(rig, '--parallel=3');
      expect(summary.landed.map(({ id }) => id)).toEqual(['T-2']);
      expect(rig.read('note.txt')).toBe('x\n');
      expect(existsSync(join(rig.places.home, 'shared/note.txt'))).toBe(true);
      expect(existsSync(outside(rig))).toBe(false);
      const codes = Object.fromEntries(summary.deferred.map(({ id, code }) => [id, code]));
      expect(codes).toEqual({ 'T-1': 'agent/permission-needed', 'T-3': 'agent/no-work' });
      // It was told, and could go on.
      expect(outcomesOf(rig, 'T-1')[0]?.lastMessage).toMatch(
        /^It said: The user has specified a rule/,
      );
      const waiting = activityOf(rig).flatMap((said) =>
        said.type === 'waiting' ? [said.reason] : [],
      );
      expect(waiting.sort()).toEqual([
        'asks for permission: bash git push (refused: nobody answers)',
        `asks for permission: write ${outside(rig)} (refused: nobody answers)`,
      ]);
    },
    LIMIT_MS,
  );

  test(
    'under full it may write outside; the round that a check asks for goes on with the session',
    async () => {
      await using world = await opencodeRig((request) => {
        // Two rounds of two requests: the second one knows what the first one said.
        if (request.turn === 0) return write(join(world.rig.places.root, 'outside.txt'));
        if (request.turn === 1) return write('T-1.txt');
        if (request.turn === 3) return write('fixed.txt');
        return { say: `Turn ${request.turn}.` };
      });
      const { rig, model } = world;
      await useOpencode(rig, { access: 'full' });
      await rig.tickets([
        {
          id: 'T-1',
          tasks: [
            {
              ...{ id: 'one', type: 'generic', description: 'One', status: 'UNPROCESSED' },
              validation_script: 'test -e fixed.txt',
            },
          ],
        },
      ]);
      const { summary } = await stream(rig);
      expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
      expect(readFileSync(join(rig.places.root, 'outside.txt'), 'utf8')).toBe('x\n');
      expect(rig.read('fixed.txt')).toBe('x\n');
      const [first, second] = outcomesOf(rig, 'T-1');
      expect([first?.lastMessage, second?.lastMessage]).toEqual(['Turn 2.', 'Turn 4.']);
      expect(second?.sessionId).toBe(first?.sessionId);
      // Each tells its own steps alone.
      const told = spent(model, () => true);
      expect(first!.usage.inputTokens! + second!.usage.inputTokens!).toBe(told.fresh);
      expect(first!.usage.cacheReadTokens! + second!.usage.cacheReadTokens!).toBe(told.cached);
    },
    LIMIT_MS,
  );
});
