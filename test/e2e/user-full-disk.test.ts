import { expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { Rig } from '../rig/rig.js';

/** Writes work whose object cannot be stored, as on a full disk: a file stands where its folder would be made. */
const UNSTORABLE = `
  objects=$(git rev-parse --path-format=absolute --git-common-dir)/objects
  n=0
  while :; do
    n=$((n+1)); echo "work $n" > A.txt
    folder=$objects/$(git hash-object A.txt | cut -c1-2)
    test -e "$folder" || break
  done
  touch "$folder"; echo "$folder"`;

test('work that cannot be stored is never taken for none and blames no ticket: the run stops, and the next start keeps it', async () => {
  await using rig = await Rig.create({ branch: 'work' });
  await rig.tickets([{ id: 'A' }, { id: 'B' }]);
  await rig.config();
  const run = rig.start('stream', '--auto');
  const call = await rig.agent.for('A');
  const inTheWay = (await call.do({ shell: UNSTORABLE })).trim();
  await call.exit();
  const { code, stdout } = await run.wait();
  expect(code).toBe(1);
  expect(stdout).toContain('could not be stored');
  expect(rig.calls()).toHaveLength(1);
  expect(rig.states()).toEqual({ A: 'UNPROCESSED', B: 'UNPROCESSED' });

  await rm(inTheWay);
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  expect((await rig.stream()).summary.landed.map(({ id }) => id)).toEqual(['A', 'B']);
  const vault = `--git-dir=${rig.gitDir}/sage/vault.git`;
  const kept = await rig.git(vault, 'for-each-ref', '--format=%(refname)', 'refs/sage/kept');
  const works = kept
    .split('\n')
    .map((ref) => rig.git(vault, 'show', `${ref}:A.txt`).catch(() => ''));
  expect(await Promise.all(works)).toContainEqual(expect.stringMatching(/^work \d+$/));
});
