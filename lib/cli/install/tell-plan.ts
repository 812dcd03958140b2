import { bytesText } from '../../show/bytes.js';
import type { Context } from '../context.js';
import type { ShellPlan } from './plan-shell.js';
import type { InstallWish } from './wish.js';

const WORDS = { write: 'write', replace: 'renew', remove: 'remove', none: 'as it is' } as const;

/** What would be written, called or removed, before it is; with `--dry-run` every text whole. */
export function tellPlan(
  { stdout, environment: { home } }: Context,
  { place, verb, isDryRun }: Pick<InstallWish, 'place' | 'verb' | 'isDryRun'>,
  plans: readonly ShellPlan[],
): void {
  const shown = (path: string) =>
    path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
  const whose = place.scope === 'user' ? 'for all your projects' : `for ${shown(place.folder)}`;
  for (const { title, typed, steps, calls, program } of plans) {
    stdout.line(`${title}, ${whose}:`);
    for (const { words } of calls) stdout.line(`  call      claude ${words.join(' ')}`);
    for (const { path, action, text } of steps) {
      const size = bytesText(Buffer.byteLength(text));
      stdout.line(`  ${WORDS[action].padEnd(8)}  ${shown(path)}  (${size})`);
      if (isDryRun && (action === 'write' || action === 'replace'))
        for (const line of text.trimEnd().split('\n')) stdout.line(`    | ${line}`.trimEnd());
    }
    if (calls.length + steps.length === 0)
      stdout.line(verb === 'install' ? '  is there already' : '  nothing of ours is there');
    if (verb === 'install') stdout.line(`  type      ${typed.join('  ')}`);
    if (verb === 'install' && place.scope === 'project' && program?.includes('/') === true)
      stdout.line(
        `  ! the texts call ${program}: who shares the project needs it there, or \`sage\` on the PATH`,
      );
  }
}
