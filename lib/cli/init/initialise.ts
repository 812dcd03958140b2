import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { draftConfig, type ConfigDraft } from '../../config/draft.js';
import { CONFIG_FILE, findConfig } from '../../config/find.js';
import type { Repository } from '../../git/places.js';
import { Refusal, type Failure } from '../../model/failure.js';
import type { Arguments } from '../command.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { openDialogue } from './dialogue.js';
import { detectDraft, type Found } from './detect-draft.js';

/**
 * `sage init`: finds what can be found, asks on a terminal, shows the file, writes it. One that is there is never
 * written over: what would be different is shown.
 */
export async function initialise(
  context: Context,
  repository: Repository,
  { flags, values }: Arguments,
): Promise<number> {
  const { stdout } = context;
  const { root } = repository;
  const found = await detectDraft(context, repository, values);
  const there = await findConfig(root);
  if (there.text !== undefined || there.diagnostics.some(({ severity }) => severity === 'critical'))
    return alreadyThere(context, repository, demandSound(found.draft), there.text);

  await using dialogue = flags.has('yes') ? undefined : openDialogue(context);
  for (const line of found.because) stdout.line(line);
  const draft = dialogue ? await ask(dialogue.ask, found) : found.draft;
  const text = demandSound(draft);
  stdout.line(`\n${CONFIG_FILE}:\n`);
  for (const line of text.trimEnd().split('\n')) stdout.line(`  ${line}`.trimEnd());
  stdout.line('');
  if (!flags.has('yes')) {
    const answer = dialogue ? await dialogue.ask('Write it?', 'yes') : undefined;
    if (answer === undefined) throw new Refusal([noTerminal()], exitCode.invalid);
    if (!/^y(es)?$/i.test(answer)) {
      stdout.line('Nothing was written.');
      return exitCode.done;
    }
  }
  await writeNew(join(root, CONFIG_FILE), text);
  stdout.line(`written: ${CONFIG_FILE}`);
  if (draft.verify.length === 0)
    stdout.line('  no checks were found: say what every commit must pass, under `verify`');
  stdout.line('  → sage validate           is everything in place?');
  stdout.line('  → sage stream --dry-run   what would happen?');
  return exitCode.done;
}

type Ask = (question: string, proposal: string) => Promise<string | undefined>;

/** The questions, each with what was found as its proposal; an end of the input takes what is left. */
async function ask(question: Ask, { draft }: Found): Promise<ConfigDraft> {
  const answer = async (text: string, proposal: string) =>
    (await question(text, proposal)) ?? proposal;
  const agent = await answer(
    'Agent (an agent CLI, or empty: chosen at each start)',
    draft.agent ?? '',
  );
  const verify = await askList(answer, 'Check that every commit must pass, or none', draft.verify);
  const setupRun = await askList(answer, 'Set-up of a fresh worktree', draft.setupRun);
  const access = await answer('What agents may do without asking: edits or full', draft.access);
  const { otherChecks, setupCopy } = draft;
  return {
    otherChecks,
    setupCopy,
    ...(agent === '' ? {} : { agent }),
    verify: verify.includes('none') ? 'none' : verify,
    setupRun,
    access,
  };
}

/** One command line an answer, until an empty one. `-` takes a proposal away. */
async function askList(
  answer: (question: string, proposal: string) => Promise<string>,
  question: string,
  proposals: 'none' | readonly string[],
): Promise<readonly string[]> {
  const lines: string[] = [];
  const left = proposals === 'none' ? ['none'] : [...proposals];
  for (let number = 1; ; number += 1) {
    const more = number === 1 ? question : `${question}, another one (empty: no more)`;
    const line = await answer(more, left.shift() ?? '');
    if (line === '' || line === '-') return lines;
    lines.push(line);
    if (line === 'none') return lines;
  }
}

function demandSound(draft: ConfigDraft): string {
  const { text, diagnostics } = draftConfig(draft);
  if (diagnostics.length === 0) return text;
  const failures = diagnostics.map(({ message, hint }): Failure => ({
    code: 'config/invalid',
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
  throw new Refusal(failures, exitCode.invalid);
}

async function alreadyThere(
  { stdout }: Context,
  { git, root }: Repository,
  text: string,
  present: string | undefined,
): Promise<number> {
  if (present === text) {
    stdout.line(`${CONFIG_FILE} is there already and says just that.`);
    return exitCode.done;
  }
  const args = ['diff', '--no-index', '--no-color', '--no-ext-diff', '--', CONFIG_FILE, '-'];
  const difference = await git(args, { cwd: root, input: text, okCodes: [0, 1] });
  if (difference.ok) {
    stdout.line('What is there (-) and what would be written now (+):\n');
    for (const line of difference.value.stdout.split('\n').slice(4)) stdout.line(line);
  }
  throw new Refusal(
    [
      {
        code: 'usage/invalid',
        message: `${CONFIG_FILE} is there already, and was left as it is`,
        hint: `take over by hand what you like; to begin anew, move it away first: mv ${CONFIG_FILE} ${CONFIG_FILE}.old`,
      },
    ],
    exitCode.invalid,
  );
}

const noTerminal = (): Failure => ({
  code: 'usage/invalid',
  message: 'nothing was written: nobody answered on a terminal',
  hint: '`sage init --yes` writes what is shown here',
});

/** Only where nothing is: not even one that came meanwhile is written over. */
async function writeNew(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}
