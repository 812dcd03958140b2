import { askedFor, toldText, type Told } from '../told.js';

/** How the programs begin that make its sandbox, when they cannot. */
const BROKEN =
  /^(?:bwrap: .+|(?:error: )?codex-linux-sandbox\b.+|sandbox-exec: .+|.*\blandlock\b.*(?:unsupported|not supported|fail).*)$/im;

/** What the sandbox said instead of running a tool's command; nothing for a command that ran. */
export function sandboxFault(item: Told): string | undefined {
  if (item['type'] !== 'command_execution' || item['status'] !== 'failed') return undefined;
  const output = toldText(item['aggregated_output'])?.trim() ?? '';
  // The command itself may have written more than that.
  return output.includes('\n') ? undefined : BROKEN.exec(output)?.[0];
}

/** Said on its standard error alone, to the model and to nobody else. */
const REFUSED = /tools::router: error=(?:(approval policy is Never)|patch rejected: ([^\n]*))/g;

/** What was refused last for want of a permission, by what it printed at its end. */
export function refusalIn(tail: string): string | undefined {
  const last = [...tail.matchAll(REFUSED)].at(-1);
  if (!last) return undefined;
  const [, command, patch = ''] = last;
  const what = command === undefined ? patch : 'to run a command without its sandbox';
  return askedFor(what);
}
