import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { limitMarking } from '../../lib/process/limit-mark.js';
import { Rig } from '../rig/rig.js';

test('002-7.1 tickets in hand when a run is killed go on in their lanes with the next start, and nothing is blocked by them', async () => {
  await using rig = await Rig.create({ branch: 'work' });
  await rig.tickets([{ id: 'A' }, { id: 'B', dependencies: ['A'] }]);
  await rig.config();
  const killed = rig.start('stream', '--auto');
  const call = await rig.agent.for('A');
  await call.do({ write: { 'half.txt': 'half\n' } });
  await rig.event('tickets.projected');
  // While it runs, a look says who has the ticket.
  const during = await rig.run('stream', '--dry-run');
  expect(during.stdout).toMatch(/A is IN_PROGRESS by run \S+, which is going on/);
  killed.signal('SIGKILL');
  await killed.wait();
  const preview = await rig.run('stream', '--dry-run');
  expect(preview.stdout.replace(/\s+/g, ' ')).toMatch(
    /A is IN_PROGRESS by run \S+, which was interrupted: the next `sage stream --auto` goes on with it first/,
  );
  expect(preview.stdout).not.toContain('UNPROCESSED');
  const explained = await rig.run('stream', '--explain', 'B');
  expect(explained.stdout.replace(/\s+/g, ' ')).toMatch(
    /A lands in run \S+, which was interrupted/,
  );

  await rig.script({ '*': [{ write: { '{ticket}.txt': 'done\n' } }] });
  const { code, summary } = await rig.stream();
  expect(code).toBe(0);
  expect(summary.landed.map(({ id }) => id)).toEqual(['A', 'B']);
  expect(summary.landed[0]).toMatchObject({ id: 'A', attempts: 1 });
  // What was done by then is part of what landed; an agent without sessions is told all of it again.
  expect(await rig.git('ls-files', 'half.txt')).toBe('half.txt');
  const again = rig.calls().findLast(({ ticket }) => ticket === 'A');
  expect(again?.prompt).toContain('Ticket: A');
  expect(again?.prompt).toContain('You were interrupted');
  expect(rig.states()).toEqual({ A: 'COMPLETED', B: 'COMPLETED' });
});

test('what survives a run that was killed together with its warden is ended before the next start does anything', async () => {
  await using rig = await Rig.create({ branch: 'work' });
  await rig.tickets([{ id: 'A' }]);
  await rig.config();
  const killed = rig.start('stream', '--auto');
  const call = await rig.agent.for('A');
  const children = [await call.fork(), await call.fork({ clearEnvironment: true })];
  const lost = await call.fork({ clearEnvironment: true, loseParent: true });
  const wardens = rig.processes().filter(({ command }) => command.includes('warden'));
  expect(wardens).toHaveLength(1);
  // Stopped first, so that it starts no other one.
  killed.signal('SIGSTOP');
  process.kill(wardens[0]!.pid, 'SIGKILL');
  killed.signal('SIGKILL');
  await killed.wait();
  const left = () => rig.processes().map(({ pid }) => pid);
  expect(left()).toEqual(expect.arrayContaining([...children, lost, call.hello.pid]));

  const next = rig.start('stream', '--auto');
  const again = await rig.agent.for('A');
  const canMark = (await limitMarking()) !== undefined;
  expect([...children, call.hello.pid].filter((pid) => left().includes(pid))).toEqual([]);
  expect(left().includes(lost)).toBe(!canMark);
  if (!canMark) process.kill(lost, 'SIGKILL');
  await again.succeed({ 'a.txt': 'a\n' });
  expect((await next.wait()).code).toBe(0);
});

test('002-7.4 a lock that a killed git left in the depot while the run goes on costs one more try, and is gone at the end', async () => {
  await using rig = await Rig.create({ branch: 'work' });
  await rig.tickets([{ id: 'A' }]);
  await rig.config();
  const run = rig.start('stream', '--auto', '--json');
  const call = await rig.agent.for('A');
  const depot = join(rig.gitDir, 'sage/depot.git');
  const [started] = rig.journal();
  const name = started?.type === 'run.planned' ? started.run : '';
  // What `git update-ref` leaves that is killed while it gives the first candidate its name.
  mkdirSync(join(depot, 'refs/sage/candidate', name), { recursive: true });
  writeFileSync(join(depot, 'refs/sage/candidate', name, '1.lock'), '');
  await call.succeed({ 'a.txt': 'a\n' });
  expect((await run.wait()).code).toBe(0);
  const bounced = rig.journal().flatMap((event) => (event.type === 'landing.bounced' ? event : []));
  expect(bounced.map(({ failure }) => failure?.message)).toEqual([
    expect.stringMatching(/1\.lock.*File exists/s),
  ]);
  const left = readdirSync(depot, { recursive: true, encoding: 'utf8' });
  expect(left.filter((file) => file.endsWith('.lock'))).toEqual([]);
});
