import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { leaksBelow, partIn, partsOf } from '../rig/leaks.js';
import { Rig } from '../rig/rig.js';

const KEY = 'Zq7Lw9+vT2xKd8mNb/R4yPf6HsE1cXg5oWtA';

/** Says its key in every way that it knows; what it leaves behind is up to its ticket. */
const LEAKY = `
import { execFileSync } from 'node:child_process';
import { writeFileSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
const key = process.env.LEAKY_API_KEY;
const ticket = process.env.SAGE_TICKET;
const git = (...args) => execFileSync('git', args);
const base64 = (text) => Buffer.from(text).toString('base64');
const say = (text) => writeSync(1, text + '\\n');
say('my key is ' + key);
say('part of it: ' + key.slice(3, 20));
say('GET https://me:' + encodeURIComponent(key) + '@example.org/?key=' + key);
say('Authorization: Basic ' + base64('me:' + key) + ' ' + base64(key) + ' ' + base64('m:' + key));
say(Buffer.from(key).toString('hex'));
say(JSON.stringify({ sage: 'waiting', reason: 'what about ' + key + '?' }));
say(JSON.stringify({ sage: 'rate-limited', message: 'invalid \\u001b[31m' + key.slice(0, 5) + '\\u001b[m' + key.slice(5) }));
writeSync(1, 'split: ' + key.slice(0, 13));
await pause(20);
writeSync(1, key.slice(13, 17));
await pause(20);
writeSync(1, key.slice(17) + '\\n');
process.stdout.write('x'.repeat(100_000) + key + 'x'.repeat(100_000) + '\\n');
process.stderr.write('Error: 401 invalid x-api-key: ' + key + '\\n');
writeFileSync(ticket + '.txt', ticket + '\\n');
if (ticket === 'HOLDS') writeFileSync('key.txt', 'KEY=' + key + '\\n');
if (ticket === 'ENCODED') writeFileSync('auth.txt', base64('me:' + key) + '\\n');
if (ticket === 'NAMED') writeFileSync('k' + key.replaceAll('/', '_') + key.split('/')[0], key);
if (ticket === 'SAYS') {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'done with ' + key);
}
if (ticket === 'ERRS') throw new Error('cannot call the model with ' + key);
`;

/** Texts of which none may be in what is written. */
const PARTS = partsOf(KEY);

/** What an agent's own git writes in its lane's corner of the depot. */
const AGENTS_OWN = /\/depot\.git\/worktrees\/lane-\d+\/(COMMIT_EDITMSG|logs\/HEAD)$/;

/** Files of the checkout that hold a part of the key. */
const leaks = (rig: Rig) =>
  leaksBelow(rig.checkout, PARTS).filter((file) => !AGENTS_OWN.test(file));

async function leakyProject(keys: Readonly<Record<string, unknown>>, tickets: readonly string[]) {
  const rig = await Rig.create({ branch: 'work' });
  const script = join(rig.places.root, 'leaky.mjs');
  writeFileSync(script, LEAKY);
  await rig.program('leaky', `exec node ${script}`);
  const leaky = { kind: 'command', command: ['leaky'], environment: ['LEAKY_API_KEY'] };
  await rig.config({ agent: 'leaky', agents: { leaky }, ...keys });
  await rig.tickets(tickets.map((id) => ({ id })));
  return rig;
}

/** Runs to the end and expects no part of the key in anything that was written. */
async function expectNoLeak(rig: Rig, ...flags: readonly string[]) {
  const env = { LEAKY_API_KEY: KEY };
  const end = await rig.startWith({ env }, 'stream', '--auto', ...flags).wait();
  expect([partIn(end.stdout, PARTS), partIn(end.stderr, PARTS)]).toEqual([undefined, undefined]);
  expect(leaks(rig)).toEqual([]);
  expect(
    partIn(await rig.git('log', '--all', '--patch', '--text', '--format=fuller'), PARTS),
  ).toBeUndefined();
  return end;
}

/** How the harvest of each ticket failed. */
const failures = (rig: Rig) =>
  new Map(
    rig
      .journal()
      .flatMap((event) => (event.type === 'work.harvested' && event.failure ? [event] : []))
      .map(({ attempt, failure }) => [attempt.split('#')[0], failure] as const),
  );

describe('an agent that says its key in every way', () => {
  test('003-7.1 003-11.5 no part of it is in any byte that is written, and its work lands', async () => {
    await using rig = await leakyProject(
      { verify: ['echo "$LEAKY_API_KEY"; printenv | base64; printenv LEAKY_API_KEY >&2'] },
      ['A', 'ERRS'],
    );
    const { code } = await expectNoLeak(rig, '--json');
    expect(code).toBe(1);
    expect(rig.states()).toMatchObject({ A: 'COMPLETED', ERRS: 'DEFERRED' });
    const log = readFileSync(logOf(rig, 'A'), 'utf8');
    expect(log).toContain('my key is [secret LEAKY_API_KEY]\n');
    expect(log).toContain('split: [secret LEAKY_API_KEY]\n');
  });

  test('003-7.1 003-3.5 003-1.8 of a pool, each attempt has one key, and its id stands where it said it', async () => {
    await using rig = await leakyProject({}, ['A', 'B', 'HOLDS']);
    const file = join(rig.places.root, 'keys.txt');
    writeFileSync(file, `${KEY}\n${KEY.split('').reverse().join('')}\n`, { mode: 0o600 });
    await rig.config({
      agent: 'leaky',
      agents: { leaky: { kind: 'command', command: ['leaky'] } },
      credentials: { leaky: { variable: 'LEAKY_API_KEY', from: { file } } },
    });
    await expectNoLeak(rig, '--json', '--parallel=2');
    expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED', HOLDS: 'DEFERRED' });
    const keys = rig.journal().flatMap((event) => {
      if (event.type !== 'agent.called' || event.opens?.kind !== 'agent.run') return [];
      const { ticket, credential } = event.opens;
      expect(readFileSync(logOf(rig, ticket), 'utf8')).toContain(`my key is [${credential}]\n`);
      return [credential];
    });
    expect(new Set(keys)).toEqual(new Set(['key-1', 'key-2']));
  });

  test('003-7.1 nor where people read along, side by side', async () => {
    await using rig = await leakyProject({}, ['A', 'B', 'ERRS']);
    await expectNoLeak(rig, '--parallel=3');
  });

  test('003-7.1 work that holds it is deferred and kept, and nothing of it is published', async () => {
    await using rig = await leakyProject({}, ['HOLDS', 'ENCODED', 'NAMED', 'CLEAN']);
    await expectNoLeak(rig);
    expect(rig.states()).toEqual({
      HOLDS: 'DEFERRED',
      ENCODED: 'DEFERRED',
      NAMED: 'DEFERRED',
      CLEAN: 'COMPLETED',
    });
    const told = failures(rig);
    for (const ticket of ['HOLDS', 'ENCODED', 'NAMED']) {
      expect(told.get(ticket)).toMatchObject({
        code: 'land/secret-in-work',
        message: expect.stringContaining('refs/sage/kept/') as unknown,
      });
    }
    expect(await rig.filesOf('HEAD')).toEqual(['CLEAN.txt', 'README.md']);
  });

  test('003-7.1 a commit whose message says it does not land as it is, but its changes do', async () => {
    await using rig = await leakyProject({ land: { commits: 'keep' } }, ['SAYS']);
    await expectNoLeak(rig);
    expect(rig.states()).toEqual({ SAYS: 'COMPLETED' });
    expect(await rig.filesOf('HEAD')).toEqual(['README.md', 'SAYS.txt']);
  });
});

function logOf(rig: Rig, ticket: string): string {
  const end = rig
    .journal()
    .find((event) => event.type === 'agent.finished' && event.attempt === `${ticket}#1`);
  if (end?.type !== 'agent.finished') throw new Error(`the agent of ${ticket} did not end`);
  const [run = ''] = readdirSync(join(rig.gitDir, 'sage/runs'));
  return join(rig.gitDir, 'sage/runs', run, end.outcome.log);
}
