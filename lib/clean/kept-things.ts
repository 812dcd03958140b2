import { listKeptWork } from '../git/kept-work.js';
import { vaultOf } from '../git/vault.js';
import type { KeptThing } from '../model/cleaning-schema.js';
import { safeName } from '../model/ids.js';
import { readSummaries } from '../run/list-kept.js';
import type { LaneStanding } from './lane-leftovers.js';
import type { Group } from './leftover.js';
import type { RunStanding } from './prove-runs.js';
import { isLanded, ownerOf, type Belongings } from './run-leftovers.js';

/** What stays, why, and what to do about it: work of tickets that did not land first. */
export async function keptThings(
  all: Belongings,
  standings: readonly RunStanding[],
  lanes: readonly LaneStanding[],
  chosen: readonly Group[],
  held: ReadonlySet<string>,
): Promise<readonly KeptThing[]> {
  const going = new Set(chosen.flatMap(({ items }) => items.map(({ name }) => name)));
  const young = (folder: string) =>
    held.has(folder)
      ? `it is one of the newest ${held.size} run(s) (retention.logs.runs)`
      : 'it is not old enough';
  const runs = standings
    .filter(({ directory }) => !chosen.some(({ mark }) => mark?.folder === directory.path))
    .map(({ directory, open, proof }): KeptThing => ({
      name: directory.path,
      bytes: all.usage(directory.path),
      why: open?.why ?? (proof ? young(directory.path) : ''),
      ...(open?.command === undefined ? {} : { command: open.command }),
    }));
  const idle = lanes
    .filter(({ path }) => !going.has(path))
    .map(({ path, bytes, inTheWay }) => ({
      ...{ name: path, bytes },
      why: inTheWay ?? 'it was used lately',
    }));
  return [...(await unlanded(all)), ...strays(all, going), ...runs, ...idle];
}

/** Kept work of tickets of which no branch of the user's holds a landing. */
async function unlanded(all: Belongings): Promise<readonly KeptThing[]> {
  const { depot, repository } = all;
  const listed = depot ? await listKeptWork(depot) : undefined;
  if (!depot || !listed?.ok) return [];
  const ids = new Map<string, string>(
    (await readSummaries(repository.commonDir)).map(({ id }) => [safeName(id), id]),
  );
  const names = new Set(
    listed.value.filter(({ ref }) => !isLanded(all, ref)).map(({ ticketName }) => ticketName),
  );
  const things: KeptThing[] = [];
  for (const name of names) {
    const refs = all.vaultRefs.filter((ref) => ownerOf(ref.name)?.ticket === name);
    const ticket = ids.get(name) ?? name;
    things.push({
      name: ticket,
      bytes: await objectsOf(
        all,
        refs.map(({ oid }) => oid),
      ),
      why: 'it did not land; its work is kept until it does',
      command: `sage rescue ${ticket}`,
    });
  }
  return things;
}

/** Bytes of the objects that nothing lent holds. */
async function objectsOf({ depot, repository }: Belongings, oids: readonly string[]) {
  if (!depot) return 0;
  const { git, root } = repository;
  const held = await git(['for-each-ref', '--format=^%(objectname)', 'refs/sage/base/'], {
    cwd: root,
  });
  const bounds = held.ok ? held.value.stdout : '';
  const args = ['rev-list', '--objects', '--disk-usage', '--ignore-missing', '--stdin'];
  const answer = await git(args, {
    cwd: vaultOf(depot),
    input: `${[...oids, bounds].join('\n')}\n`,
  });
  return answer.ok ? Number(answer.value.stdout) || 0 : 0;
}

/** What agents put in a place of ours, stashed, or left under names that no attempt has. */
function strays(all: Belongings, going: ReadonlySet<string>): readonly KeptThing[] {
  return all.vaultRefs
    .filter(({ name }) => name.startsWith('refs/sage/aside/') && !going.has(name))
    .map(({ name }) => ({
      name,
      bytes: 0,
      why: 'an agent left it beside its work',
      command: `sage rescue ${name}`,
    }));
}
