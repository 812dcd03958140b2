import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { settingsSchema, type SettingList } from '../../lib/model/answer-schemas.js';
import { unsetByDefault } from '../../lib/config/defaults.js';
import { configSchema } from '../../lib/model/config.js';
import { answerDialogue } from '../rig/answer-dialogue.js';
import { Rig } from '../rig/rig.js';

const project = {
  'package.json': '{"scripts":{"test":"node --test"}}\n',
  'package-lock.json': '{}\n',
  Makefile: 'test:\n\ttrue\n',
};
const configOf = (rig: Rig) => parse(rig.read('.sage/config.yaml')) as Record<string, unknown>;

describe('sage init', () => {
  test('without a terminal: it shows what it found and the file, and writes nothing but with --yes', async () => {
    await using rig = await Rig.create({ files: { ...project, '.env': 'KEY=1\n' } });
    await rig.program('claude', 'echo 2.1.0');
    await rig.write({ '.gitignore': '.env\n' });
    await rig.git('rm', '--quiet', '--cached', '.env');
    const shown = await rig.run('init');
    expect([shown.code, shown.stderr]).toEqual([2, expect.stringContaining('sage init --yes')]);
    expect(shown.stdout).toContain('found: package.json has a test script → check: npm test');
    expect(existsSync(join(rig.checkout, '.sage/config.yaml'))).toBe(false);
    const written = await rig.run('init', '--yes');
    expect([written.code, written.stderr]).toEqual([0, '']);
    expect(configOf(rig)).toEqual({
      agent: 'claude',
      verify: ['npm test'],
      setup: { copy: ['.env'], run: ['npm ci'] },
      access: 'edits',
    });
    expect(rig.read('.sage/config.yaml')).toContain('#        found, too: make test');
    for (const line of rig.read('.sage/config.yaml').trim().split('\n').filter(Boolean))
      expect(written.stdout).toContain(`  ${line}`);
  });

  test('nothing found: a file of hints that holds, and a run still refuses without checks', async () => {
    await using rig = await Rig.create();
    expect((await rig.run('init', '--yes')).stdout).toContain('no checks were found');
    expect(configOf(rig)).toEqual({ access: 'edits' });
    expect((await rig.run('config')).code).toBe(0);
  });

  test('flags say what is not to be found out; what cannot hold is refused before anything is written', async () => {
    await using rig = await Rig.create({ files: project });
    const wrong = await rig.run('init', '--yes', '--agent', 'nobody');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('`nobody`')]);
    expect((await rig.run('init', '--yes', '--access', 'all')).code).toBe(2);
    expect(existsSync(join(rig.checkout, '.sage/config.yaml'))).toBe(false);
    const right = await rig.run(
      ...['init', '--yes', '--agent', 'claude', '--access', 'full'],
      ...['--verify', 'echo "a: b" # c', '--verify', 'true'],
    );
    expect(right.code).toBe(0);
    expect(configOf(rig)).toMatchObject({
      agent: 'claude',
      access: 'full',
      verify: ['echo "a: b" # c', 'true'],
    });
  });

  test('a file that is there stays as it is: the difference is shown, and the way out', async () => {
    await using rig = await Rig.create({ files: project });
    await rig.config();
    const before = rig.read('.sage/config.yaml');
    const { code, stdout, stderr } = await rig.run('init', '--yes');
    expect([code, stderr]).toEqual([2, expect.stringContaining('mv .sage/config.yaml')]);
    expect(stdout).toMatch(/^-agent: scripted$/m);
    expect(stdout).toMatch(/^\+verify: \[npm test\]$/m);
    expect(rig.read('.sage/config.yaml')).toBe(before);
    await rig.git('rm', '--quiet', '--force', '.sage/config.yaml');
    await rig.run('init', '--yes');
    expect((await rig.run('init')).stdout).toContain('says just that');
  });

  test('on a terminal it asks, proposes what it found, shows the file and asks whether to write it', async () => {
    await using rig = await Rig.create({ files: project });
    await answerDialogue(
      rig,
      ['init'],
      [
        ['chosen at each start): ', 'claude'],
        ['or none [npm test]: ', 'make test'],
        ['(empty: no more): ', ''],
        ['worktree [npm ci]: ', '-'],
        ['full [edits]: ', 'full'],
        ['Write it? [yes]: ', ''],
      ],
    );
    expect(configOf(rig)).toEqual({ agent: 'claude', verify: ['make test'], access: 'full' });
  });

  test('on a terminal a no writes nothing', async () => {
    await using rig = await Rig.create({ files: project });
    const said = await answerDialogue(
      rig,
      ['init'],
      [
        ['each start): ', ''],
        ['[npm test]: ', '-'],
        ['[npm ci]: ', '-'],
        ['[edits]: ', ''],
        ['Write it? [yes]: ', 'no'],
      ],
    );
    expect(said).toContain('Nothing was written');
    expect(existsSync(join(rig.checkout, '.sage/config.yaml'))).toBe(false);
  });
});

describe('sage config', () => {
  const settings = async (rig: Rig, env: Record<string, string>, ...args: readonly string[]) => {
    const { code, stdout } = await rig.startWith({ env }, 'config', '--json', ...args).wait();
    expect(code).toBe(0);
    const list = JSON.parse(stdout) as SettingList;
    expect(settingsSchema.parse(list)).toEqual(list);
    return new Map(list.settings.map((one) => [one.key, one]));
  };

  test('--explain says of each setting where it comes from: file and line, variable, flag, default', async () => {
    await using rig = await Rig.create();
    await rig.write({
      '.sage/config.yaml':
        '# first\nagent: claude\nparallel: 2\nlimits:\n  ticketMinutes: 5\n  maxCostUsd: 3\n',
    });
    const all = await settings(rig, { SAGE_MAX_COST: '7' }, '--parallel=4');
    expect(all.get('agent')).toMatchObject({ value: 'claude', where: '.sage/config.yaml:2' });
    expect(all.get('parallel')).toMatchObject({ value: 4, origin: 'flag', where: '--parallel' });
    expect(all.get('limits.ticketMinutes')).toMatchObject({ where: '.sage/config.yaml:5' });
    expect(all.get('limits.maxCostUsd')).toMatchObject({ value: 7, where: '$SAGE_MAX_COST' });
    expect(all.get('order')).toEqual({ key: 'order', value: 'slack', origin: 'default' });
    expect(all.get('verify')).toEqual({ key: 'verify', origin: 'default' });
    const { stdout } = await rig.run('config', '--explain', 'limits');
    expect(stdout.trim().split('\n')).toHaveLength(4);
    expect(stdout).toMatch(/^limits\.ticketMinutes +5 +\.sage\/config\.yaml:5$/m);
    expect(stdout).toMatch(/^limits\.checkMinutes +30 +default$/m);
    expect(await rig.run('config', 'limitz')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean'),
    });
  });

  test('a configuration with faults is refused with all of them', async () => {
    await using rig = await Rig.create();
    await rig.write({ '.sage/config.yaml': 'paralel: 2\norder: best\n' });
    const { code, stderr } = await rig.run('config', '--explain');
    expect(code).toBe(2);
    expect(stderr).toMatch(/paralel[\s\S]*order/);
  });

  test('every key of the schema is either set by default or known to be without one', () => {
    const keysOf = (schema: unknown, path = ''): string[] => {
      let inner = schema as { unwrap?: () => unknown; shape?: Record<string, unknown> };
      while (typeof inner.unwrap === 'function') inner = inner.unwrap() as typeof inner;
      if (!inner.shape) return [path];
      return Object.entries(inner.shape).flatMap(([key, one]) =>
        keysOf(one, path ? `${path}.${key}` : key),
      );
    };
    const defaults = configSchema.parse({}) as Record<string, unknown>;
    const isSet = (key: string) =>
      key
        .split('.')
        .reduce<unknown>(
          (value, part) => (value as Record<string, unknown> | undefined)?.[part],
          defaults,
        ) !== undefined;
    expect(
      keysOf(configSchema)
        .filter((key) => !isSet(key))
        .sort(),
    ).toEqual([...unsetByDefault].sort());
  });
});
