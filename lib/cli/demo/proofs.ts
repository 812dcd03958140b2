import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { checkCalls } from './check-calls.js';
import { isOver, tellRun, type Told } from './chaos-run.js';
import { leftBehind } from './left-behind.js';
import { proof, type Proof } from './proof.js';
import { astray, git, PLANTED_FAILURE, type Stage } from './stage.js';

/** Where the witnesses of a chaos lie. */
export interface Witnesses {
  /** The folder for temporary files of everything that ran. */
  readonly temporary: string;
  /** What the agents wrote down themselves of each call, a JSON line each. */
  readonly calls: string;
}

/** Looks at what the run left, in git, in its journal and on the machine. */
export async function prove(
  context: Context,
  stage: Stage,
  { temporary, calls }: Witnesses,
): Promise<readonly Proof[]> {
  const told = await tellRun(stage);
  return [
    proof(
      'the run came to its end',
      told?.damage ? [told.damage] : isOver(told) ? [] : ['its journal has no end'],
    ),
    await sameTree(context, stage),
    proof(
      `every ticket is COMPLETED but ${PLANTED_FAILURE}, which is DEFERRED, as planned`,
      await astray(stage.repository),
    ),
    await landedOnce(context, stage, told),
    await checkCalls(told?.events ?? [], calls),
    proof('the checkout is on its branch and clean', await touched(context, stage)),
    proof('no process, lock or temporary file is left', await leftBehind(stage, temporary, told)),
    await verified(stage),
  ];
}

/** The program's files, without what the run writes into the tickets: that holds the time of day. */
async function treeOf(context: Context, repository: string): Promise<string> {
  const entries = await git(context, repository, ['ls-tree', 'HEAD']);
  const program = entries.split('\n').filter((line) => line !== '' && !line.endsWith('\t.sage'));
  const tree = await git(context, repository, ['mktree'], `${program.join('\n')}\n`);
  return tree.trim();
}

async function sameTree(context: Context, { home, repository }: Stage): Promise<Proof> {
  const text = await readFile(join(home, 'demo/end.json'), 'utf8');
  const { tree: wanted } = JSON.parse(text) as { readonly tree: string };
  const tree = await treeOf(context, repository);
  return proof(
    `the program is the one that an undisturbed run builds: tree ${wanted.slice(0, 12)}`,
    tree === wanted ? [] : [`it is tree ${tree.slice(0, 12)}`],
  );
}

async function landedOnce(
  context: Context,
  { repository }: Stage,
  told: Told | undefined,
): Promise<Proof> {
  const format = '--format=%(trailers:key=Land-Id,valueonly,separator=%x2C)';
  const log = await git(context, repository, ['log', format]);
  const landed = log.split(/[\n,]/).filter((id) => id !== '');
  const planned = told?.events[0]?.type === 'run.planned' ? told.events[0].tickets : [];
  const wanted = planned.map(({ id }) => id as string).filter((id) => id !== PLANTED_FAILURE);
  const faults = [...wanted, 'bookkeeping'].flatMap((id) => {
    const times = landed.filter((landId) => landId === `${told?.run ?? ''}/${id}`).length;
    return times === 1 ? [] : [`${id} landed ${times} times`];
  });
  const others = landed.length - wanted.length - 1;
  if (faults.length === 0 && others > 0) faults.push(`${others} more landings than tickets`);
  return proof(
    `${wanted.length} tickets landed, each exactly once (Land-Id trailers of textstat)`,
    wanted.length === 0 ? ['no ticket was planned'] : faults,
  );
}

async function touched(context: Context, { repository }: Stage): Promise<readonly string[]> {
  const branch = await git(context, repository, ['symbolic-ref', '--short', 'HEAD']);
  // The one file that a run adds to a checkout.
  const others = ['.', ':(exclude).sage/stream-velocity.log'];
  const changes = await git(context, repository, ['status', '--porcelain', '--', ...others]);
  return [
    ...(branch.trim() === 'textstat' ? [] : [`it is on ${branch.trim()}`]),
    ...changes.split('\n').filter((line) => line !== ''),
  ];
}

/** Asks the program itself, in a process of its own, as anybody would. */
async function verified({ home, repository, variables }: Stage): Promise<Proof> {
  const child = spawn(process.execPath, [join(home, 'bin/sage'), 'verify-run'], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...variables, NO_COLOR: '1' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const lines = said.split('\n').filter((line) => line !== '');
  const counts = lines.find((line) => line.includes('checked again'))?.trim() ?? '';
  return proof(`sage verify-run agrees: ${counts}`, code === 0 ? [] : lines);
}
