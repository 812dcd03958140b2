// The demo's agent: no model behind it, but it does what an agent CLI does. It reads its prompt from standard input,
// works for a while in its own worktree, prints what it is doing, commits, and tells what it cost.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as work } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { edits } from './edits.mjs';

const demo = dirname(fileURLToPath(import.meta.url));

if (process.argv.includes('--version')) {
  console.log('demo-agent 1.0.0');
} else {
  await main(process.env.SAGE_TICKET ?? '', readFileSync(0, 'utf8'));
}

async function main(ticket, prompt) {
  const ready = join(demo, 'work', ticket);
  if (!existsSync(ready)) {
    console.error(`demo-agent: I only know the demo's tickets, not "${ticket}"`);
    process.exitCode = 2;
    return;
  }
  writeDownCall();
  const isSecondTry = !(process.env.SAGE_ATTEMPT ?? '#1').endsWith('#1');
  console.log(`read ${ticket}: ${prompt.length} characters of instructions`);
  if (isSecondTry) console.log('another ticket changed the same lines: doing it on the new base');
  await work(500 + thinking(ticket));

  cpSync(ready, '.', { recursive: true });
  edits[ticket]?.();
  console.log(`wrote ${changedFiles().join(', ')}`);
  await work(500);

  console.log(await tried(ready, ticket));
  git('add', '--all');
  // Called again after it was cut off, it may find all of it committed.
  const message = `${ticket}: the work of the demo's agent`;
  git('commit', '--quiet', '--allow-empty', '--message', message);
  const told = { inputTokens: 4_000 + prompt.length, outputTokens: 900, costUsd: 0.03 };
  console.log(JSON.stringify({ sage: 'usage', ...told }));
  console.log('done');
}

/** With `--calls FILE`: the attempt as a line of that file, so that somebody can count the calls. */
function writeDownCall() {
  const at = process.argv.indexOf('--calls');
  if (at > 0) appendFileSync(process.argv[at + 1], `${process.env.SAGE_ATTEMPT}\n`);
}

/** Milliseconds that differ by ticket, always the same for one. */
function thinking(ticket) {
  return ([...ticket].reduce((sum, letter) => sum + letter.codePointAt(0), 0) * 37) % 900;
}

/** Its own tests are run as a good agent does; on TEXT-006 it only says so (planted: a false claim). */
async function tried(ready, ticket) {
  if (ticket === 'TEXT-006') return 'all tests pass';
  const tests = readdirSync(join(ready, 'test')).map((name) => join('test', name));
  execFileSync(process.execPath, ['--test', ...tests], { stdio: ['ignore', 'ignore', 'inherit'] });
  return `${tests.join(', ')} passes`;
}

function changedFiles() {
  return git('status', '--porcelain', '--untracked-files=all')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice(3));
}

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8' });
}
