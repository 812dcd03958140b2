import { demand } from '../../model/failure.js';
import { explain } from '../../plan/explain.js';
import { knownFailures } from '../../engine/known-failures.js';
import { noticesOf } from '../../run/notices.js';
import { standingRun } from '../../run/standing.js';
import type { Survey } from '../../run/survey.js';
import { createPaint } from '../../show/paint.js';
import { planText } from '../../show/plan-text.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import type { StreamOptions } from '../options/stream.js';

/** The forms of `sage stream` that only look: plan, dry run, explanation. */
export async function showStream(
  context: Context,
  options: StreamOptions,
  seen: Survey,
): Promise<number> {
  const { stdout } = context;
  const view = { paint: createPaint(stdout.hasColour), width: stdout.columns() };
  if (options.mode === 'explain') {
    const asked = explain(seen.plan, seen.index.tickets, options.explain ?? '');
    const told = demand(asked, exitCode.invalid);
    if (options.format === 'json') stdout.line(JSON.stringify(told, null, 2));
    else {
      const { explainText } = await import('../../show/explain-text.js');
      stdout.line(explainText(told, view));
    }
    return exitCode.done;
  }
  if (options.format === 'json') stdout.line(JSON.stringify(seen.plan, null, 2));
  else if (options.format === 'mermaid') {
    const { planMermaid } = await import('../../show/plan-mermaid.js');
    stdout.line(planMermaid(seen.plan));
  } else {
    const { maxCostUsd } = seen.settings.config.limits;
    stdout.line(
      planText(seen.plan, { ...view, ...(maxCostUsd === undefined ? {} : { maxCostUsd }) }),
    );
    const standing = await standingRun(seen.repository.commonDir);
    if (standing !== undefined) stdout.line(`${standing}\n`);
    for (const line of waysOn(seen, options)) stdout.line(line);
  }
  return refusesParallel(seen) ? exitCode.stuck : exitCode.done;
}

/** A preview of a run that would be refused says so with the same code. */
const refusesParallel = ({ plan }: Survey) =>
  plan.cycles.length > 0 && plan.slots.requested !== 'sequential' && plan.slots.requested !== 0;

function waysOn(seen: Survey, options: StreamOptions): readonly string[] {
  const { plan } = seen;
  const late = [...noticesOf(seen), ...knownFailures(seen.knownFailures)];
  if (options.mode === 'dry-run' || plan.counts.runnable === 0) return late;
  const more =
    plan.recommendedSlots > 1
      ? [
          `  sage stream --auto --parallel=${plan.recommendedSlots}   ${plan.recommendedSlots} agents side by side (recommended)`,
        ]
      : [];
  return [
    ...late,
    '',
    'Nothing was started. Ways on:',
    ...more,
    '  sage stream --auto                one ticket after the other',
    '  sage stream --step                asked before each ticket and each landing: sage approve, sage reject',
    '  sage stream --explain ID          why a ticket stands where it does',
  ];
}
