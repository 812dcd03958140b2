import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../rig/home.js';
import { claude, claudeRig, isWorker, withPlugin, workAndCommit } from './claude-rig.js';
import { followCommand } from './host-model.js';

const tickets = [{ id: 'T-1' }, { id: 'T-2' }, { id: 'T-3', dependencies: ['T-1'] }];

describe('the plugin in the real Claude Code', () => {
  test('the manifests pass the strict validation', async () => {
    await using world = await claudeRig(() => ({ say: '' }));
    for (const file of ['marketplace.json', 'plugin.json']) {
      const path = join(repositoryRoot, '.claude-plugin', file);
      const { code, stdout } = await claude(world.rig, 'plugin', 'validate', '--strict', path);
      expect([code, stdout]).toEqual([0, expect.stringContaining('Validation passed')]);
    }
  });

  test.each(['/stream --dry-run', '/sage:stream --dry-run'])(
    '%s reaches the model as instructions; the plan is shown, its call runs without asking and changes nothing',
    async (typed) => {
      await using world = await claudeRig(followCommand);
      const { rig, model } = world;
      await rig.tickets(tickets);
      const before = rig.snapshot();
      const { code, stdout } = await withPlugin(rig, typed);
      expect(code).toBe(0);
      expect(model.requests[0]?.command?.name).toBe('sage:stream');
      expect(stdout).toMatch(/^3 tickets to run in 2 batches/);
      expect(stdout).toContain('Critical path');
      expect(rig.snapshot()).toEqual(before);
    },
  );

  test('/validate with its flags tells what it finds', async () => {
    await using world = await claudeRig(followCommand);
    const { rig, model } = world;
    await rig.config();
    await rig.tickets(tickets);
    const { stdout } = await withPlugin(rig, '/validate --strict');
    expect(model.requests[0]?.command?.name).toBe('sage:validate');
    expect(stdout).toContain('recommended: 2 agents');
  });

  test('002-1.3 what sage refuses is relayed as it is: code, words and way out; nothing is changed', async () => {
    await using world = await claudeRig(followCommand);
    const { rig } = world;
    await rig.config();
    await rig.tickets(tickets);
    const before = rig.snapshot();
    for (const [typed, args] of [
      ['/stream --parallel=3', ['stream', '--parallel=3', '--step', '--for', '9m']],
      ['/stream --auto --parallel=x', ['stream', '--auto', '--parallel=x', '--detach']],
      ['/stream --explain T-9', ['stream', '--explain', 'T-9']],
    ] as const) {
      const refusal = await rig.run(...args);
      const { stdout } = await withPlugin(rig, typed);
      expect([refusal.code, stdout.trim()]).toEqual([
        2,
        `Exit code 2\n${refusal.stdout}${refusal.stderr}`.trim(),
      ]);
    }
    expect(rig.snapshot()).toEqual(before);
    expect(existsSync(join(rig.gitDir, 'sage/runs'))).toBe(false);
  });

  test('002-1.1 from a clone to a run with what the README says: a local marketplace, then its commands', async () => {
    await using world = await claudeRig((request) =>
      isWorker(request) ? workAndCommit(request) : followCommand(request),
    );
    const { rig, model } = world;
    await rig.config({ agents: {}, agent: 'claude' });
    await rig.tickets(tickets);
    const [, section = ''] = readFileSync(join(repositoryRoot, 'README.md'), 'utf8').split(
      '## In Claude Code\n',
    );
    const blockOf = (language: string) =>
      new RegExp(`\`\`\`${language}\\n([^\`]+)\\n\`\`\``).exec(section)?.[1]?.split('\n') ?? [];
    const [build, ...install] = blockOf('sh');
    expect([build, install.length]).toEqual(['npm ci', 2]);
    for (const line of install) {
      const { code, stderr } = await rig.shell(`cd '${repositoryRoot}' && ${line}`);
      expect([line, code, stderr]).toEqual([line, 0, '']);
    }
    const said: string[] = [];
    for (const line of blockOf('')) said.push((await claude(rig, '-p', line)).stdout);
    expect(said).toEqual([
      expect.stringContaining('recommended: 2 agents'),
      expect.stringMatching(/^3 tickets to run in 2 batches/),
      expect.stringContaining('delivered: work now stands at'),
      expect.stringContaining('3 landed'),
      'No run is going on here.\n',
    ]);
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', 'T-2': 'COMPLETED', 'T-3': 'COMPLETED' });
    expect(new Set(model.requests.filter(isWorker).map(({ caller }) => caller)).size).toBe(3);
    expect(await rig.git('status', '--short')).toBe('');
  });

  test('the bare names of two commands belong to Claude Code, as the page says', async () => {
    await using world = await claudeRig(followCommand);
    for (const name of ['/status', '/stop']) {
      const { stdout } = await withPlugin(world.rig, name);
      expect(stdout).toContain("isn't available in this environment");
    }
    expect(world.model.requests).toEqual([]);
  });

  test('a clone that was never built builds itself at the first call, or says what to do', async () => {
    await using world = await claudeRig(followCommand);
    const { rig } = world;
    await rig.tickets(tickets);
    const clone = join(rig.places.root, 'clone');
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: repositoryRoot });
    for (const path of tracked.toString('utf8').split('\0').filter(Boolean)) {
      if (!/^(bin|commands|hooks|\.claude-plugin|scripts|package)/.test(path)) continue;
      await mkdir(dirname(join(clone, path)), { recursive: true });
      await cp(join(repositoryRoot, path), join(clone, path));
    }
    await symlink(join(repositoryRoot, 'node_modules'), join(clone, 'node_modules'));
    const stream = () => claude(rig, '-p', '--plugin-dir', clone, '/stream --dry-run');

    await rig.program('npm', 'echo "npm: no network" >&2; exit 1');
    expect((await stream()).stdout).toMatch(
      /was never built; building it once[\s\S]*no network[\s\S]*Run "npm ci" in \S+clone/,
    );
    // The build itself is what made the program under test; here it is put in place.
    const dist = join(repositoryRoot, 'dist');
    await rig.program('npm', `[ "$*" = "run build" ] && cp -R "${dist}" "${clone}/dist"`);
    expect((await stream()).stdout).toMatch(
      /^sage: this clone was never built; building it once.*\n3 tickets to run/,
    );
    expect((await stream()).stdout).toMatch(/^3 tickets to run/);
  });
});
