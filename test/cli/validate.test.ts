import { execFile } from 'node:child_process';
import { mkdir, readdir, statfs, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { validationSchema, type Validation } from '../../lib/model/validation-schema.js';
import { thisProcess } from '../../lib/process/identity.js';
import { Rig, type RigOptions } from '../rig/rig.js';

/** A rig in which all is well: tracked tickets with their Markdown files, an agent, checks. */
async function soundRig(options: RigOptions = {}): Promise<Rig> {
  const rig = await Rig.create(options);
  await rig.tickets([
    { id: 'CORE-1' },
    { id: 'CORE-2', dependencies: ['CORE-1'] },
    { id: 'WEB-1' },
  ]);
  await rig.write({
    '.sage/workflow-mode': 'TICKET_BASED\n',
    '.sage/tickets/CORE-1.md': '# CORE-1\n',
    '.sage/tickets/CORE-2.md': '# CORE-2\n',
    '.sage/tickets/WEB-1.md': '# WEB-1\n',
  });
  await rig.config();
  return rig;
}

async function validation(rig: Rig, ...flags: readonly string[]): Promise<Validation> {
  const { stdout, stderr, code } = await rig.run('validate', '--json', ...flags);
  expect(stderr).toBe('');
  const document = validationSchema.parse(JSON.parse(stdout));
  expect(code).toBe(document.exitCode);
  return document;
}

const codes = ({ findings }: Validation) =>
  findings.filter(({ severity }) => severity !== 'information').map(({ code }) => code);
const outcomes = ({ checks }: Validation) =>
  Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));

/** Every path below the git directory with its size and time: whether anything at all was written. */
async function everything(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const lines = names.map(async (name) => {
    const { mtimeMs, size } = await stat(join(folder, name));
    return `${name} ${size} ${mtimeMs}`;
  });
  return (await Promise.all(lines)).sort();
}

describe('sage validate', () => {
  test('all is well: 0, one line a group, nothing on disk changes', async () => {
    await using rig = await soundRig();
    const before = [
      rig.snapshot(),
      await everything(rig.gitDir),
      await everything(rig.places.home),
    ];
    const { stdout, stderr, code } = await rig.run('validate');
    expect([stderr, code]).toEqual(['', 0]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ +/).slice(0, 2).join(' '))).toEqual([
      '✓ schema',
      '✓ duplicates',
      '✓ dependencies',
      '✓ configuration',
      '✓ repository',
      '✓ agent',
      '✓ base',
      '✓ parallel',
      '',
      'All is',
    ]);
    const after = [rig.snapshot(), await everything(rig.gitDir), await everything(rig.places.home)];
    expect(after).toEqual(before);
  });

  test('002-14.4 tells what can start at once in percent, and how many agents that is worth', async () => {
    await using rig = await soundRig();
    const drafts = [
      ...['A-1', 'B-1', 'C-1', 'D-1'].map((id) => ({ id })),
      { id: 'A-2', dependencies: ['A-1'] },
      { id: 'Z-1', state: 'COMPLETED' as const },
      { id: 'B-2', dependencies: ['Z-1'] },
      { id: 'C-2', dependencies: ['C-1', 'D-1'] },
    ];
    await rig.tickets(drafts);
    const { parallel, checks } = await validation(rig, '--check=parallel');
    // Five of seven: the dependency on Z-1 is satisfied and does not count.
    expect(parallel).toMatchObject({ open: 7, runnable: 7, readyNow: 5, percent: 71 });
    expect(parallel?.recommendedSlots).toBeGreaterThan(1);
    expect(parallel?.because).toMatch(/^about \d+ min instead of \d+ min$/);
    expect(checks.map(({ name }) => name)).toEqual(['parallel']);
  });

  test('002-14.3 002-18.5 a cycle is an error that shows its path', async () => {
    await using rig = await soundRig();
    await rig.tickets([
      { id: 'A-1', dependencies: ['A-2'] },
      { id: 'A-2', dependencies: ['A-1'] },
      { id: 'B-1' },
    ]);
    const result = await validation(rig, '--check=dependencies');
    expect(result).toMatchObject({
      exitCode: 1,
      findings: [
        {
          code: 'plan/cycle',
          severity: 'error',
          message: 'These wait for each other: A-1 → A-2 → A-1.',
          where: { file: '.sage/tickets/index.json' },
        },
      ],
    });
  });

  test('002-2.5 an unknown dependency is an error at its place', async () => {
    await using rig = await soundRig();
    await rig.tickets([{ id: 'A-1', dependencies: ['A-9'] }]);
    const { findings, exitCode } = await validation(rig, '--check=dependencies');
    expect(exitCode).toBe(1);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'index/unknown-dependency',
        severity: 'error',
        ticket: 'A-1',
      }),
    );
  });

  test('002-14.3 a git that is too old is an error', async () => {
    await using rig = await soundRig();
    const real = (await promisify(execFile)('sh', ['-c', 'command -v git'])).stdout.trim();
    await rig.program(
      'git',
      `[ "$1" = --version ] && { echo git version 2.30.1; exit; }\nexec ${real} "$@"`,
    );
    const result = await validation(rig, '--check=repository');
    expect(codes(result)).toEqual(['git/too-old']);
    expect(result.findings[0]?.message).toContain('git 2.30.1 is older than 2.39');
  });

  test('no git at all is one error, and what needs no git is still checked', async () => {
    await using rig = await soundRig({ programs: ['sh'] });
    await rig.program('git', 'exit 127');
    const result = await validation(rig);
    expect(codes(result)).toEqual(['git/failed']);
    expect(outcomes(result)).toMatchObject({ schema: 'passed', base: 'not-run', agent: 'passed' });
  });

  test('002-14.3 a folder for locks and journals that cannot be written is an error', async () => {
    await using rig = await soundRig();
    await writeFile(join(rig.gitDir, 'sage'), 'in the way');
    const result = await validation(rig, '--check=repository');
    expect(codes(result)).toEqual(['journal/not-writable']);
    expect(result.exitCode).toBe(1);
  });

  test('002-14.3 a lock left by a dead process is a warning, one of a living process another', async () => {
    await using rig = await soundRig();
    await mkdir(join(rig.gitDir, 'sage'));
    const owner = { run: '20260101-000000-abcd', since: '2026-01-01T00:00:00Z', host: hostname() };
    const file = join(rig.gitDir, 'sage/owner.json');
    await writeFile(file, JSON.stringify({ ...owner, pid: 4, started: '1', boot: 'another' }));
    const stale = await validation(rig, '--check=repository');
    expect([codes(stale), stale.exitCode]).toEqual([['run/stale-owner'], 2]);
    await writeFile(file, JSON.stringify({ ...owner, ...thisProcess() }));
    const live = await validation(rig, '--check=repository');
    expect([codes(live), live.exitCode]).toEqual([['run/owned'], 2]);
    expect(live.findings[0]?.message).toContain(`process ${process.pid}`);
  });

  test('002-14.3 a disk too small for the lanes is a warning with both sizes', async () => {
    await using rig = await soundRig();
    const { bavail, bsize } = await statfs(rig.places.home);
    const blob = 16 * 1024 * 1024;
    const count = Math.ceil((bavail * bsize) / blob);
    // One blob under many names: a huge checkout that takes no room until somebody makes it.
    const files = { 'zeros.bin': '\0'.repeat(blob) };
    await rig.write(files);
    const hash = await rig.git('hash-object', '-w', 'zeros.bin');
    const listing = Array.from({ length: count }, (_, n) => `100644 blob ${hash}\tfile-${n}\n`);
    await writeFile(join(rig.places.root, 'listing'), listing.join(''));
    await promisify(execFile)(
      'sh',
      [
        '-c',
        'git update-ref HEAD $(git commit-tree -m huge -p HEAD $(git mktree < "$1"))',
        'sh',
        join(rig.places.root, 'listing'),
      ],
      { cwd: rig.checkout, env: rig.env },
    );
    const result = await validation(rig, '--check=repository');
    expect(codes(result)).toEqual(['lane/little-space']);
    expect(result.findings.at(-1)?.message).toMatch(
      /^\d+ MB are free at .*; \d+ lanes need about \d+ MB/,
    );
  });

  test('002-14.3 an agent that is not on the PATH, or does not answer, is an error', async () => {
    await using rig = await soundRig();
    await rig.config({ agents: { scripted: { kind: 'command', command: ['no-such-agent'] } } });
    expect(codes(await validation(rig, '--check=agent'))).toEqual(['agent/not-found']);
    await rig.config({ agent: 'claude' });
    await rig.program('claude', 'echo "not logged in" >&2; exit 1');
    expect(codes(await validation(rig, '--check=agent'))).toEqual(['agent/not-answering']);
    await rig.program('claude', 'echo "2.1.0 (Claude Code)"');
    const well = await validation(rig, '--check=agent');
    expect(well.checks[0]?.told).toContain('2.1.0 (Claude Code)');
    expect(well.exitCode).toBe(0);
  });

  test('002-17.4 an agent CLI of a version that nobody has tried is a warning', async () => {
    await using rig = await soundRig();
    await rig.config({ agent: 'claude' });
    await rig.program('claude', 'echo "2.10.0 (Claude Code)"');
    const { findings, exitCode } = await validation(rig, '--check=agent');
    expect(exitCode).toBe(2);
    expect(findings).toMatchObject([{ code: 'agent/unknown-version', severity: 'warning' }]);
    expect(findings[0]?.message).toMatch(
      /^sage is known to work with Claude Code 2\.1, and \S+\/claude says that it is "2\.10\.0 \(Claude Code\)"$/,
    );
  });

  test("a command of one's own is found, but not started to see whether it answers", async () => {
    await using rig = await soundRig();
    await rig.program('my-agent', `echo started > "${join(rig.checkout, 'started')}"`);
    await rig.config({ agents: { scripted: { kind: 'command', command: ['my-agent'] } } });
    expect((await validation(rig, '--check=agent')).exitCode).toBe(0);
    expect(await readdir(rig.checkout)).not.toContain('started');
  });

  test('002-14.3 a dirty tree is information', async () => {
    await using rig = await soundRig();
    await rig.write({ 'README.md': 'changed\n', 'new file': '' });
    const result = await validation(rig);
    expect(result.exitCode).toBe(0);
    expect(result.findings).toContainEqual(
      expect.objectContaining({
        code: 'git/changes',
        severity: 'information',
        message: expect.stringMatching(/^2 changed or untracked files/),
      }),
    );
    expect((await rig.run('validate')).stdout).not.toContain('git/changes');
    expect((await rig.run('validate', '--verbose')).stdout).toContain('git/changes');
  });

  test('no identity, a rebase in the middle, submodules and a shallow clone are told', async () => {
    await using rig = await soundRig();
    await writeFile(join(rig.places.home, '.gitconfig'), '');
    await mkdir(join(rig.gitDir, 'rebase-merge'));
    const head = await rig.git('rev-parse', 'HEAD');
    await rig.git('update-index', '--add', '--cacheinfo', `160000,${head},vendor/lib`);
    await writeFile(join(rig.gitDir, 'shallow'), `${head}\n`);
    expect(codes(await validation(rig, '--check=repository'))).toEqual([
      'git/no-identity',
      'git/unfinished-operation',
      'git/shallow',
      'git/submodules',
    ]);
  });

  test('what the checkout is in the middle of is told by its name, a series of picks as well', async () => {
    await using rig = await soundRig();
    const told = async () => (await validation(rig, '--check=repository')).findings;
    await writeFile(join(rig.gitDir, 'BISECT_LOG'), '');
    expect(await told()).toMatchObject([{ message: expect.stringContaining('a bisection') }]);
    await mkdir(join(rig.gitDir, 'sequencer'));
    expect(await told()).toMatchObject([{ message: expect.stringContaining('a series of picks') }]);
  });

  test('outside a repository everything else is still checked', async () => {
    await using rig = await soundRig();
    const folder = join(rig.places.root, 'elsewhere');
    await mkdir(folder);
    const { stdout, code } = await rig.startWith({ cwd: folder }, 'validate', '--json').wait();
    const result = validationSchema.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(codes(result)).toEqual(['index/not-found', 'git/not-a-repository', 'agent/not-found']);
    expect(outcomes(result)).toMatchObject({ base: 'not-run', parallel: 'not-run' });
  });

  test('a branch without a commit is an error', async () => {
    await using rig = await soundRig();
    await rig.git('switch', '--quiet', '--orphan', 'empty');
    expect(codes(await validation(rig, '--check=base'))).toEqual(['git/no-commit']);
  });

  test('missing checks are an error that shows the command found and the line to write', async () => {
    await using rig = await soundRig({ files: { 'package.json': '{"scripts":{"test":"jest"}}' } });
    await rig.write({
      '.sage/config.yaml':
        'agent: scripted\nagents: { scripted: { kind: command, command: [test-agent] } }\n',
    });
    const { findings, exitCode } = await validation(rig, '--check=base');
    expect(exitCode).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'checks/not-configured',
        hint: expect.stringContaining('Write `verify: [npm test]` into .sage/config.yaml'),
      }),
    ]);
  });

  test('faults of index, configuration and variables come in one report', async () => {
    await using rig = await soundRig();
    await rig.write({
      '.sage/config.yaml': 'paralel: 3\n',
      '.sage/tickets/index.json': '{"tickets":[{"id":"A-1","state":"UNPROCESSED"},{"id":"A-1"}',
    });
    const program = rig.startWith({ env: { SAGE_ORDER: 'random' } }, 'validate', '--json');
    const { stdout, code } = await program.wait();
    const result = validationSchema.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(codes(result)).toEqual(
      expect.arrayContaining(['config/unknown-key', 'config/invalid-variable']),
    );
    expect(outcomes(result)).toMatchObject({
      schema: 'errors',
      dependencies: 'not-run',
      configuration: 'errors',
      parallel: 'not-run',
    });
  });

  test('only warnings end with 2, and with 1 under --strict', async () => {
    await using rig = await soundRig();
    await rig.write({ '.sage/config.yml': 'parallel: 2\n' });
    const readable = await rig.run('validate', '--check=configuration');
    expect(readable.code).toBe(0);
    await rig.git('rm', '--quiet', '-f', '.sage/config.yaml');
    const lenient = await validation(rig, '--check=configuration');
    expect([codes(lenient), lenient.exitCode]).toEqual([['config/not-read'], 2]);
    expect((await validation(rig, '--check=configuration', '--strict')).exitCode).toBe(1);
  });

  test('--check takes several names, repeated or with commas, and refuses others with 64', async () => {
    await using rig = await soundRig();
    const { checks } = await validation(rig, '--check=parallel,schema', '--check', 'agent');
    expect(checks.map(({ name }) => name)).toEqual(['schema', 'agent', 'parallel']);
    const wrong = await rig.run('validate', '--check=shema', '--check', '--strict');
    expect(wrong.code).toBe(64);
  });
});
