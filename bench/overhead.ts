import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inMs, median, timed, times, type Figure } from './figure.js';
import { createScratch, output, type Scratch } from './scratch.js';

const TICKETS = 100;
const FILES = 2_000;
const ROUNDS = 3;
const AGENT = 'echo done > "done-$SAGE_TICKET.txt"';

/**
 * What a ticket costs whose agent does next to nothing: 100 tickets, 4 workers, checks off, from the start of the
 * program to its end ÷ 100; beside a shell script that does the same with the same git commands, one ticket after the
 * other, without a plan, a journal, or anything that survives a fault.
 */
export async function benchOverhead(): Promise<readonly Figure[]> {
  const ours: number[] = [];
  const loops: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await using scratch = await createScratch(FILES);
    const ids = Array.from({ length: TICKETS }, (_, number) => `T-${number}`);
    await scratch.queue(
      ids.map((id) => ({ id })),
      AGENT,
    );
    loops.push((await shellLoop(scratch)) / TICKETS);
    const { wallMs, summary } = await scratch.stream(['--parallel=4']);
    if (summary.landed.length !== TICKETS) throw new Error('not every ticket landed');
    ours.push(wallMs / TICKETS);
  }
  const [ms, floor] = [median(ours), median(loops)];
  const setting = `${TICKETS} no-op tickets, 4 workers, ${FILES} files`;
  return [
    { what: `${setting}: overhead per ticket`, figure: inMs(ms), aim: '≤ 60 ms' },
    {
      what: '  ÷ a shell loop of the same git commands, one by one',
      figure: `${times(ms / floor)} (${inMs(floor)})`,
      aim: '',
    },
  ];
}

/** Milliseconds. The script leaves the user's repository as it was, but for a branch. */
async function shellLoop(scratch: Scratch): Promise<number> {
  const file = join(scratch.root, 'loop.sh');
  await writeFile(file, LOOP);
  const args = [file, scratch.checkout, join(scratch.root, 'loop'), String(TICKETS)];
  const { ms } = await timed(() => output('sh', args, { cwd: scratch.root, env: scratch.env }));
  return ms;
}

const LOOP = `set -e
export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=core.fsync GIT_CONFIG_VALUE_0=committed,loose-object,reference
export GIT_CONFIG_KEY_1=gc.auto GIT_CONFIG_VALUE_1=0
depot=$2/depot.git lane=$2/lane number=0
git clone -q --shared --bare "$1" "$depot"
git -C "$depot" worktree add -q --detach "$lane" main
git -C "$depot" branch loop main
cd "$lane"
while [ "$number" -lt "$3" ]; do
  base=$(git -C "$depot" rev-parse refs/heads/loop)
  git clean -ffdq
  git checkout -q -f --detach "$base"
  git status --porcelain
  SAGE_TICKET=$number sh -c '${AGENT}'
  git add -A
  git commit -q -m "work of $number"
  work=$(git rev-parse HEAD)
  tree=$(git -C "$depot" merge-tree --write-tree "$base" "$work")
  commit=$(echo "ticket $number" | git -C "$depot" commit-tree "$tree" -p "$base")
  git -C "$depot" update-ref refs/heads/loop "$commit" "$base"
  git -C "$1" fetch -q --no-tags "$depot" refs/heads/loop:refs/heads/loop
  number=$((number + 1))
done
git -C "$1" update-ref -d refs/heads/loop
rm -rf "$2"
`;
