import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { verificationSchema } from '../../lib/model/verification-schema.js';
import { validationSchema } from '../../lib/model/validation-schema.js';
import { Rig } from '../rig/rig.js';
import { readStreamEnd } from '../rig/stream-end.js';
import type { TicketDraft } from '../rig/tickets.js';

const SUITE = `
const { test, describe } = require('node:test');
const { equal } = require('node:assert');
const sums = require('../sums.js');
test('adds', () => equal(sums.adds(1, 2), 3));
describe('more', () => {
  test('takes', () => equal(sums.takes(3, 2), 1));
  test('doubles', () => equal(sums.doubles(2), 4));
});
`;
/** What the functions of sums.js do; each test above wants one of them right. */
const sums = ({ adds = 'a + b', takes = 'a - b', doubles = '2 * a' } = {}) => `
exports.adds = (a, b) =>
  ${adds};

exports.takes = (a, b) =>
  ${takes};

exports.doubles = (a) =>
  ${doubles};
`;
const VERIFY = 'node --test test';

/** A project of which the test `more › takes` fails. */
async function project(tickets: readonly TicketDraft[], verify = [VERIFY]): Promise<Rig> {
  const rig = await Rig.create({
    files: { 'test/sums.test.js': SUITE, 'sums.js': sums({ takes: 'a' }) },
  });
  await rig.tickets(tickets);
  await rig.config({ verify });
  return rig;
}

const KNOWN = 'test/sums.test.js › more › takes';

describe('a base that has failures already', () => {
  test('D5 is told with their names and accepted: only new failures reject', async () => {
    await using rig = await project([{ id: 'FINE' }, { id: 'WORSE' }, { id: 'TOO' }]);
    await rig.script({
      '*': [{ write: { '{ticket}.txt': 'x\n' } }],
      WORSE: [{ write: { 'sums.js': sums({ takes: 'a', doubles: 'a' }) } }],
    });
    const end = await rig.run('stream', '--auto');
    expect(end.code).toBe(1);
    const announced = `the base has 1 known failure in \`${VERIFY}\`: ${KNOWN}; only new ones reject`;
    expect(end.stdout).toContain(announced);
    expect(rig.states()).toEqual({ FINE: 'COMPLETED', WORSE: 'DEFERRED', TOO: 'COMPLETED' });
    // Tried again before it counted; what is known is not named as a reason.
    const told = /\[WORSE\] .*deferred.*: (.*)/.exec(end.stdout)?.[1];
    expect(told).toContain('1 new failure (test/sums.test.js › more › doubles; the base had 1');
    expect(told).not.toContain('takes');
    expect(end.stdout).toContain(`the base had 1 known failure in \`${VERIFY}\`; 1 still fail`);
    const { verdict } = await rig.event('base.checked');
    expect(verdict).toMatchObject({
      colour: 'green',
      results: [{ outcome: 'failed', exitCode: 1, known: [KNOWN] }],
    });
    const verdicts = rig
      .journal()
      .flatMap((event) =>
        event.type === 'landing.verified' ? [[event.ticket, event.verdict.colour]] : [],
      );
    expect(verdicts).toEqual([
      ['FINE', 'green'],
      ['WORSE', 'red'],
      ['TOO', 'green'],
    ]);
    // The first tries alone decide where nothing is new.
    const { directory } = await rig.event('run.planned');
    const logs = readdirSync(join(directory, 'checks'));
    expect(logs.filter((name) => name.includes('try2'))).toHaveLength(2);
    const audit = verificationSchema.parse(
      JSON.parse((await rig.run('verify-run', '--json')).stdout),
    );
    expect(audit).toMatchObject({ agrees: true, checked: { trees: 2 } });
  });

  test('a known failure that landed work mended may not come back', async () => {
    await using rig = await project([
      { id: 'MENDS' },
      { id: 'BREAKS', dependencies: ['MENDS'] },
      { id: 'LEAVES', dependencies: ['MENDS'] },
    ]);
    await rig.script({
      '*': [{ write: { '{ticket}.txt': 'x\n' } }],
      MENDS: [{ write: { 'sums.js': sums() } }],
      BREAKS: [{ write: { 'sums.js': sums({ takes: 'b' }) } }],
    });
    const { events, summary } = await rig.stream();
    expect(events.find(({ type }) => type === 'base.checked')).toMatchObject({
      colour: 'green',
      knownFailures: [{ command: VERIFY, failures: [KNOWN] }],
    });
    expect(
      events.flatMap((event) => (event.type === 'ticket.landed' ? [event.mended] : [])),
    ).toEqual([[KNOWN], undefined]);
    expect(summary.landed.map(({ id }) => id)).toEqual(['MENDS', 'LEAVES']);
    expect(summary.deferred).toMatchObject([{ id: 'BREAKS', code: 'checks/red' }]);
    expect(summary.deferred[0]?.reason).toContain(`brings back what MENDS mended (${KNOWN})`);
    expect(summary.notes).toContainEqual(
      `the base had 1 known failure in \`${VERIFY}\`; MENDS mended ${KNOWN}; none is left`,
    );
  });

  test('nor in what was verified side by side with it', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'MENDS' }, { id: 'BREAKS' }]);
    // The one that mends is green only when the one built onto it has been looked at.
    const verify = [
      'if test -e broken.txt; then echo > $HOME/seen; echo "FAIL: old"; exit 1; fi',
      'if test -e mended.txt; then cat $HOME/seen; exit 0; fi',
      'echo "FAIL: old"; exit 1',
    ].join('; ');
    await rig.config({ verify: [verify], land: { slots: 2 } });
    execFileSync('mkfifo', [join(rig.places.home, 'seen')]);
    const run = rig.start('stream', '--auto', '--parallel=2', '--json');
    const calls = [await rig.agent.next(), await rig.agent.next()];
    const [mends, breaks] = ['MENDS', 'BREAKS'].map((id) =>
      calls.find(({ ticket }) => ticket === id),
    );
    await mends?.succeed({ 'mended.txt': 'x' });
    await rig.event('landing.queued');
    await breaks?.succeed({ 'broken.txt': 'x' });
    const { summary } = readStreamEnd(await run.wait());
    expect(summary.landed.map(({ id }) => id)).toEqual(['MENDS']);
    expect(summary.deferred).toMatchObject([{ id: 'BREAKS', code: 'checks/red' }]);
    expect(summary.deferred[0]?.reason).toContain('brings back what MENDS mended (old)');
    const early = rig
      .journal()
      .find((event) => event.type === 'landing.verified' && event.ticket === 'BREAKS');
    expect(early).toMatchObject({ verdict: { colour: 'green', results: [{ known: ['old'] }] } });
  });

  test('the same failure beside a crash, another exit code or a cut output is not excused', async () => {
    await using rig = await project(
      [{ id: 'DIES' }, { id: 'CODE' }, { id: 'FINE' }],
      [
        `${VERIFY}; code=$?; test -e CODE.txt && exit 9; test -e DIES.txt && kill -9 $$; exit $code`,
      ],
    );
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const { summary } = await rig.stream();
    expect(summary.landed.map(({ id }) => id)).toEqual(['FINE']);
    expect(summary.deferred.map(({ id, reason }) => [id, reason])).toEqual([
      ['DIES', expect.stringContaining('it did not end by itself')],
      ['CODE', expect.stringContaining('on the base it ended with 1')],
    ]);
  });

  test('a flaky new failure has its retry: the base’s own are all that is left of it', async () => {
    await using rig = await project([{ id: 'FLAKY' }]);
    const mark = join(rig.places.home, 'mark').replaceAll('\\', '/');
    await rig.script({
      FLAKY: [
        {
          write: {
            'test/flaky.test.js': `require('node:test')('sometimes', () => {
              const fs = require('node:fs');
              if (fs.existsSync('${mark}')) return;
              fs.writeFileSync('${mark}', '');
              throw new Error('this once');
            });`,
          },
        },
      ],
    });
    const { summary } = await rig.stream();
    expect(summary.landed).toMatchObject([{ id: 'FLAKY', isFlaky: true }]);
  });

  test('one that fails in one of two tries of the base is not known', async () => {
    await using rig = await project(
      [{ id: 'AGAIN' }],
      [
        `${VERIFY}; code=$?; test -e ONCE && { echo "FAIL: once"; }; exit $code`,
        `test -e $HOME/tried && exit 0; touch $HOME/tried; echo "FAIL: once"; exit 1`,
      ],
    );
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    await rig.stream();
    const { verdict } = await rig.event('base.checked');
    expect(verdict?.results.map(({ outcome, flaky, known }) => [outcome, flaky, known])).toEqual([
      ['failed', false, [KNOWN]],
      ['passed', true, undefined],
    ]);
  });

  test('D5 a base whose failures have no names refuses, says why and the ways out', async () => {
    await using rig = await project([{ id: 'T-1' }], [VERIFY, 'echo broken; exit 3']);
    await rig.script({});
    const before = rig.snapshot();
    const end = await rig.run('stream', '--auto');
    expect(end.code).toBe(2);
    expect(end.stdout + end.stderr).toMatch(
      /echo broken; exit 3 fails on the base .* can be excused only by name, and no failing test/,
    );
    expect(end.stdout + end.stderr).toContain('make it green first');
    expect(rig.snapshot()).toEqual(before);
    expect(rig.calls()).toEqual([]);
  });

  test('a base that fails otherwise each time refuses', async () => {
    await using rig = await project([{ id: 'T-1' }], ['echo "FAIL: $$"; exit 1']);
    await rig.script({});
    const end = await rig.run('stream', '--auto');
    expect(end.code).toBe(2);
    expect(end.stdout + end.stderr).toContain('other failures came when it was tried again');
  });

  test('validate and the dry run say the same; the run that follows knows it', async () => {
    await using rig = await project([{ id: 'T-1' }]);
    const told = `the base has 1 known failure in \`${VERIFY}\`: ${KNOWN}; only new ones reject`;
    expect((await rig.run('stream', '--dry-run')).stdout).not.toContain('known failure');
    const first = await rig.run('validate', '--check=base', '--json');
    const { checks, findings } = validationSchema.parse(JSON.parse(first.stdout));
    expect([first.code, findings]).toEqual([0, []]);
    expect(checks.find(({ name }) => name === 'base')?.told).toContain(told);
    expect((await rig.run('validate', '--verbose')).stdout.replace(/\s+/g, ' ')).toContain(told);
    expect((await rig.run('stream', '--dry-run')).stdout.replace(/\s+/g, ' ')).toContain(told);
    await rig.script({ '*': [{ write: { '{ticket}.txt': 'x\n' } }] });
    const { summary } = await rig.stream();
    expect(summary.landed).toHaveLength(1);
    expect((await rig.event('base.checked')).verdict?.cached).toBe(true);
  });
});

describe('verdicts that are known from before', () => {
  test('hold for the same variables and copied files only', async () => {
    await using rig = await Rig.create();
    await rig.tickets([{ id: 'T-1' }]);
    await rig.write({ '.gitignore': 'local.txt\n', 'local.txt': 'good' });
    await rig.git('add', '.gitignore');
    await rig.git('commit', '--quiet', '--message', 'ignore');
    await rig.config({
      verify: ['test "$M" != bad && grep -q good local.txt'],
      setup: { copy: ['local.txt'] },
    });
    const validate = async (env: Record<string, string>) => {
      const program = rig.startWith({ env }, 'validate', '--check=base', '--json');
      const { stdout } = await program.wait();
      return validationSchema.parse(JSON.parse(stdout)).checks.find(({ name }) => name === 'base');
    };
    expect((await validate({ M: 'good' }))?.told).toContain('green');
    // What only tells terminals apart changes nothing: it is known.
    expect((await validate({ M: 'good', TERM: 'other', COLUMNS: '7' }))?.told).toMatch(
      /green there$/,
    );
    expect((await validate({ M: 'bad' }))?.told).toContain('red');
    await rig.write({ 'local.txt': 'evil' });
    expect((await validate({ M: 'good' }))?.told).toContain('red');
    await rig.write({ 'local.txt': 'good' });
    expect((await validate({ M: 'good' }))?.told).toMatch(/green there$/);
  });
});
