import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ModelReply } from '../loopback/messages-reply.js';
import type { ModelRequest } from '../loopback/messages-server.js';
import { repositoryRoot } from '../rig/home.js';
import { Program } from '../rig/program.js';
import type { Rig } from '../rig/rig.js';
import { claudeRig, ticketOf } from './claude-rig.js';

const bash = (command: string): ModelReply => ({ use: [{ tool: 'Bash', input: { command } }] });

/** A model that makes one call by the shell tool and relays its result. */
const relay =
  (command: (request: ModelRequest) => string) =>
  (request: ModelRequest): ModelReply =>
    request.turn === 0
      ? bash(command(request))
      : {
          say: request.results
            .map(({ text, isError }) => `${isError ? 'error: ' : ''}${text}`)
            .join('\n'),
        };

/** Calls the CLI as a user would; permission is granted by nobody, so only what a command allows runs. */
function claude(rig: Rig, ...args: readonly string[]) {
  rig.tolerate('temporary files'); // The user's own session keeps some.
  return new Program(join(rig.places.bin, 'claude'), args, rig.checkout, rig.env).wait(30_000);
}
const withPlugin = (rig: Rig, prompt: string) =>
  claude(rig, '-p', '--plugin-dir', repositoryRoot, prompt);

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

  test.each(['/stream', '/sage:stream'])(
    '%s reaches the model as instructions, whose call runs without asking and changes nothing',
    async (name) => {
      await using world = await claudeRig(relay(() => 'sage stream --dry-run'));
      const { rig, model } = world;
      await rig.tickets(tickets);
      const before = rig.snapshot();
      const { code, stdout } = await withPlugin(rig, `${name} --dry-run`);
      expect(code).toBe(0);
      expect(model.requests[0]?.said).toMatch(
        /Call the `sage` program[\s\S]*<arguments>\n--dry-run\n<\/arguments>/,
      );
      expect(stdout).toContain('T-3');
      expect(stdout).not.toContain('error:');
      expect(rig.snapshot()).toEqual(before);
    },
  );

  test('/stream --auto starts a run that outlives the session and lands its commits', async () => {
    await using world = await claudeRig((request) => {
      const { said, turn } = request;
      if (!said.includes('Ticket: ')) {
        // The call that the command's own text gives as its example.
        return relay(() => /`(sage stream --auto [^`]*--detach)`/.exec(said)?.[1] ?? 'false')(
          request,
        );
      }
      const file = { file_path: `${ticketOf(said)}.txt`, content: 'done\n' };
      return turn === 0 ? { use: [{ tool: 'Write', input: file }] } : { say: 'Done.' };
    });
    const { rig } = world;
    await rig.config({ agents: {}, agent: 'claude' });
    await rig.tickets(tickets);
    const { stdout } = await withPlugin(rig, '/stream --auto --parallel=3');
    expect(stdout).toMatch(/^run \S+: 3 tickets[\s\S]*its output is in \S+\.log/m);
    await rig.event('run.finished', undefined, 30_000);
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', 'T-2': 'COMPLETED', 'T-3': 'COMPLETED' });
    expect(await rig.git('log', '--all', '--format=%s')).toContain('T-3');
  });

  test('/validate runs without asking', async () => {
    await using world = await claudeRig(relay(() => 'sage validate'));
    const { rig, model } = world;
    await rig.config();
    await rig.tickets(tickets);
    const { stdout } = await withPlugin(rig, '/validate --strict');
    expect(model.requests[0]?.said).toContain('<arguments>\n--strict\n</arguments>');
    expect(stdout).toContain('recommended: 2 agents');
  });

  test.each([
    ['a command', `--explain '$(touch harm)'`],
    ['a second call', '--dry-run; touch harm'],
    ['quotes', `--explain "a'b"; touch harm; "`],
    ['backticks', '--explain `touch harm`'],
  ])('%s in the arguments does no harm, even passed on unquoted', async (_what, args) => {
    await using world = await claudeRig(relay(() => `sage stream ${args}`));
    const { rig, model } = world;
    await rig.tickets(tickets);
    await withPlugin(rig, `/stream ${args}`);
    // They reach the model as they were typed, and nothing was run on the way there.
    expect(model.requests[0]?.said).toContain(`<arguments>\n${args}\n</arguments>`);
    expect(existsSync(join(rig.checkout, 'harm'))).toBe(false);
  });

  test('installed from a local marketplace, /stream works without a flag', async () => {
    await using world = await claudeRig(relay(() => 'sage stream --dry-run'));
    const { rig, model } = world;
    await rig.tickets(tickets);
    const add = await claude(rig, 'plugin', 'marketplace', 'add', repositoryRoot);
    expect([add.code, add.stderr]).toEqual([0, '']);
    const install = await claude(rig, 'plugin', 'install', 'sage@sage-stream');
    expect([install.code, install.stderr]).toEqual([0, '']);
    const { stdout } = await claude(rig, '-p', '/stream --dry-run');
    expect(model.requests[0]?.said).toContain('Call the `sage` program');
    expect(stdout).toContain('T-3');
    expect(await rig.git('status', '--short')).toBe('');
  });
});
