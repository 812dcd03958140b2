import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { spent } from '../loopback/model-server.js';
import { geminiRig, shell, ticketOf, useGemini, write } from './gemini-rig.js';
import { activityOf, expectThreeLanded, outcomesOf } from './told.js';

describe('the real Gemini CLI as a worker', () => {
  test('001-5.3 002-17.4 three at once write, commit and land; session, words, tools and tokens are read', async () => {
    await using world = await geminiRig(
      (request) => {
        const ticket = ticketOf(request);
        if (request.turn === 0) return { think: 'Hm.', ...write(`${ticket}.txt`, `${ticket}\n`) };
        if (request.turn === 1) return shell(`git add -A && git commit -qm "${ticket}: mine"`);
        if (request.turn === 2 && ticket === 'T-3') return shell('env > env.txt');
        return { say: `${ticket} is done.` };
      },
      {},
      { name: 'Prüf stand' },
    );
    const { rig, model } = world;
    const settings = await world.ownSettings();
    await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }, { id: 'T-3' }]);
    const end = await rig.stream('--parallel=3');
    expectThreeLanded(rig, end);
    expect(rig.read('T-1.txt') + rig.read('T-2.txt') + rig.read('T-3.txt')).toBe('T-1\nT-2\nT-3\n');
    const commits = rig
      .journal()
      .flatMap((event) => (event.type === 'work.harvested' ? [event.harvest?.commits.length] : []));
    // The third left something uncommitted, too.
    expect(commits.sort()).toEqual([1, 1, 2]);

    // What the server told, for the model that does the work and the one that chose it.
    const told = spent(model, (request) => ticketOf(request) === 'T-2');
    const [outcome] = outcomesOf(rig, 'T-2');
    expect(told.requests).toBe(4);
    expect(told.thought).toBeGreaterThan(0);
    expect(told.cached).toBeGreaterThan(0);
    expect(outcome).toMatchObject({
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      usage: {
        inputTokens: told.fresh,
        outputTokens: told.spoken + told.thought,
        cacheReadTokens: told.cached,
      },
    });
    const all = spent(model, () => true);
    expect(end.summary.tokens).toBe(all.fresh + all.cached + all.spoken + all.thought);
    const said = activityOf(rig);
    expect(said).toContainEqual({ type: 'text', text: 'I write T-1.txt.' });
    expect(said).toContainEqual({ type: 'tool', name: 'write_file', summary: 'T-1.txt' });

    expect(new Set(model.requests.map(({ key }) => key))).toEqual(new Set(['key-of-nobody']));
    const seen = rig.read('env.txt');
    expect(seen).toContain('SAGE_TICKET=T-3\n');
    expect(seen).not.toMatch(/not-for-agents|of-another-product|of-the-outer-session/);
    expect(await world.ownSettings()).toBe(settings);
  });

  test('its shell hides the git configuration of the user: identity comes all the same, and no gc runs beside siblings', async () => {
    await using world = await geminiRig(({ turn }) => {
      if (turn === 0) {
        const asked = ['gc.auto', 'maintenance.auto'].map((key) => `git config ${key} >> git.txt`);
        const alone = asked.map((ask) => `GIT_CONFIG_COUNT=0 ${ask}`);
        const identity = 'git config user.name >> git.txt || git var GIT_AUTHOR_IDENT >> git.txt';
        const steps = ['env | grep ^GIT_CONFIG_ | sort > git.txt', ...asked, ...alone, identity];
        return shell(steps.join('; '));
      }
      return turn === 1 ? shell('git add -A && git commit -qm mine') : { say: 'Done.' };
    });
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await rig.stream();
    expect(summary.landed).toHaveLength(1);
    const lines = rig.read('git.txt').trim().split('\n');
    expect(lines).toContain('GIT_CONFIG_GLOBAL=/dev/null');
    // What it sets by number comes behind ours; without ours, the depot's own configuration says the same.
    expect(lines).toContain('GIT_CONFIG_KEY_0=gc.auto');
    expect(lines.slice(-5, -1)).toEqual(['0', 'false', '0', 'false']);
    expect(lines.at(-1)).toMatch(/^Rig User <rig@example.org> \d+/);
  });

  test('an at sign in a ticket names no file to it', async () => {
    await using world = await geminiRig(({ turn }) =>
      turn === 0 ? write('a.txt') : { say: 'Done.' },
    );
    const { rig, model } = world;
    await rig.write({ 'src/Component.ts': 'export class C {}\n' });
    await rig.git('add', 'src');
    await rig.git('commit', '--quiet', '--message', 'a file of that name');
    await rig.tickets([{ id: 'T-1', description: '@Component({}) for user@host.org' }]);
    expect((await rig.stream()).summary.landed).toHaveLength(1);
    const said = model.requests.at(-1)?.said ?? '';
    expect(said).toContain('\\@Component({}) for user\\@host.org\n');
    expect(said).not.toContain('export class C');
  });

  test('what needs a permission is refused at once and shown; exit 0 without work lands nothing', async () => {
    await using world = await geminiRig(({ turn, results }) =>
      turn === 0 ? shell('npm publish') : { say: `It said: ${results[0] ?? ''}` },
    );
    const { rig } = world;
    const policies = join(rig.places.home, '.gemini/policies');
    await mkdir(policies);
    await writeFile(
      join(policies, 'mine.toml'),
      '[[rule]]\ntoolName = "run_shell_command"\ncommandPrefix = "npm publish"\ndecision = "ask_user"\npriority = 900\n',
    );
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await rig.stream();
    const [outcome] = outcomesOf(rig, 'T-1');
    expect(outcome).toMatchObject({
      end: { kind: 'exited', code: 0 },
      lastMessage: expect.stringContaining('requires user confirmation'),
      waitedFor: expect.stringMatching(/^asks for permission: run_shell_command npm publish/),
    });
    expect(summary.deferred).toMatchObject([{ id: 'T-1', code: 'agent/permission-needed' }]);
  });

  test('under edits its file tools stay in the lane; under full it has more tools; no MCP server of the user is started', async () => {
    const mark = ['-e', 'require("fs").writeFileSync(process.env.HOME + "/started", "")'];
    await using world = await geminiRig(
      ({ turn, results }) => {
        if (turn === 0) return write('../outside.txt');
        return turn === 1 ? write('said.txt', results[0] ?? '') : { say: 'Done.' };
      },
      { mcpServers: { mine: { command: process.execPath, args: mark } } },
    );
    const { rig, model } = world;
    await rig.tickets([{ id: 'T-1' }]);
    expect((await rig.stream()).summary.landed).toHaveLength(1);
    expect(rig.read('said.txt')).toContain('Path not in workspace');
    const edits = model.requests.find(({ tools }) => tools.length > 0)?.tools ?? [];
    expect(edits).toEqual(expect.arrayContaining(['write_file', 'replace', 'run_shell_command']));

    await useGemini(rig, { access: 'full' });
    await rig.tickets([{ id: 'T-2' }]);
    const before = model.requests.length;
    await rig.stream();
    const full = model.requests.slice(before).find(({ tools }) => tools.length > 0)?.tools ?? [];
    expect(edits).not.toContain('activate_skill');
    expect(full).toEqual(expect.arrayContaining([...edits, 'activate_skill']));
    expect(existsSync(join(rig.places.home, 'started'))).toBe(false);
  });
});
