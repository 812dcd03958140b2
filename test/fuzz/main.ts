// The long form: `npm run test:fuzz -- --runs=N [--seed=S]` draws N inputs for each reader, from seed S on; then the corpus.
// What is read wrongly is shown with its seed and written beside the corpus as `found-…`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../rig/home.js';
import { fuzz, replayCorpus, targets, type Found } from './fuzz.js';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const from = Number(values.seed);
const runs = Number(values.runs);
let failed = 0;

function tell({ target, from: origin, input, faults }: Found): void {
  failed += 1;
  console.log(`${target}, ${origin}: ${faults.join('; ')}`);
  const name = `found-${origin.replace(/\W+/g, '-')}.input`;
  writeFileSync(join(repositoryRoot, 'test/fuzz/corpus', target, name), input);
}

for (const target of targets) {
  const before = failed;
  for (let seed = from; seed < from + runs; seed += 1) {
    const found = fuzz(target, seed);
    if (found) tell(found);
  }
  const { found, count } = replayCorpus(target);
  for (const one of found) if (!one.from.startsWith('found-')) tell(one);
  console.log(`${target.name}: ${runs} drawn, ${count} of the corpus, ${failed - before} wrong`);
}
process.exitCode = failed === 0 ? 0 : 1;
