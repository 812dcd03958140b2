import type { CheckName } from '../../model/check-names.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { Validation } from '../../model/validation-schema.js';
import type { Context } from '../context.js';
import type { ValidateOptions } from '../options/validate.js';
import { checks } from './checks.js';
import type { CheckOutcome } from './outcome.js';
import { describeParallel } from './parallel-check.js';
import { gatherWorld, type World } from './world.js';

/** Runs the named checks, all of them whatever they find, and sums up. 1: errors; 2: only warnings (strict: 1). */
export async function validate(
  context: Context,
  { checks: names, isStrict, runsBase, asJson }: ValidateOptions,
): Promise<Validation> {
  const world = await gatherWorld(context, { isStrict, runsBase, isQuiet: asJson });
  const outcomes = await examineAll(world, names);
  const findings = outcomes.flatMap(({ name, outcome }) =>
    outcome.diagnostics.map((diagnostic) => finding(name, diagnostic, world.root)),
  );
  const count = (...severities: readonly Diagnostic['severity'][]) =>
    findings.filter(({ severity }) => severities.includes(severity)).length;
  const counts = {
    errors: count('critical', 'error'),
    warnings: count('warning'),
    notes: count('information'),
  };
  const tickets = ticketCounts(world);
  return {
    version: 1,
    exitCode:
      counts.errors > 0 || (isStrict && counts.warnings > 0) ? 1 : counts.warnings > 0 ? 2 : 0,
    strict: isStrict,
    counts,
    ...(tickets === undefined ? {} : { tickets }),
    checks: outcomes.map(({ name, outcome }) => ({
      name,
      outcome: wordFor(outcome),
      told: outcome.told,
    })),
    findings,
    ...(world.plan && names.includes('parallel') ? { parallel: describeParallel(world.plan) } : {}),
  };
}

/** All at once, but for the base: its checks own the repository while they run, which others would take for a run. */
async function examineAll(world: World, names: readonly CheckName[]) {
  const examine = checks();
  const found = new Map<CheckName, CheckOutcome>();
  const look = async (name: CheckName) => found.set(name, await examine[name](world));
  await Promise.all(names.filter((name) => name !== 'base').map(look));
  if (names.includes('base')) await look('base');
  return names.flatMap((name) => {
    const outcome = found.get(name);
    return outcome ? [{ name, outcome }] : [];
  });
}

function wordFor({ isRun, diagnostics }: CheckOutcome): Validation['checks'][number]['outcome'] {
  if (!isRun) return 'not-run';
  const severities = new Set(diagnostics.map(({ severity }) => severity));
  if (severities.has('critical') || severities.has('error')) return 'errors';
  return severities.has('warning') ? 'warnings' : 'passed';
}

/** Files below the root are named from there. */
function finding(
  check: CheckName,
  diagnostic: Diagnostic,
  root: string,
): Validation['findings'][number] {
  const { severity, code, message, hint, where, value, ticket } = diagnostic;
  const file = where?.file.startsWith(`${root}/`) ? where.file.slice(root.length + 1) : where?.file;
  return {
    check,
    severity,
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined || file === undefined ? {} : { where: { ...where, file } }),
    ...(value === undefined ? {} : { value }),
    ...(ticket === undefined ? {} : { ticket }),
  };
}

function ticketCounts({ index }: World): Validation['tickets'] {
  if (!index.ok) return undefined;
  const { tickets } = index.value;
  const inState = (state: string) => tickets.filter((ticket) => ticket.state === state).length;
  return {
    total: tickets.length,
    unprocessed: inState('UNPROCESSED'),
    inProgress: inState('IN_PROGRESS'),
    completed: inState('COMPLETED'),
    deferred: inState('DEFERRED'),
    withSubtasks: tickets.filter(({ subtasks }) => subtasks.length > 0).length,
    withScripts: tickets.filter(({ scripts }) => scripts.length > 0).length,
  };
}
