import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { codexRig, shell, stream, ticketOf } from './codex-rig.js';
import { activityOf } from './told.js';
import { Gate } from './gate.js';

/** Tries to write in places, and says of each whether it could. */
const tries = (places: Readonly<Record<string, string>>) =>
  Object.entries(places)
    .map(([name, file]) => `(echo x >> "${file}") 2>/dev/null && echo "${name}" >> wrote.txt`)
    .join('; ');

const GIT = '$(git rev-parse --git-common-dir)';

describe('the sandbox of the real Codex', () => {
  test('under edits it is on: a lane can be written and committed in, nothing around it', async () => {
    const both = new Gate();
    await using world = await codexRig(async (request) => {
      if (request.turn > 0) return { say: 'Done.' };
      const ticket = ticketOf(request);
      void both.full(2).then(() => both.open());
      await both.pass(ticket);
      if (ticket === 'T-2') return shell('echo b > b.txt');
      const places = tries({
        lane: 'a.txt',
        temporary: '$TMPDIR/a.txt',
        home: '$HOME/a.txt',
        tmp: `/tmp/sage-outside-${process.pid}`,
        checkout: `${world.rig.checkout}/outside.txt`,
        configuration: `${GIT}/config`,
        hooks: `${GIT}/hooks/pre-commit`,
        'other lane': '../lane-2/a.txt',
        'its part of the depot': `${GIT}/worktrees/lane-2/HEAD`,
      });
      const network = `(echo > /dev/tcp/127.0.0.1/${new URL(world.model.url).port}) 2>/dev/null && echo network >> wrote.txt`;
      const commit =
        'git add -A && git commit -qm "wip: one" && git branch mine && git reflog > log.txt';
      return shell(`${places}; ${network}; ${commit}; git add -A && git commit -qm "wip: two"`);
    });
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }]);
    const { summary } = await stream(rig, '--parallel=2');
    expect(summary.landed).toHaveLength(2);
    expect(rig.read('wrote.txt')).toBe('lane\ntemporary\n');
    expect(rig.read('log.txt')).toContain('commit: wip: one');
    expect(existsSync(join(rig.checkout, 'outside.txt'))).toBe(false);
    expect(readdirSync(rig.places.home)).not.toContain('a.txt');
  });

  test('under full it is off', async () => {
    await using world = await codexRig(({ turn }) =>
      turn > 0 ? { say: 'Done.' } : shell(tries({ lane: 'a.txt', home: '$HOME/a.txt' })),
    );
    const { rig } = world;
    await rig.config({ agents: {}, agent: 'codex', access: 'full' });
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.landed).toHaveLength(1);
    expect(rig.read('wrote.txt')).toBe('lane\nhome\n');
  });

  test('what it refuses is told as a permission that nobody gives', async () => {
    await using world = await codexRig(({ turn }) => {
      if (turn > 0) return { say: 'I may not.' };
      const input = { cmd: 'touch x', sandbox_permissions: 'require_escalated' };
      return { use: [{ tool: 'exec_command', input: { ...input, justification: 'I want it' } }] };
    });
    const { rig } = world;
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.deferred).toMatchObject([
      {
        id: 'T-1',
        code: 'agent/permission-needed',
        reason: expect.stringContaining('run a command without its sandbox'),
      },
    ]);
    expect(activityOf(rig)).toContainEqual({ type: 'text', text: 'I may not.' });
  });

  test('one that cannot start on a machine is named, although it says that all went well', async () => {
    await using world = await codexRig(({ turn }) =>
      turn > 0 ? { say: 'All done.' } : shell('echo a > a.txt'),
    );
    const { rig } = world;
    // As in a container that forbids user namespaces.
    const forbid = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$0" "$@"';
    await rig.program(
      'codex',
      `exec unshare --user --map-root-user sh -c '${forbid}' "${process.env['SAGE_CODEX'] ?? ''}" "$@"`,
    );
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await stream(rig);
    expect(summary.deferred).toMatchObject([
      { id: 'T-1', code: 'agent/no-sandbox', reason: expect.stringMatching(/bwrap: .*namespace/) },
    ]);
  });
});
