import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { commandTable } from '../../lib/cli/command-table.js';
import { failureTable } from '../../lib/model/failure-table.js';
import { findingTable } from '../../lib/model/finding-table.js';
import { repositoryRoot } from '../rig/home.js';
import { Rig } from '../rig/rig.js';

const names = commandTable.map(({ name }) => name);

async function withTickets() {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config();
  await rig.tickets([{ id: 'AUTH-001' }, { id: 'AUTH-002' }, { id: "it's 1" }]);
  return rig;
}

/** What may follow, asked of the program as the scripts ask it. */
async function after(rig: Rig, ...words: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await rig.run('completion', 'zsh', '--', ...words);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

/** Presses Tab at the end of a line, in a real bash that has read the script, in the checkout. */
async function tab(rig: Rig, line: string): Promise<readonly string[]> {
  await rig.program('sage', `exec node "${join(repositoryRoot, 'bin/sage')}" "$@"`);
  // As readline does: the line is broken into words at blanks and =, and the function that was registered is called.
  const script = String.raw`
    eval "$(sage completion bash)"
    mapfile -t COMP_WORDS < "$1"
    COMP_CWORD=$(( ${'$'}{#COMP_WORDS[@]} - 1 ))
    "$(complete -p sage | sed 's/.*-F \([^ ]*\) .*/\1/')"
    [[ ${'$'}{#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${'$'}{COMPREPLY[@]}"`;
  const file = join(rig.places.tmp, 'words');
  const words = line.replaceAll('=', ' = ').split(/ +/);
  await writeFile(file, words.map((word) => `${word}\n`).join(''));
  const { stdout, stderr } = await bash(rig, script, file);
  rig.tolerate('temporary files'); // the words
  expect(stderr).toBe('');
  return stdout.split('\n').filter((text) => text !== '');
}

const bash = async (rig: Rig, script: string, file: string) => {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', file], {
    cwd: rig.checkout,
    env: rig.env,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return Promise.resolve({ stdout, stderr });
};

describe('completion', () => {
  test('the program tells commands, flags, their values, and the ids of tickets and runs', async () => {
    await using rig = await withTickets();
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x' } }] });
    const { summary } = await rig.stream('--only', 'AUTH-001');
    expect(await after(rig, '')).toEqual(names);
    expect(await after(rig, 'sta')).toEqual(['status']);
    expect(await after(rig, 'help', 'de')).toEqual(['deliver', 'demo']);
    expect(await after(rig, 'stream', '--par')).toEqual(['--parallel']);
    expect(await after(rig, 'stream', '--auto', '--au')).toEqual([]); // given already
    expect(await after(rig, 'stream', '--')).not.toContain('--detached'); // hidden
    expect(await after(rig, 'stream', '--only', 'AUTH')).toEqual(['AUTH-001', 'AUTH-002']);
    expect(await after(rig, 'stream', '--only=AUTH-2')).toEqual([]);
    expect(await after(rig, 'stream', '--schedule=')).toEqual([
      '--schedule=rolling',
      '--schedule=batch',
    ]);
    expect(await after(rig, 'stream', '--target', 'wo')).toEqual(['work']);
    expect(await after(rig, 'logs', '')).toEqual(['AUTH-001', 'AUTH-002', "it's 1"]);
    expect(await after(rig, 'retry', 'AUTH-001', '--json', 'AUTH')).toEqual(['AUTH-002']);
    expect(await after(rig, 'status', '2')).toEqual([summary.run]);
    expect(await after(rig, 'logs', 'AUTH-001', '--run', '')).toEqual([summary.run]);
    expect(await after(rig, 'explain', 'checks/')).toEqual(
      Object.keys({ ...failureTable, ...findingTable }).filter((code) =>
        code.startsWith('checks/'),
      ),
    );
    expect(await after(rig, 'nonsense', '')).toEqual([]);
  });

  test('outside a repository and with a broken index it is silent', async () => {
    await using rig = await withTickets();
    await rig.write({ '.sage/tickets/index.json': '{' });
    expect(await after(rig, 'logs', '')).toEqual([]);
    const outside = { cwd: rig.places.home };
    const end = await rig.startWith(outside, 'completion', 'bash', '--', 'logs', '').wait();
    expect(end).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('in a real bash: words, values behind =, and ids that need quoting', async () => {
    await using rig = await withTickets();
    expect(await tab(rig, 'sage ')).toEqual(names);
    expect(await tab(rig, 'sage val')).toEqual(['validate']);
    expect(await tab(rig, 'sage stream --only=AUTH')).toEqual(['AUTH-001', 'AUTH-002']);
    expect(await tab(rig, 'sage stream --order=')).toEqual(['slack', 'priority']);
    expect(await tab(rig, 'sage rescue it')).toEqual(["it\\'s\\ 1"]);
    expect(await tab(rig, 'sage stream --no-such=')).toEqual([]);
  });

  test('the scripts of zsh and fish ask the program, for both of its names; a shell that is here accepts its own', async () => {
    await using rig = await Rig.create();
    const zsh = (await rig.run('completion', 'zsh')).stdout;
    expect(zsh).toMatch(/^#compdef sage sage-stream\n/);
    expect(zsh).toContain('completion zsh -- "${(@)words[2,CURRENT]}"');
    expect(zsh).toMatch(/^compdef _sage_complete sage sage-stream$/m);
    const fish = (await rig.run('completion', 'fish')).stdout;
    expect(fish).toContain('completion fish -- $before[2..-1] "$current"');
    for (const name of ['sage', 'sage-stream'])
      expect(fish).toContain(`complete --command ${name} --no-files`);
    const scripts = { zsh, fish, bash: (await rig.run('completion', 'bash')).stdout };
    for (const [shell, script] of Object.entries(scripts)) {
      const isHere = (process.env['PATH'] ?? '')
        .split(delimiter)
        .some((folder) => existsSync(join(folder, shell)));
      if (!isHere) continue;
      const { status, stderr } = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });
      expect({ shell, status, stderr }).toEqual({ shell, status: 0, stderr: '' });
    }
    const unknown = await rig.run('completion', 'tcsh');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('bash, zsh, fish')]);
  });

  test('fish is told what the words mean', async () => {
    await using rig = await withTickets();
    const { stdout } = await rig.run('completion', 'fish', '--', 'runs', '--js');
    expect(stdout).toBe('--json\tAnswer as JSON (tickets-schema/run-list.json)\n');
  });
});
