import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join, relative } from 'node:path';
import { Rig } from '../rig/rig.js';

/** Files of ours beside git's own stores: journals, plans, logs, locks. */
function ourFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^[^/]+\.git(\/|$)/.test(name))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

describe('what is kept of a person', () => {
  test('003-9.2 of who runs it, where it is asked and who answers, no name, address, account or machine', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.tickets([{ id: 'A' }, { id: 'B' }]);
    await rig.config();
    await rig.script({ A: [{ write: { 'a.txt': 'a\n' } }], B: [{ hang: true }] });
    const env = {
      ...{ USER: 'p-login', LOGNAME: 'p-login', HOSTNAME: 'p-machine' },
      ...{ SSH_CLIENT: '203.0.113.7 1 2', SSH_CONNECTION: '203.0.113.7 1 203.0.113.8 22' },
      ...{ EMAIL: 'p@example.net', SUDO_USER: 'p-login' },
    };
    const run = rig.startWith({ env }, 'stream', '--auto', '--parallel=2');
    await rig.event('landing.landed');
    await rig.event('agent.called', ({ attempt }) => attempt === 'B#1');
    expect((await rig.startWith({ env }, 'cancel').wait()).code).toBe(0);
    await run.wait();

    const folder = join(rig.gitDir, 'sage');
    const files = ourFiles(folder);
    expect(files.some((file) => file.endsWith('events.ndjson'))).toBe(true);
    const persons = [
      ...['Rig User', 'rig@example.org', 'p@example.net', 'p-login', 'p-machine', '203.0.113'],
      ...[hostname(), userInfo().username].filter((word) => word.length > 5),
    ];
    const found = files.flatMap((file) => {
      const text = readFileSync(file, 'latin1');
      return persons
        .filter((word) => text.includes(word))
        .map((word) => `${relative(folder, file)}: ${word}`);
    });
    expect(found).toEqual([]);
    // The index that everybody reads has times and commits of ours, and nothing of a person.
    const index = rig.read('.sage/tickets/index.json');
    expect(persons.filter((word) => index.includes(word))).toEqual([]);
    const keeping = readFileSync('docs/keeping.md', 'utf8');
    expect(keeping).toContain('## Of persons');
  });
});
