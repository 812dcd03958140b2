import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Depot, Identity } from '../git/places.js';
import type { Effect } from '../model/effect.js';
import { oid } from '../model/ids.js';
import { safeName } from '../model/ids.js';

export function thinPrepare(depot: Depot, root: string) {
  let mutex: Promise<unknown> = Promise.resolve();
  return async (lane: string, base: string) => {
    const path = join(root, lane);
    const turn = mutex.then(async () => {
      if (!(await stat(join(path, '.git')).catch(() => undefined))) {
        await mkdir(root, { recursive: true });
        const a = await depot.git(['worktree', 'add', '--detach', '--no-checkout', path, base], {
          cwd: depot.path,
        });
        if (!a.ok) throw new Error(a.failure.message);
      }
    });
    mutex = turn.catch(() => undefined);
    await turn;
    const c = await depot.git(['checkout', '-f', '-q', '--detach', base], { cwd: path });
    if (!c.ok) throw new Error(c.failure.message);
    await depot.git(['clean', '-ffdq'], { cwd: path });
    return path;
  };
}

export const thinLanePrepare = (
  prepare: (lane: string, base: string) => Promise<string>,
): Effect<'lane.prepare'> => {
  const perform: Effect<'lane.prepare'>['perform'] = async (intent) => {
    await prepare(intent.lane, intent.base);
    return [
      {
        type: 'lane.prepared',
        lane: intent.lane,
        attempt: intent.attempt,
        ms: 1,
        setupMs: 0,
        wasNew: false,
        closes: intent.key,
      },
    ];
  };
  return { perform, reconcile: perform };
};

export const thinHarvest = (
  depot: Depot,
  root: string,
  identity: Identity,
  run: string,
): Effect<'work.harvest'> => {
  const perform: Effect<'work.harvest'>['perform'] = async (intent) => {
    const cwd = join(root, intent.lane);
    const git = async (...args: string[]) => {
      const a = await depot.git(args, {
        cwd,
        env: {
          GIT_AUTHOR_NAME: identity.name,
          GIT_AUTHOR_EMAIL: identity.email,
          GIT_COMMITTER_NAME: identity.name,
          GIT_COMMITTER_EMAIL: identity.email,
        },
      });
      if (!a.ok) throw new Error(a.failure.message);
      return a.value.stdout;
    };
    await git('add', '-A');
    const tree = await git('write-tree');
    const baseTree = await git('rev-parse', `${intent.base}^{tree}`);
    const kept = `refs/sage/kept/${run}/${safeName(intent.ticket)}/${intent.attempt.split('#').pop() ?? ''}`;
    if (tree === baseTree)
      return [
        {
          type: 'work.harvested',
          attempt: intent.attempt,
          harvest: {
            commits: [],
            base: intent.base,
            files: [],
            filesTotal: 0,
            hadLeftovers: false,
            droppedTicketEdits: [],
            kept,
            notes: [],
          },
          closes: intent.key,
        },
      ];
    const work = oid(await git('commit-tree', tree, '-p', intent.base, '-m', 'work'));
    await git('update-ref', kept, work);
    const files = (await git('diff', '--name-only', intent.base, work)).split('\n');
    return [
      {
        type: 'work.harvested',
        attempt: intent.attempt,
        harvest: {
          work,
          commits: [],
          base: intent.base,
          files,
          filesTotal: files.length,
          hadLeftovers: true,
          droppedTicketEdits: [],
          kept,
          notes: [],
        },
        closes: intent.key,
      },
    ];
  };
  return { perform, reconcile: perform };
};
