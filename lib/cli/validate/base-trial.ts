import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Repository } from '../../git/places.js';
import { sageDirectory } from '../../journal/run-directory.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import { baselineOf, isAccepted } from '../../engine/baseline.js';
import { knownFailures, redBase } from '../../engine/known-failures.js';
import { failed, Refusal } from '../../model/failure.js';
import type { Verdict } from '../../model/work.js';
import { checkBase } from '../../run/check-base.js';
import type { Start } from '../../run/start.js';
import { clean } from '../../show/clean.js';
import { duration } from '../../show/duration.js';
import { exitCode } from '../exit-code.js';
import { listenForStops } from '../signals.js';
import { createSurroundings } from '../stream/surroundings.js';
import { asError } from './outcome.js';
import type { World } from './world.js';

/** What came of running the checks. */
interface Trial {
  readonly told: string;
  readonly finding?: Diagnostic;
}

/** Runs the project's checks on the base, telling how far it is. A stop ends them and all they started: Refusal, 130. */
export async function tryBase(
  { context, config, isQuiet }: World,
  repository: Repository,
  start: Start,
): Promise<Trial> {
  const stop = new AbortController();
  const stops = listenForStops(
    () => stop.abort(),
    () => undefined,
    () => context.clock.monotonic(),
  );
  const trying = checkBase({
    surroundings: createSurroundings(context, repository, () => undefined),
    config,
    start,
    nonce: randomBytes(2).toString('hex'),
    cancel: stop.signal,
    say: (line) => {
      if (!isQuiet) context.stderr.line(`[base] ${clean(line)}`);
    },
  });
  const verdict = await trying
    // A dead run whose journal is damaged is its own matter: told, not thrown.
    .catch((error: unknown) => {
      if (error instanceof Refusal && error.failures[0]) return failed(error.failures[0]);
      throw error;
    })
    .finally(() => stops[Symbol.dispose]());
  if (verdict.ok)
    return tell(verdict.value, start, join(sageDirectory(repository.commonDir), 'validate'));
  const { failure } = verdict;
  if (failure.code === 'run/cancelled') throw new Refusal([failure], exitCode.cancelled);
  const finding = asError(failure);
  return failure.code === 'run/owned'
    ? { told: 'the checks cannot run beside a run', finding: { ...finding, severity: 'warning' } }
    : { told: 'the checks could not be run', finding };
}

function tell(verdict: Verdict, start: Start, logs: string): Trial {
  const { colour, results, ms } = verdict;
  const took = `(${duration(ms)})`;
  const flaky = results.filter((result) => result.flaky).map(({ name }) => name);
  if (colour === 'green') {
    const known = knownFailures(baselineOf(verdict));
    if (known.length > 0) return { told: `${known.join('; ')} ${took}` };
    const luck = flaky.length === 0 ? '' : `; only at the second try: ${flaky.join(', ')}`;
    return { told: `the checks are green there ${took}${luck}` };
  }
  const red = results.find((result) => !isAccepted(result));
  return {
    told: `the checks are red there ${took}`,
    finding: {
      ...asError(redBase(verdict, start.commit)),
      ...(red ? { where: { file: join(logs, red.log) } } : {}),
    },
  };
}
