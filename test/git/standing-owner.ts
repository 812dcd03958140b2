// A process of its own that asks standing gits: argv: repository, and `stay` or `leave`. It puts nothing away.
import { createGit } from '../../lib/git/git.js';
import { readNames, readRef, setRef } from '../../lib/git/refs.js';
import { withStandingGits } from '../../lib/git/standing-gits.js';

const [cwd = '', what = ''] = process.argv.slice(2);
const git = withStandingGits(createGit({ PATH: process.env['PATH'] ?? '' }), cwd);
await readNames(git, cwd, ['HEAD']);
const refs = await git(['for-each-ref', '--count=1', '--format=%(refname)', 'refs/heads'], { cwd });
const at = refs.ok ? await readRef(git, cwd, refs.value.stdout) : refs;
if (at.ok && at.value !== undefined) await setRef(git, cwd, 'refs/sage/owner', at.value);
process.stdout.write('asked\n');
if (what === 'stay') await new Promise((resolve) => process.stdin.once('end', resolve).resume());
