import { describe, expect, test } from '@jest/globals';
import { Rig, type RigOptions } from '../rig/rig.js';

async function prepared(options: RigOptions = {}) {
  const rig = await Rig.create({ branch: 'work', ...options });
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
  await rig.config({ verify: ['test -e README.md'] });
  await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
  return rig;
}

describe('what a run needs of its machine', () => {
  test('002-16.2 no network: it works in a namespace without any', async () => {
    await using rig = await prepared();
    const via = ['unshare', '--user', '--map-current-user', '--net'];
    const end = await rig.startWith({ via }, 'stream', '--auto', '--parallel=2').wait();
    expect(end.stderr).not.toContain('unshare');
    expect(end.code).toBe(0);
    expect(rig.read('B.txt')).toBe('x\n');
  });

  test('002-17.1 002-17.2 neither jq nor bash: node, git and sh are enough', async () => {
    await using rig = await prepared({ programs: ['sh'] });
    const end = await rig.run('stream', '--auto', '--parallel=2');
    expect(end.code).toBe(0);
    expect(rig.read('B.txt')).toBe('x\n');
  });

  test('002-5.2 auto counts the CPUs the process may use, not the machine’s', async () => {
    await using rig = await prepared();
    const via = ['taskset', '--cpu-list', '0'];
    const end = await rig
      .startWith({ via }, 'stream', '--auto', '--parallel=auto', '--json')
      .wait();
    expect(JSON.parse(end.stdout.split('\n')[0]!)).toMatchObject({ type: 'run.started', slots: 1 });
  });
});
