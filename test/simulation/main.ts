// The long form: `npm run test:simulation -- --seeds=N [--from=S]` tells N stories in both manners and counts;
// `--seed=S` tells the stories of one seed with their schedules. Ends with 1 when a promise was broken.
import { parseArgs } from 'node:util';
import type { RunEvent } from '../../lib/model/event.js';
import { report, tell, type Manner } from './stories.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});
const MANNERS: readonly Manner[] = ['deaths', 'trouble'];
/** So many failing seeds are shown. */
const SHOWN = 5;

if (values.seed !== undefined) {
  for (const manner of MANNERS) console.log(await report(Number(values.seed), manner));
} else {
  process.exitCode = await tellAll(Number(values.from), Number(values.seeds));
}

async function tellAll(from: number, seeds: number): Promise<number> {
  const sums = { deaths: 0, steps: 0, landings: 0, asked: 0, answered: 0, said: 0, failed: 0 };
  const cpu = process.cpuUsage();
  for (let seed = from; seed < from + seeds; seed += 1) {
    for (const manner of MANNERS) {
      const { story, faults } = await tell(seed, manner);
      sums.deaths += story.deaths;
      sums.steps += story.steps;
      const count = (wanted: RunEvent['type']) =>
        story.events.filter(({ type }) => type === wanted).length;
      sums.landings += count('landing.landed');
      sums.asked += count('question.asked');
      sums.answered += count('question.answered');
      sums.said += story.human.given.length;
      if (faults.length === 0) continue;
      sums.failed += 1;
      if (sums.failed <= SHOWN) console.log(await report(seed, manner));
    }
  }
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (user + system) / 1_000_000;
  console.log(
    `seeds ${from} to ${from + seeds - 1}: ${2 * seeds} stories, ${sums.deaths} crash points, ` +
      `${sums.landings} landings, ${sums.steps} steps; ${sums.asked} questions, ` +
      `${sums.answered} answers that counted of ${sums.said}; ${sums.failed} failed; ` +
      `${(seeds / seconds).toFixed(0)} seeds a second of CPU time`,
  );
  return sums.failed === 0 ? 0 : 1;
}
