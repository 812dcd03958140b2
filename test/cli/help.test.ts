import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commandTable } from '../../lib/cli/command-table.js';
import { commandHelp } from '../../lib/cli/help.js';
import { home, sage } from './sage.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sage-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const names = commandTable.map(({ name }) => name);

describe('help and version', () => {
  test('--help names every command', async () => {
    const { code, stdout, stderr } = await sage(folder, ['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} {2}`, 'm'));
  });

  test.each([['-h'], ['help'], ['--help', '--json']])('%s says the same', async (...args) => {
    expect(await sage(folder, args)).toEqual(await sage(folder, ['--help']));
  });

  test('no command at all is a wrong call that gets the help on stderr', async () => {
    const { code, stdout, stderr } = await sage(folder, []);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: sage COMMAND');
  });

  test.each(commandTable.map((entry) => [entry.name, entry] as const))(
    'the command table and the module of %s agree, and its help lists its flags',
    async (name, entry) => {
      const { command } = await entry.load();
      expect([command.name, command.describe]).toEqual([entry.name, entry.describe]);
      const asked = await sage(folder, [name, '--help'], { COLUMNS: '60' });
      expect(asked.stdout).toBe(`${commandHelp(command, 60)}\n`);
      expect((await sage(folder, ['help', name], { COLUMNS: '60' })).stdout).toBe(asked.stdout);
      for (const [flag, option] of Object.entries(command.options)) {
        expect(asked.stdout.includes(`--${flag}`)).toBe(!('hidden' in option && option.hidden));
      }
      const tooWide = asked.stdout
        .split('\n')
        .filter(
          (line) =>
            line.length > 60 && /^ +(-|\S.* {2}|[^-]*$)/.test(line) && line.startsWith('   '),
        );
      expect(tooWide).toEqual([]);
    },
  );

  test.each(['--version', '-v', '-V'])('%s tells the version of the package', async (flag) => {
    const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
    expect(await sage(folder, [flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect((await sage(folder, [flag, '--json'])).stdout).toBe(`${version}\n`);
  });

  test('a reader that goes away early is no trouble', async () => {
    const child = spawn(process.execPath, [join(home, 'bin/sage'), 'explain'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += String(text)));
    const [code] = await once(child, 'close');
    expect([code, stderr]).toEqual([0, '']);
  });

  test('output that is lost is told and ends with 70', async () => {
    // A file opened for reading takes no output, on every system.
    const unwritable = await open(join(home, 'package.json'), 'r');
    try {
      const child = spawn(process.execPath, [join(home, 'bin/sage'), 'explain'], {
        cwd: folder,
        stdio: ['ignore', unwritable.fd, 'pipe'],
      });
      let stderr = '';
      child.stderr?.on('data', (text) => (stderr += String(text)));
      const [code] = await once(child, 'close');
      expect([code, stderr]).toEqual([70, expect.stringMatching(/cannot be written: EBADF/)]);
    } finally {
      await unwritable.close();
    }
  });

  test('sage explain CODE says what it means and the way out, as text and as JSON', async () => {
    const text = await sage(folder, ['explain', 'checks/red-base']);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^checks\/red-base\n\nThe checks fail on the commit/);
    const json = await sage(folder, ['explain', 'checks/red-base', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject([{ code: 'checks/red-base' }]);
  });
});
