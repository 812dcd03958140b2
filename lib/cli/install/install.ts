import { Refusal, type Failure } from '../../model/failure.js';
import type { Installation } from '../../model/installation-schema.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import { openDialogue } from '../init/dialogue.js';
import { carryOut } from './carry-out.js';
import { makeCalls, takeCallsBack } from './claude-plugin.js';
import type { InstallPlace, InstallWish } from './wish.js';
import { planShell, type ShellPlan } from './plan-shell.js';
import { tellPlan } from './tell-plan.js';

/** `sage install`: shows what it would do, asks on a terminal, does all of it or nothing. */
export async function install(context: Context, wish: InstallWish): Promise<number> {
  const { stdout } = context;
  const { place, verb, isDryRun, asJson, isSure } = wish;
  const plans: ShellPlan[] = [];
  for (const shell of wish.shells) plans.push(await planShell(context, shell, place, verb));
  const failures = plans.flatMap((plan) => plan.failures);
  if (failures.length > 0) throw new Refusal(failures, exitCode.invalid);

  if (!asJson) tellPlan(context, wish, plans);
  const isIdle = plans.every(({ steps, calls }) => calls.length === 0 && steps.every(isNothing));
  if (!isDryRun && !isIdle) {
    if (!isSure) {
      await using dialogue = asJson ? undefined : openDialogue(context);
      const question = verb === 'install' ? 'Install it?' : 'Remove it?';
      const answer = dialogue ? await dialogue.ask(question, 'yes') : undefined;
      if (answer === undefined) throw new Refusal([noTerminal(verb)], exitCode.invalid);
      if (!/^y(es)?$/i.test(answer)) {
        stdout.line('Nothing was changed.');
        return exitCode.done;
      }
    }
    await perform(context, place, plans);
    if (!asJson) stdout.line(verb === 'install' ? 'installed' : 'removed');
  }
  if (asJson) stdout.line(JSON.stringify(documentOf(wish, plans), null, 2));
  return exitCode.done;
}

const isNothing = ({ action }: { readonly action: string }) => action === 'none';

/** The shell's own program first: what fails there leaves no file of ours. */
async function perform(
  context: Context,
  place: InstallPlace,
  plans: readonly ShellPlan[],
): Promise<void> {
  const calls = plans.flatMap((plan) => plan.calls);
  const called = await makeCalls(context, place, calls);
  if (!called.ok) throw new Refusal([called.failure], exitCode.invalid);
  const written = await carryOut(plans.flatMap(({ steps }) => steps));
  if (written.ok) return;
  await takeCallsBack(context, place, calls);
  throw new Refusal([written.failure], exitCode.invalid);
}

const documentOf = (
  { place, verb, isDryRun }: InstallWish,
  plans: readonly ShellPlan[],
): Installation => ({
  version: 1,
  dryRun: isDryRun,
  verb,
  scope: place.scope,
  shells: plans.map(({ shell, typed, steps, calls }) => ({
    shell,
    typed: [...typed],
    files: steps.map(({ path, action, text }) => ({
      path,
      action,
      bytes: Buffer.byteLength(text),
      ...(isDryRun && verb === 'install' ? { text } : {}),
    })),
    calls: calls.map(({ words }) => ['claude', ...words]),
  })),
});

const noTerminal = (verb: InstallWish['verb']): Failure => ({
  code: 'usage/invalid',
  message: 'nothing was changed: nobody answered on a terminal',
  hint: `the same call with \`--yes\` ${verb === 'install' ? 'installs' : 'removes'} what is shown here`,
});
