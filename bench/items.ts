import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inMs, median, times, type Figure } from './figure.js';
import { createScratch, sageBin } from './scratch.js';

const ITEMS = 50;
const ROUNDS = 5;

/**
 * From the call of `sage requirements` with 50 issues to the start of the first agent, beside what it cannot do without:
 * a node that does nothing and a git that makes a worktree.
 */
export async function benchItems(): Promise<readonly Figure[]> {
  await using scratch = await createScratch(200);
  const stamp = join(scratch.root, 'first');
  await scratch.queue(
    [],
    `[ -e '${stamp}' ] || date +%s%3N > '${stamp}'
n=$(printf %03d "\${SAGE_TICKET#issue-}"); mkdir -p docs/lld; echo design > "docs/lld/LLD-$n.md"`,
  );
  await mkdir(join(scratch.checkout, '.sage/issues'), { recursive: true });
  for (let number = 1; number <= ITEMS; number += 1) {
    await writeFile(join(scratch.checkout, `.sage/issues/${number}-it.md`), `# ${number} - It\n`);
  }
  const floor: number[] = [];
  const spent: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    const worktree = join(scratch.root, `worktree-${round}`);
    await scratch.git(['worktree', 'add', '--quiet', '--detach', worktree]);
    floor.push(performance.now() - began);
    await scratch.git(['worktree', 'remove', '--force', worktree]);
    await rm(stamp, { force: true });
    const at = Date.now();
    const child = spawn(process.execPath, [sageBin, 'requirements', '--limit=1', '--quiet'], {
      cwd: scratch.checkout,
      env: scratch.env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`sage requirements ended with ${String(code)}`);
    spent.push(Number(await readFile(stamp, 'utf8')) - at);
  }
  const ms = median(spent);
  return [
    {
      what: `sage requirements, ${ITEMS} issues: to the first agent ÷ node -e 0 and git worktree add`,
      figure: `${times(ms / median(floor))} (${inMs(ms)})`,
      aim: '≤ 2 s',
    },
  ];
}
