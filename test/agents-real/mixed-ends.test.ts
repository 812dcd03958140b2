import { describe, expect, test } from '@jest/globals';
import { readStreamEnd } from '../rig/stream-end.js';
import { atWork, killAll, LONG_WORK, pressTwice } from './ending.js';
import { expectNothingTwice } from './mixed-costs.js';
import { CLIS, mixedAgents, mixedRig, type Cli } from './mixed-rig.js';
import { ownCheck } from './mixed-story.js';
import { outcomesOf } from './told.js';

const LIMIT_MS = 300_000;
const CONFIG = { agent: 'claude', agents: mixedAgents };
const FLAGS = ['--auto', '--parallel=5'] as const;

/** A ticket for each CLI, of its name. */
const each = (fields: (cli: Cli) => object = () => ({})) =>
  CLIS.map((cli) => ({ id: cli, agent: cli, ...fields(cli) }));

describe('a run with four real CLIs at work, ended', () => {
  test(
    'by the second Ctrl-C: all are, with their tool shells; what had been told by then counts',
    async () => {
      await using world = await mixedRig(({ turn }) => {
        if (turn === 0) return { write: 'begun.txt' };
        // Codex does not wait for a tool longer than ten seconds.
        return turn === 1 ? { run: LONG_WORK } : 'silence';
      });
      const { rig } = world;
      await rig.config(CONFIG);
      await rig.tickets(each());
      const program = rig.start('stream', ...FLAGS, '--plain');
      await atWork(rig, CLIS.length);
      expect(await pressTwice(program)).toBe(130);
      expect(rig.processes()).toEqual([]);
      const outcomes = Object.fromEntries(CLIS.map((cli) => [cli, outcomesOf(rig, cli)[0]]));
      for (const cli of CLIS)
        expect([cli, outcomes[cli]?.end]).toEqual([cli, { kind: 'cancelled' }]);
      // One is asked politely and still tells, one has told its steps, the others never tell then.
      expect(outcomes['claude']?.usage.cacheWriteTokens).toBeGreaterThan(0);
      expect(outcomes['opencode']?.usage.inputTokens).toBeGreaterThan(5_000);
      expect([outcomes['codex']?.usage, outcomes['gemini']?.usage]).toEqual([{}, {}]);
    },
    LIMIT_MS,
  );

  test(
    '002-7.4 by kill -9 in the middle of a fix: who resumes goes on with each session; each ticket lands once, no token counts twice',
    async () => {
      let isHeld = true;
      const begun = new Set<string>();
      await using world = await mixedRig(({ ticket, turn, said }) => {
        if (ticket === 'EARLY') return turn === 0 ? { write: 'EARLY.txt' } : { say: 'Done.' };
        if (turn === 0) return { write: `${ticket}.txt`, content: 'square\n' };
        if (turn === 1 || !said.includes('A check of the ticket fails')) return { say: 'Done.' };
        const isFirst = !begun.has(ticket);
        begun.add(ticket);
        if (isHeld) return isFirst ? { run: LONG_WORK } : 'silence';
        return isFirst ? { run: `echo round > ${ticket}.txt` } : { say: 'It is round now.' };
      });
      const { rig, model: models } = world;
      await rig.config(CONFIG);
      const round = (cli: Cli) => ownCheck(`grep round ${cli}.txt`);
      await rig.tickets([{ id: 'EARLY', agent: 'claude', priority: 'P0' }, ...each(round)]);
      const program = rig.start('stream', ...FLAGS);
      await rig.event('landing.landed', ({ ticket }) => ticket === 'EARLY', LIMIT_MS / 3);
      await atWork(rig, CLIS.length);
      await killAll(rig, program);
      isHeld = false;
      begun.clear();

      const before = models.asked.length;
      const { summary } = readStreamEnd(await rig.start('resume', '--json').wait(LIMIT_MS));
      expect(summary.landed.map(({ id }) => id).sort()).toEqual(['EARLY', ...CLIS].sort());
      const landed = rig.journal().filter(({ type }) => type === 'landing.landed');
      expect(landed).toHaveLength(CLIS.length + 1);
      for (const cli of CLIS) {
        expect(rig.read(`${cli}.txt`)).toBe('round\n');
        const [first, ...later] = outcomesOf(rig, cli);
        expect([cli, later.length]).toEqual([cli, 2]);
        for (const { sessionId } of later)
          expect([cli, sessionId]).toEqual([cli, first?.sessionId]);
        // It remembers the ticket and what it did for it.
        const remembered = models.asked.slice(before).find(({ ticket }) => ticket === cli);
        expect([cli, (remembered?.turn ?? 0) >= 2]).toEqual([cli, true]);
      }
      expectNothingTwice(rig, models);
    },
    LIMIT_MS,
  );
});
