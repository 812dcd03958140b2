import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../lib/model/event.js';
import { runsOf } from '../rig/read-journal.js';
import { until } from '../rig/within.js';
import type { Rig } from '../rig/rig.js';

/** A last process may still be leaving. */
const SURVIVORS_MS = 2_000;

/**
 * What must hold after any kill, whatever the run came to; answers what does not. `isPure`: no git was killed. One that
 * was leaves its lock of a lane's index, which goes when the lane is used next.
 */
export async function disorder(rig: Rig, isPure: boolean): Promise<readonly string[]> {
  const sage = join(rig.gitDir, 'sage');
  const left = existsSync(sage)
    ? readdirSync(sage, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.lock$|\.mover$|^owner\.json$|^guest\/|(^|\/)index\.lock$/.test(name))
        // The lock of git's own configuration template is not ours; packs and objects are git's.
        .filter((name) => !name.includes('/objects/'))
        .filter((name) => isPure || !/\/worktrees\/[^/]+\/index\.lock$/.test(name))
    : [];
  const inUsers = readdirSync(rig.gitDir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.lock') && !name.startsWith('sage/'),
  );
  const events = runsOf(rig.gitDir).map((run) => rig.journal(run));
  const processes = await until(
    () => (rig.processes().length === 0 ? [] : undefined),
    SURVIVORS_MS,
    () => 'processes left',
  ).catch(() => rig.processes());
  const scratch = join(sage, 'depot.git/scratch');
  const temporary = [rig.places.tmp, scratch].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
  );
  const proof = await rig.run('verify-run');
  return [
    ...processes.map(({ pid, command }) => `process left: ${pid} ${command}`),
    ...(proof.code === 0 ? [] : [`verify-run objects: ${proof.stdout}${proof.stderr}`]),
    ...temporary.map((name) => `temporary file left: ${name}`),
    ...left.map((name) => `left: .git/sage/${name}`),
    ...inUsers.map((name) => `left: .git/${name}`),
    ...events.flatMap(payments),
    ...calls(rig),
  ];
}

/** An agent that ended by itself is not asked the same again, unless its attempt was cut off while it mended. */
function payments(events: readonly RunEvent[]): string[] {
  const attempts = new Map<string, { ticket: string; because: string; hasEnded: boolean }>();
  const paid = new Map<string, number>();
  const conflicts = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'attempt.started') {
      const { ticket, because } = event;
      attempts.set(event.attempt, { ticket, because, hasEnded: false });
    }
    if (event.type === 'landing.conflicted') {
      conflicts.set(event.ticket, (conflicts.get(event.ticket) ?? 0) + 1);
    }
    if (event.type !== 'agent.finished' || event.outcome.end.kind !== 'exited') continue;
    const attempt = attempts.get(event.attempt);
    if (attempt) paid.set(attempt.ticket, (paid.get(attempt.ticket) ?? 0) + 1);
  }
  return [...paid]
    .filter(([ticket, count]) => count > 1 + (conflicts.get(ticket) ?? 0))
    .map(([ticket, count]) => `${ticket} was paid for ${count} times`);
}

/** Each announced call starts one agent at most. */
function calls(rig: Rig): string[] {
  const announced = new Map<string, number>();
  for (const run of runsOf(rig.gitDir)) {
    for (const event of rig.journal(run)) {
      if (event.type !== 'agent.called' || event.opens?.kind !== 'agent.run') continue;
      const { ticket } = event.opens;
      announced.set(ticket, (announced.get(ticket) ?? 0) + 1);
    }
  }
  const made = new Map<string, number>();
  for (const { ticket } of rig.calls()) made.set(ticket, (made.get(ticket) ?? 0) + 1);
  return [...made]
    .filter(([ticket, count]) => count > (announced.get(ticket) ?? 0))
    .map(
      ([ticket, count]) =>
        `${ticket} was called ${count} times, announced ${announced.get(ticket) ?? 0}`,
    );
}
