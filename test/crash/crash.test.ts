import { beforeAll, describe, expect, test } from '@jest/globals';
import { VICTIMS } from './killer.js';
import { crashRig, queueEnd, streamWords, type QueueEnd } from './scenario.js';
import { drawPlan, tellStory, type Outcome, type Plan } from './story.js';

/** `npm run test:crash -- --kills=N --seed=S --minutes=M` sets these; without, the short form: what fits its minutes. */
const kills = Number(process.env['SAGE_CRASH_KILLS'] ?? 100);
const seed = Number(process.env['SAGE_CRASH_SEED'] ?? 1);
const minutes = Number(process.env['SAGE_CRASH_MINUTES'] ?? 0.4);

const LONG_MS = 300_000;
let wanted: QueueEnd;
beforeAll(async () => {
  await using rig = await crashRig('main');
  await rig.start(...streamWords('rolling')).wait(120_000);
  wanted = await queueEnd(rig);
}, LONG_MS);

/** What a story broke, with all that is needed to tell it again; nothing for a sound one. */
const trouble = (plan: Plan, { faults }: Outcome) =>
  faults.length === 0 ? [] : [`${plan.name}: ${JSON.stringify(plan)}\n${faults.join('\n')}`];

describe('the kill matrix', () => {
  test('an undisturbed run lands what is green, once, and defers the rest', () => {
    expect(wanted.landed).toEqual(['A', 'B', 'C', 'D', 'FLAKY']);
    expect(wanted.states).toMatchObject({
      RED: 'DEFERRED',
      IDLE: 'DEFERRED',
      BEHIND: 'UNPROCESSED',
    });
  });

  test.each(VICTIMS)(
    '002-4.7 002-7.1 002-7.4 killed in the middle, and again in the recovery: %s',
    async (victim) => {
      const again = victim === 'agent' || victim === 'git' ? victim : 'orchestrator';
      const plan: Plan = {
        name: victim,
        schedule: 'rolling',
        kills: [
          { victim, moment: { records: 30, delayMs: 0 } },
          { victim: again, moment: { delayMs: 400 } },
        ],
      };
      const outcome = await tellStory(plan, wanted);
      expect(trouble(plan, outcome)).toEqual([]);
      expect(outcome.kills).toBeGreaterThan(0);
    },
    LONG_MS,
  );

  test(
    `002-7.4 002-19.1 random victims at random moments from seed ${seed}`,
    async () => {
      const end = Date.now() + minutes * 60_000;
      let met = 0;
      let told = 0;
      const found: string[] = [];
      for (let at = seed; met < kills && Date.now() < end; at += 1) {
        const plan = drawPlan(at);
        const outcome = await tellStory(plan, wanted);
        met += outcome.kills;
        told += 1;
        for (const line of trouble(plan, outcome)) {
          found.push(line);
          process.stderr.write(`${line}\n`);
        }
      }
      process.stderr.write(
        `kill matrix: seeds ${seed} to ${seed + told - 1}, ${met} kills, ${found.length} broken\n`,
      );
      expect(found).toEqual([]);
      expect(met).toBeGreaterThan(0);
    },
    minutes * 60_000 + LONG_MS,
  );
});
