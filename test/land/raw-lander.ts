// A process of its own that lands one commit when told to go: argv: JSON of repository, depot, branch and intent.
import { once } from 'node:events';
import { join } from 'node:path';
import { createGit } from '../../lib/git/git.js';
import { createLanderLock } from '../../lib/land/lander-lock.js';
import { createRefMove } from '../../lib/land/move-ref.js';
import { createPublisher } from '../../lib/land/publisher.js';

const given = JSON.parse(process.argv[2] ?? '') as {
  environment: Record<string, string>;
  repository: { root: string; gitDir: string; commonDir: string; name: string };
  depot: string;
  branch: string;
  intent: Parameters<ReturnType<typeof createRefMove>['perform']>[0];
};
const git = createGit(given.environment);
const directory = join(given.repository.commonDir, 'sage');
const repository = { git, ...given.repository };
const depot = { git, path: given.depot, canonical: [], mirrored: new Map() };
const { branch } = given;
const publisher = createPublisher({ repository, depot, branch });
const effect = createRefMove({
  depot,
  branch,
  publisher,
  lock: createLanderLock({ directory, holder: `lander ${process.pid}` }),
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
});
process.stdout.write('ready\n');
await once(process.stdin.resume(), 'end');
const events = await effect.perform(given.intent, new AbortController().signal);
await publisher.settle();
process.stdout.write(JSON.stringify(events));
