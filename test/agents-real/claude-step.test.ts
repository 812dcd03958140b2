import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ModelReply } from '../loopback/messages-reply.js';
import type { ModelScript, MessagesServer } from '../loopback/messages-server.js';
import type { ModelRequest } from '../loopback/messages-server.js';
import { repositoryRoot } from '../rig/home.js';
import type { Rig } from '../rig/rig.js';
import { until, within } from '../rig/within.js';
import { claude, claudeRig, hostCalls, isWorker, pluginWith } from './claude-rig.js';
import { ticketOf, withPlugin } from './claude-rig.js';
import { Gate } from './gate.js';
import { bash, followCommand } from './host-model.js';
import { Session } from './session.js';

/** A note with everything in it that a shell would do something with. */
const HOSTILE = `it's "too" square; $(touch harm) \`touch harm\` & touch harm > harm | tee harm
'; touch harm; '\\ !! $HOME`;

/** A worker that makes a wheel, square unless a note of the user's is in its prompt, and commits it. */
function makeWheel({ said, turn }: ModelRequest): ModelReply {
  const shape = /square/.test(said) ? 'round' : 'square';
  const file = { file_path: `${ticketOf(said)}.txt`, content: `${shape}\n` };
  if (turn === 0) return { use: [{ tool: 'Write', input: file }] };
  return turn === 1 ? bash('git add -A && git commit -qm wheel') : { say: 'Done.' };
}

async function stepRig(ids: readonly string[], host: ModelScript = followCommand, gate?: Gate) {
  const world = await claudeRig(async (request) => {
    if (!isWorker(request)) return host(request);
    if (request.turn === 0) await gate?.pass(ticketOf(request.said));
    return makeWheel(request);
  });
  await world.rig.config({ agents: {}, agent: 'claude', verify: ['test -f README.md'] });
  await world.rig.tickets(ids.map((id) => ({ id })));
  return world;
}

/** What came back from the host's shell tool as an error. */
const errors = ({ requests }: MessagesServer) =>
  requests
    .filter((request) => !isWorker(request))
    .flatMap(({ results }) => results.filter(({ isError }) => isError).map(({ text }) => text));

const answers = (rig: Rig) =>
  rig.journal().flatMap((event) => (event.type === 'question.answered' ? [event.answer] : []));

describe('/stream without --auto in the real Claude Code', () => {
  test('002-1.3 asks before each ticket and each landing, and does what the user says: yes, send it back, put off', async () => {
    await using world = await stepRig(['T-1', 'T-2']);
    const { rig, model } = world;
    {
      await using session = new Session(rig);
      const begin = await session.say('/stream');
      expect(begin).toMatch(
        /^First run in this repository\.[\s\S]*2 tickets to run in 1 batch\n[\s\S]*\nNext: T-1 /,
      );
      expect(model.requests.filter(isWorker)).toEqual([]);
      expect(await session.say('yes')).toMatch(
        /Ready to land: T-1 [\s\S]* T-1\.txt \| 1 \+\n[\s\S]*passed test -f README\.md/,
      );
      const again = await session.say('send it back: make it round');
      expect(again).toMatch(/Ready to land: T-1 .*attempt 2/);
      expect(await rig.filesOf('HEAD')).not.toContain('T-1.txt');
      expect(await session.say('yes')).toMatch(/1 of 2 landed\nNext: T-2 /);
      expect(await session.say('put it off')).toMatch(
        /1 landed, 1 deferred[\s\S]*deferred T-2[\s\S]*work now stands at/,
      );
    }
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', 'T-2': 'DEFERRED' });
    expect(rig.read('T-1.txt')).toBe('round\n');
    expect(await rig.git('log', '--format=%s', '--', 'T-1.txt')).toMatch(/^\S+: #T-1 .*$/);
    const calls = ['stream --step', 'approve T-1', `reject T-1 --note 'make it round'`];
    const rest = ['approve T-1', 'reject T-2 --defer'];
    expect(hostCalls(model)).toEqual(
      [...calls, ...rest].map((call) => ({ command: `sage ${call} --for 9m`, timeout: 600_000 })),
    );
    // The run did not land everything: its exit code, and no call that was refused.
    expect(errors(model)).toEqual([expect.stringMatching(/^Exit code 1\n[\s\S]*1 deferred/)]);
  });

  test('a note reaches the agent word for word, whatever a shell would do with it', async () => {
    await using world = await stepRig(['T-1']);
    const { rig, model } = world;
    {
      await using session = new Session(rig);
      await session.say('/stream --only T-1');
      await session.say('yes');
      expect(await session.say(`send it back: ${HOSTILE}`)).toContain('attempt 2');
      await session.say('yes');
    }
    expect(answers(rig)[1]).toEqual({ kind: 'send-back', note: HOSTILE });
    expect(model.requests.some((one) => isWorker(one) && one.said.includes(HOSTILE))).toBe(true);
    expect(existsSync(join(rig.checkout, 'harm'))).toBe(false);
    expect(rig.read('T-1.txt')).toBe('round\n');
    expect(errors(model)).toEqual([]);
  });

  test('no answer is given unasked: a second one to the same message, or one that does more, needs a yes of its own', async () => {
    const unasked = 'sage approve T-1';
    const more = ['sage reject T-1 --note $(touch harm)', 'sage approve T-1; touch harm'];
    const other = ['sage stream --step --verify "touch harm"', 'sage stream --auto --detach'];
    const calls = {
      '/stream': ['sage stream --step --for 9m', unasked],
      'do harm': more,
      yes: ['sage approve T-1', unasked],
      'and now?': ['sage status', ...other],
    };
    const asked: string[] = [];
    const queue: string[] = [];
    const refused: string[] = [];
    await using world = await stepRig(['T-1'], ({ results, command }) => {
      if (!command) return { say: 'A title' };
      if (results.some(({ isError }) => isError)) refused.push(asked.at(-1) ?? '');
      const next = queue.shift();
      if (next === undefined) return { say: 'What now?' };
      asked.push(next);
      return bash(next);
    });
    const { rig, model } = world;
    {
      await using session = new Session(rig);
      for (const [typed, inAnswer] of Object.entries(calls)) {
        queue.push(...inAnswer);
        await session.say(typed);
      }
    }
    expect(refused).toEqual([unasked, ...more, unasked, ...other]);
    expect(errors(model)).toEqual(
      refused.map(() => expect.stringMatching(/approval|can't be checked/)),
    );
    expect(answers(rig)).toEqual([{ kind: 'go' }]);
    expect(existsSync(join(rig.checkout, 'harm'))).toBe(false);
    expect((await rig.run('reject', 'T-1', '--stop')).code).toBe(0);
  });

  test('whatever is killed meanwhile, the shell tool or the whole session, /sage:stream finds the question again', async () => {
    const gate = new Gate();
    await using world = await stepRig(['T-1'], followCommand, gate);
    const { rig } = world;
    const first = new Session(rig);
    await first.say('/stream');
    first.begin('yes');
    await within(gate.full(1), 20_000, () => 'no worker came');
    const waiting = () =>
      rig.processes().filter(({ command }) => /bin\/sage approve/.test(command));
    const [tool] = await until(
      () => (waiting().length > 0 ? waiting() : undefined),
      20_000,
      () => 'sage approve does not run',
    );
    process.kill(tool!.pid, 'SIGKILL');
    await first.answer();
    first.begin('/sage:stream');
    gate.open();
    expect(await first.answer()).toMatch(/Ready to land: T-1/);
    await first.kill();
    await using second = new Session(rig);
    expect(await second.say('/sage:stream')).toMatch(/Ready to land: T-1/);
    expect(await second.say('yes')).toMatch(/1 landed[\s\S]*work now stands at/);
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED' });
  });
});

describe('another program that is called sage, first on the PATH', () => {
  async function foreignRig() {
    const world = await stepRig(['T-1']);
    const { rig } = world;
    await rig.program('sage', `touch "${rig.checkout}/harm"; echo "SageMath version 10.6"; exit 1`);
    return world;
  }

  test('is not called on the way through questions, nor by /sage:status and /sage:stop', async () => {
    await using world = await foreignRig();
    const { rig } = world;
    {
      await using session = new Session(rig);
      expect(await session.say('/stream')).toContain('Next: T-1');
      expect(await session.say('yes')).toContain('Ready to land: T-1');
      expect(await session.say('/sage:status')).toContain('T-1 is ready to land');
      expect(await session.say('/sage:stop all')).toMatch(/is cancelled/);
    }
    await until(
      () => (rig.processes().length === 0 ? true : undefined),
      20_000,
      () => 'the cancelled run does not end',
    );
    expect(existsSync(join(rig.checkout, 'harm'))).toBe(false);
  });

  test('nor by /stream --auto and /validate, also from a folder whose name needs quotes', async () => {
    await using world = await foreignRig();
    const { rig } = world;
    const own = `exec node "${join(repositoryRoot, 'bin/sage')}" "$@"`;
    const plugin = await pluginWith(rig, own, 'a plugin');
    const typed = (line: string) => claude(rig, '-p', '--plugin-dir', plugin, line);
    expect((await withPlugin(rig, '/validate')).stdout).toContain('schema');
    expect((await typed('/stream --dry-run')).stdout).toMatch(/^1 ticket to run/);
    expect((await typed('/stream --auto')).stdout).toContain('1 landed');
    expect(existsSync(join(rig.checkout, 'harm'))).toBe(false);
  });
});
