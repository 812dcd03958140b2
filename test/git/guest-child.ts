import { asGuest } from '../../lib/git/guest.js';
import type { Repository } from '../../lib/git/places.js';

// A process that writes in the user's repository, as far as its note tells, until it is killed.
const [, , gitDir = '', ...refs] = process.argv;
const repository = { gitDir, commonDir: gitDir } as Repository;
await asGuest(repository, refs, async () => {
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  return { ok: true, value: undefined };
});
