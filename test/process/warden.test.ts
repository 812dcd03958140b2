import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { limitMarking } from '../../lib/process/limit-mark.js';
import { startWarden, type Warden } from '../../lib/process/warden.js';
import { findMarked, sweepMarker } from '../../lib/process/sweep.js';
import { Hostile, isRunning, until } from './hostile.js';

const entry = fileURLToPath(new URL('../../lib/process/warden-main.js', import.meta.url));
const library = new URL('../../lib/process/', import.meta.url).href;

let hostile: Hostile;
let warden: Warden | undefined;
let orchestrator: ChildProcess | undefined;
beforeEach(() => {
  hostile = new Hostile();
});
afterEach(async () => {
  orchestrator?.kill('SIGKILL');
  await warden?.[Symbol.asyncDispose]();
  warden = undefined;
  await hostile.clean();
});

const env = () => ({ PATH: process.env['PATH'] ?? '', SAGE_MARKER: `${hostile.marker}/T-0/1` });
const start = () =>
  (warden = startWarden({ marker: hostile.marker, entry, node: process.execPath, env: env() }));

/** What runs for ever, and by what means it tries to get away. */
const ESCAPES = `
  sh "$D/stubborn.sh" "$D" &
  setsid sh "$D/stubborn.sh" "$D" &
  sh -c 'setsid sh "$D/stubborn.sh" "$D" &'
  env -i setsid sh "$D/stubborn.sh" "$D" &
  sh -c 'env -i setsid sh "$D/lost.sh" "$D" &'
  sh "$D/stubborn.sh" "$D"`;
const STUBBORN = `trap '' TERM INT HUP; echo $$ >> "$1/pids"; while :; do sleep 0.1; done`;

/** A program of its own that runs two agents under a warden, to be killed. */
function orchestrate(): ChildProcess {
  for (const name of ['stubborn.sh', 'lost.sh']) hostile.write(name, STUBBORN);
  const script = hostile.write(
    'orchestrator.mjs',
    `import { createRunProcess } from '${library}run-process.js';
     import { startWarden } from '${library}warden.js';
     const warden = startWarden(${JSON.stringify({ marker: hostile.marker, entry, node: process.execPath, env: env() })});
     const clock = { now: () => Date.now(), monotonic: () => performance.now() };
     const run = createRunProcess({ clock, warden });
     console.log(warden.pid);
     for (const ticket of ['T-1', 'T-2']) {
       run({
         file: 'sh', args: ['-c', ${JSON.stringify(ESCAPES)}], cwd: ${JSON.stringify(hostile.folder)},
         env: { PATH: process.env.PATH, D: ${JSON.stringify(hostile.folder)} },
         log: ${JSON.stringify(hostile.folder)} + '/' + ticket + '.log', marker: ${JSON.stringify(hostile.marker)} + '/' + ticket + '/1',
       });
     }`,
  );
  orchestrator = spawn(process.execPath, [script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return orchestrator;
}

describe('the orchestrator is killed', () => {
  /** Starts it; its warden, and what its programs started: all alive. */
  async function alive(): Promise<{ wardenPid: number; pids: number[] }> {
    const [line] = (await once(orchestrate().stdout!, 'data')) as [Buffer];
    const pids = await hostile.pids(12);
    expect(pids.filter(isRunning)).toHaveLength(12);
    return { wardenPid: Number(line.toString()), pids };
  }

  /** Those without environment, session and parent are found by their limit, where that works. */
  async function lostOf(pids: readonly number[]): Promise<readonly number[]> {
    if ((await limitMarking()) !== undefined) return [];
    return pids.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('lost.sh'));
  }

  test.each([
    ['002-7.1 nothing of its programs survives two seconds, and the warden goes, too', 1],
    ['nothing survives when its whole process group is killed', -1],
  ])('%s', async (_, sign) => {
    const { wardenPid, pids } = await alive();
    const lost = await lostOf(pids);
    const killedAt = performance.now();
    process.kill(sign * orchestrator!.pid!, 'SIGKILL');
    await until(() => pids.filter(isRunning).length === lost.length, 'the end of its programs');
    expect(performance.now() - killedAt).toBeLessThan(2_000 + 1_000 * slowness());
    await until(() => !isRunning(wardenPid), 'the end of the warden');
    expect(await findMarked(hostile.marker)).toEqual([]);
  });

  test('nothing survives when its warden was killed before', async () => {
    const { wardenPid, pids } = await alive();
    const lost = await lostOf(pids);
    process.kill(wardenPid, 'SIGKILL');
    const next = () => wardens(hostile.marker).filter((pid) => pid !== wardenPid);
    await until(() => next().length === 1, 'a new warden');
    orchestrator!.kill('SIGKILL');
    await until(() => pids.filter(isRunning).length === lost.length, 'the end of its programs');
    await until(() => wardens(hostile.marker).length === 0, 'the end of the warden');
  });

  test('what survives when its warden is killed with it is ended by a sweep', async () => {
    const { wardenPid, pids } = await alive();
    const lost = await lostOf(pids);
    orchestrator!.kill('SIGSTOP');
    process.kill(wardenPid, 'SIGKILL');
    orchestrator!.kill('SIGKILL');
    await until(() => !isRunning(orchestrator!.pid!), 'the end of the orchestrator');
    expect(pids.filter(isRunning)).toHaveLength(12);
    expect((await sweepMarker(hostile.marker, 0)).survivors).toEqual([]);
    expect(pids.filter(isRunning)).toEqual(lost);
    expect(wardens(hostile.marker)).toEqual([]);
  });

  test('the warden of another run ends nothing of this one', async () => {
    const other = startWarden({
      marker: `${hostile.marker}0`,
      entry,
      node: process.execPath,
      env: env(),
    });
    start();
    const sleeper = spawn('sleep', ['100'], { detached: true, env: env(), stdio: 'ignore' });
    const exits = once(sleeper, 'exit');
    process.kill(other.pid!, 'SIGKILL');
    await other[Symbol.asyncDispose]();
    expect(isRunning(sleeper.pid!)).toBe(true);
    sleeper.kill('SIGKILL');
    await exits;
  });
});

describe('the orchestrator lives', () => {
  test('a goodbye ends the warden and nothing else', async () => {
    const { pid } = start();
    const sleeper = spawn('sleep', ['100'], { detached: true, env: env(), stdio: 'ignore' });
    const exits = once(sleeper, 'exit');
    warden!.register({ pid: sleeper.pid!, started: 'whenever' });
    await warden![Symbol.asyncDispose]();
    expect(isRunning(pid!)).toBe(false);
    expect(isRunning(sleeper.pid!)).toBe(true);
    sleeper.kill('SIGKILL');
    await exits;
  });

  test('a warden that dies is started again', async () => {
    const { pid } = start();
    process.kill(pid!, 'SIGKILL');
    await until(() => warden!.pid !== undefined && warden!.pid !== pid, 'a new warden');
    expect(isRunning(warden!.pid!)).toBe(true);
  });

  test('a warden that cannot be started now is started later', async () => {
    const node = `${hostile.folder}/node`;
    warden = startWarden({ marker: hostile.marker, entry, node, env: env() });
    warden.register({ pid: 1, started: 'whenever' });
    await until(() => warden!.pid === undefined, 'the first failure');
    symlinkSync(process.execPath, node);
    await until(() => wardens(hostile.marker).length === 1, 'a warden');
    expect(wardens(hostile.marker)).toEqual([warden.pid]);
  });

  test('a system that refuses to start one is no error', async () => {
    // Too long for it, which spawn throws.
    const tooLong = { ...env(), LONG: 'x'.repeat(200_000) };
    warden = startWarden({ marker: hostile.marker, entry, node: process.execPath, env: tooLong });
    expect(warden.pid).toBeUndefined();
    await warden[Symbol.asyncDispose]();
    expect(wardens(hostile.marker)).toEqual([]);
  });

  test('the warden carries no marker and leads a session of its own', async () => {
    const { pid } = start();
    await until(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('warden'), 'its exec');
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('SAGE_MARKER');
    expect((await findMarked(hostile.marker)).map((entry) => entry.pid)).not.toContain(pid);
    const [, , , session] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    expect(Number(session)).toBe(pid);
  });
});

/** The living wardens of a marker. */
function wardens(marker: string): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes('warden-main') && line.split(/\s+/).includes(marker))
    .filter((line) => !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

/** More than one runnable task per processor: the load of the last minute over two. */
function slowness(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]) / 2;
}
