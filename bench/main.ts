import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { benchAgents } from './agents.js';
import { benchItems } from './items.js';
import { benchLaneReady } from './lane-ready.js';
import { benchLanding } from './landing.js';
import type { Figure } from './figure.js';
import { benchMakespan } from './makespan.js';
import { benchMemory } from './memory.js';
import { benchOverhead } from './overhead.js';
import { benchPlan } from './plan.js';
import { benchRecovery } from './recovery.js';
import { benchSchedules } from './schedules.js';
import { benchSpeedUp } from './speed-up.js';
import { benchStartup } from './startup.js';
import { benchWindow } from './window.js';
import { benchFirstAgent, benchWorkers } from './workers.js';

type Benchmark = () => Promise<readonly Figure[]>;

/** All benchmarks, in the order in which they run. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  startup: benchStartup,
  items: benchItems,
  plan: benchPlan,
  schedules: withSchedules('schedules on a virtual clock', benchSchedules),
  landing: benchLanding,
  window: benchWindow,
  lanes: benchLaneReady,
  overhead: benchOverhead,
  'speed-up': benchSpeedUp,
  makespan: withSchedules('schedules with real processes', benchMakespan),
  memory: benchMemory,
  workers: benchWorkers,
  'first-agent': benchFirstAgent,
  agents: benchAgents,
  recovery: benchRecovery,
};

/** The real data are not part of this repository: they lie beside it, or where SAGE_REAL_DATA says. */
function withSchedules(
  what: string,
  run: (folder: string) => Promise<readonly Figure[]>,
): Benchmark {
  const folder = join(process.env['SAGE_REAL_DATA'] ?? '../shared/data', 'schedules');
  if (existsSync(folder)) return () => run(folder);
  const figure = `left out: there is no ${folder}; SAGE_REAL_DATA names the folder above`;
  return () => Promise.resolve([{ what, figure, aim: '' }]);
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in BENCHMARKS));
  if (unknown.length > 0) {
    console.error(
      `no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHMARKS).join(', ')}`,
    );
    process.exitCode = 2;
    return;
  }
  const figures: Figure[] = [];
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const started = performance.now();
    try {
      figures.push(...(await run()));
    } catch (error) {
      process.exitCode = 1;
      figures.push({ what: name, figure: `broke: ${(error as Error).message}`, aim: '' });
    }
    const seconds = ((performance.now() - started) / 1_000).toFixed(0);
    console.error(`${name}: done in ${seconds} s`);
  }
  console.log(table(figures));
}

/** Figures are printed, never judged: the machine decides too much about them. */
function table(figures: readonly Figure[]): string {
  const rows = [{ what: 'what', figure: 'figure', aim: 'aim' }, ...figures];
  const width = (of: (row: Figure) => string) => Math.max(...rows.map((row) => of(row).length));
  const [what, figure] = [width((row) => row.what), width((row) => row.figure)];
  return rows
    .map((row) => `${row.what.padEnd(what)}  ${row.figure.padEnd(figure)}  ${row.aim}`.trimEnd())
    .join('\n');
}

await main(process.argv.slice(2));
