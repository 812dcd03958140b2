import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionList } from '../../lib/model/session-schema.js';
import { halvesOf, leaksBelow, objectsOf, partIn } from '../rig/leaks.js';
import type { Rig } from '../rig/rig.js';
import { readStreamEnd, type StreamEnd } from '../rig/stream-end.js';
import { expectTrueCosts } from './mixed-costs.js';
import { CLIS, mixedAgents, mixedRig, pools, type Cli, type Models } from './mixed-rig.js';
import { SILENCE_MINUTES, STORY, VERIFY, type Fate } from './mixed-story.js';
import { outcomesOf } from './told.js';

const LIMIT_MS = 300_000;

const KEYS = {
  claude: ['sk-ant-Zq7Lw9vT2xKd8mNbR4yPf6HsE1c', 'sk-ant-Ur3Gh5JkQ0pWz8XtVn2LbY7dMs4'],
  codex: ['sk-proj-Aa1Bb2Cc3Dd4Ee5Ff6Gg7Hh8Ii9', 'sk-proj-Mm1Nn2Oo3Pp4Qq5Rr6Ss7Tt8Uu9'],
  gemini: ['AIzaSyD4f7Hj2Kl9Qw3Er6Ty1Ui8Op5As0', 'AIzaSyZ1x4Cv7Bn2Mq5We8Rt3Yu6Io9Pa0'],
  opencode: ['mh-7f3a9c1e5b8d2046af91c37e', 'mh-0b6e2d8f4a1c7395de60b82f'],
} as const satisfies Record<Cli, readonly string[]>;

const TICKETS = Object.keys(STORY);
const idsOf = (isOne: (fate: Fate) => boolean) => TICKETS.filter((id) => isOne(STORY[id]!)).sort();
const LANDED = idsOf(({ end }) => end === 'landed');

describe('a run with four real CLIs', () => {
  test(
    '003-7.1 003-7.10 001-4.8 002-10.2 of twenty tickets, with two keys each, limits, an overload, a stall, a hang and crashes: each ends as it must',
    async () => {
      await using world = await mixedRig((asked) => STORY[asked.ticket]!.act(asked));
      const { rig, model: models } = world;
      await rig.config({
        agent: 'claude',
        agents: mixedAgents,
        credentials: await pools(rig, KEYS),
        limits: { silenceMinutes: SILENCE_MINUTES },
        verify: [VERIFY],
      });
      await rig.tickets(TICKETS.map((id) => ({ id, agent: STORY[id]!.cli, ...STORY[id]!.fields })));
      const flags = ['stream', '--auto', '--json', '--parallel=4'];
      const end = readStreamEnd(await rig.start(...flags).wait(LIMIT_MS));

      await expectEnds(rig, end);
      expectOneKeyAfterTheOther(rig, models);
      await expectTrueCosts(
        rig,
        models,
        idsOf(({ isUntold }) => isUntold === true),
      );
      await expectSessions(rig);
      await expectNothingLeft(rig);
      await expectNoSecret(rig, end);
    },
    LIMIT_MS,
  );
});

/** Each ticket landed once, or was deferred for what really happened; summary, index and branch say the same. */
async function expectEnds(rig: Rig, { summary, code }: StreamEnd): Promise<void> {
  const told = Object.fromEntries([
    ...summary.landed.map(({ id }) => [id, 'landed'] as const),
    ...summary.deferred.map(({ id, code: why, reason }) => [id, { code: why, reason }] as const),
  ]);
  const expected = Object.entries(STORY).map(([id, { end }]) => [
    id,
    end === 'landed' ? end : { code: end.code, reason: expect.stringMatching(end.reason) },
  ]);
  expect(told).toEqual(Object.fromEntries(expected));
  expect({ code, pending: summary.pending, blocked: summary.blocked }).toEqual({
    ...{ code: 1, pending: [], blocked: [] },
  });
  for (const [id, { state, defer_reason: why }] of Object.entries(rig.index())) {
    const { end } = STORY[id]!;
    expect([id, state]).toEqual([id, end === 'landed' ? 'COMPLETED' : 'DEFERRED']);
    if (end !== 'landed') expect(why).toMatch(end.reason);
  }
  const files = LANDED.map((id) => `${id}.txt`);
  expect(await rig.filesOf('work')).toEqual([...files, 'README.md'].sort());
  const landings = rig.journal().filter((event) => event.type === 'landing.landed');
  expect(landings.map(({ ticket }) => ticket as string).sort()).toEqual(LANDED);
}

/** Who met a limit has gone on in its lane and session with the other key; the first one was left alone meanwhile. */
function expectOneKeyAfterTheOther(rig: Rig, models: Models): void {
  const events = rig.journal();
  const calls = events.flatMap((event) =>
    event.type === 'agent.called' && event.opens?.kind === 'agent.run'
      ? [{ ...event.opens, at: event.at }]
      : [],
  );
  for (const id of TICKETS.filter((name) => name.endsWith('-LIMIT'))) {
    const { cli } = STORY[id]!;
    const [first, second] = calls.filter(({ ticket }) => ticket === id);
    expect([second?.lane, second?.attempt]).toEqual([first?.lane, first?.attempt]);
    expect(new Set([first?.credential, second?.credential])).toEqual(new Set(['key-1', 'key-2']));
    expect(new Set(outcomesOf(rig, id).map(({ sessionId }) => sessionId)).size).toBe(1);
    const rest = events.find((event) => event.type === 'credential.cooled' && event.agent === cli);
    if (rest?.type !== 'credential.cooled') throw new Error(`no key of ${cli} was laid to rest`);
    expect(rest.credential).toBe(first?.credential);
    expect(rest.failure?.code).toBe('agent/rate-limited');
    const meanwhile = calls.filter(
      ({ ticket, credential, at }) =>
        STORY[ticket]!.cli === cli &&
        credential === rest.credential &&
        at > rest.at &&
        at < rest.until,
    );
    expect(meanwhile).toEqual([]);
    // Its requests came with one key, then with the other.
    const keys = models.asked.filter(({ ticket }) => ticket === id).map(({ key }) => key);
    const changes = keys.filter((key, index) => key !== keys[index - 1]);
    expect([changes.length, new Set(changes)]).toEqual([2, new Set(KEYS[cli])]);
  }
}

async function expectSessions(rig: Rig): Promise<void> {
  const { stdout } = await rig.run('sessions', '--json');
  const sessions = [...(JSON.parse(stdout) as SessionList).sessions].reverse();
  expect(sessions.map(({ session }) => session)).toEqual(sessions.map((_, index) => index + 1));
  expect(sessions.every(({ ended }) => ended !== undefined)).toBe(true);
  for (const [id, { sessions: expected = ['completed'] }] of Object.entries(STORY)) {
    const states = sessions.filter(({ ticket }) => ticket === id).map(({ state }) => state);
    expect([id, states]).toEqual([id, expected]);
  }
}

/** No process; no worktree in the user's repository, and no more lanes kept for the next run than there were slots. */
async function expectNothingLeft(rig: Rig): Promise<void> {
  expect(rig.processes()).toEqual([]);
  const worktrees = async (...where: readonly string[]) =>
    (await rig.git(...where, 'worktree', 'list', '--porcelain')).match(/^worktree .*$/gm) ?? [];
  expect(await worktrees()).toEqual([`worktree ${rig.checkout}`]);
  const lanes = await worktrees('--git-dir', join(rig.gitDir, 'sage/depot.git'));
  expect(lanes.filter((lane) => /\/lane-\d+$/.test(lane))).toHaveLength(4);
}

/** Each CLI was made to say its key; no half of any key is in a byte that the run wrote, or made git write. */
async function expectNoSecret(rig: Rig, { stdout, stderr, summary }: StreamEnd): Promise<void> {
  const parts = CLIS.flatMap((cli) => KEYS[cli]).flatMap(halvesOf);
  const told = [stdout, stderr];
  for (const args of [['status', '--json'], ['sessions', '--json'], ['costs'], ['config']]) {
    const { stdout: one, stderr: other } = await rig.run(...args);
    told.push(one, other);
  }
  expect(told.map((text) => partIn(text, parts))).toEqual(told.map(() => undefined));
  expect(leaksBelow(rig.checkout, parts)).toEqual([]);
  expect(leaksBelow(rig.env['XDG_STATE_HOME']!, parts)).toEqual([]);
  for (const gitDir of ['', 'sage/depot.git', 'sage/vault.git'].map((name) =>
    join(rig.gitDir, name),
  )) {
    expect(partIn(objectsOf(gitDir, rig.env), parts)).toBeUndefined();
  }
  for (const id of TICKETS.filter((name) => name.endsWith('-SAYS'))) {
    const log = join(rig.gitDir, 'sage/runs', summary.run, outcomesOf(rig, id)[0]!.log);
    expect(readFileSync(log, 'utf8')).toMatch(/\[key-[12]\]/);
  }
}
