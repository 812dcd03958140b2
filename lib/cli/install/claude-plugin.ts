import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { failed, success, type Failure, type Result } from '../../model/failure.js';
import { findProgram } from '../../process/find-program.js';
import type { Context } from '../context.js';
import { packageFolder } from '../package-folder.js';
import type { InstallPlace } from './wish.js';

const MARKET = 'sage-stream';
const PLUGIN = `sage@${MARKET}`;
const ANSWER_LIMIT_MS = 120_000;

/** A call of `claude`, and the one that takes it back. */
export interface ClaudeCall {
  readonly words: readonly string[];
  readonly undo: readonly string[];
}

interface Installed {
  readonly id: string;
  readonly scope: string;
  readonly enabled: boolean;
  readonly projectPath?: string;
}

interface Market {
  readonly name: string;
  readonly path?: string;
}

/** The calls of Claude Code's own program that install the plugin, or take it away; none where nothing is to be done. */
export async function planClaude(
  context: Context,
  place: InstallPlace,
  verb: 'install' | 'remove',
): Promise<Result<readonly ClaudeCall[]>> {
  const [markets, plugins] = await Promise.all([
    ask<Market>(context, place, ['plugin', 'marketplace', 'list', '--json']),
    ask<Installed>(context, place, ['plugin', 'list', '--json']),
  ]);
  if (!markets.ok) return markets;
  if (!plugins.ok) return plugins;
  const home = await realpath(packageFolder());
  const market = markets.value.find(({ name }) => name === MARKET);
  const isOurs =
    market?.path !== undefined && (await realpath(market.path).catch(() => '')) === home;
  const all = plugins.value.filter(({ id }) => id === PLUGIN);
  const here = all.find(
    ({ scope, projectPath }) =>
      scope === place.scope && (scope === 'user' || projectPath === place.folder),
  );
  const { add, install, enable } = callsFor(place.scope, home);
  if (verb === 'remove') {
    if (!isOurs) return success([]);
    return success([
      ...(here ? [back(install)] : []),
      ...(all.length === (here ? 1 : 0) ? [back(add)] : []),
    ]);
  }
  if (market && !isOurs) return failed(otherMarket(market.path));
  const wanted = here ? (here.enabled ? [] : [enable]) : [install];
  return success([...(market ? [] : [add]), ...wanted]);
}

/** Makes the calls one after the other; when one fails, those before it are taken back. */
export async function makeCalls(
  context: Context,
  place: InstallPlace,
  calls: readonly ClaudeCall[],
): Promise<Result<undefined>> {
  for (const [index, { words }] of calls.entries()) {
    const answer = await callClaude(context, place, words);
    if (answer.ok) continue;
    await takeCallsBack(context, place, calls.slice(0, index));
    return answer;
  }
  return success(undefined);
}

export async function takeCallsBack(
  context: Context,
  place: InstallPlace,
  calls: readonly ClaudeCall[],
): Promise<void> {
  for (const { undo } of [...calls].reverse()) await callClaude(context, place, undo);
}

const callsFor = (scope: InstallPlace['scope'], home: string) => ({
  add: {
    words: ['plugin', 'marketplace', 'add', home],
    undo: ['plugin', 'marketplace', 'remove', MARKET],
  },
  install: {
    words: ['plugin', 'install', PLUGIN, '--scope', scope],
    undo: ['plugin', 'uninstall', PLUGIN, '--scope', scope],
  },
  enable: {
    words: ['plugin', 'enable', PLUGIN, '--scope', scope],
    undo: ['plugin', 'disable', PLUGIN, '--scope', scope],
  },
});

const back = ({ words, undo }: ClaudeCall): ClaudeCall => ({ words: undo, undo: words });

async function ask<T>(
  context: Context,
  place: InstallPlace,
  words: readonly string[],
): Promise<Result<readonly T[]>> {
  const answer = await callClaude(context, place, words);
  if (!answer.ok) return answer;
  try {
    return success(JSON.parse(answer.value) as readonly T[]);
  } catch {
    return failed(refused(words, answer.value));
  }
}

async function callClaude(
  { environment: { path, variables } }: Context,
  { folder }: InstallPlace,
  words: readonly string[],
): Promise<Result<string>> {
  const file = await findProgram('claude', path, folder);
  if (file === undefined)
    return failed({
      code: 'agent/not-found',
      message: 'Claude Code is not on the PATH: its own program installs and removes plugins',
      hint: 'install it, or put `claude` on the PATH, then call again',
    });
  const options = { cwd: folder, env: variables, timeout: ANSWER_LIMIT_MS } as const;
  return new Promise((settle) => {
    const child = execFile(file, [...words], options, (error, stdout, stderr) => {
      settle(error === null ? success(stdout) : failed(refused(words, stdout + stderr)));
    });
    child.stdin?.end();
  });
}

const refused = (words: readonly string[], said: string): Failure => ({
  code: 'install/not-possible',
  message: `\`claude ${words.join(' ')}\` did not do what it was called for`,
  hint: 'call it yourself and read what it says',
  evidence: said.slice(-2_000),
});

const otherMarket = (path = 'another place'): Failure => ({
  code: 'install/not-ours',
  message: `Claude Code has a marketplace named ${MARKET} of ${path}, which is not this program's`,
  hint: `take it away, then install again: claude plugin marketplace remove ${MARKET}`,
});
