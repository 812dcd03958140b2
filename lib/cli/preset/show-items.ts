import type { ItemList } from '../../model/items-schema.js';
import { noticesOf } from '../../run/notices.js';
import { standingRun } from '../../run/standing.js';
import type { Survey } from '../../run/survey.js';
import { itemsText } from '../../show/items-text.js';
import { createPaint } from '../../show/paint.js';
import type { Context } from '../context.js';
import { exitCode } from '../exit-code.js';
import type { StreamOptions } from '../options/stream.js';

/** The dry run of a workflow tool: what it would work on, and why on nothing else. */
export async function showItems(
  { stdout }: Context,
  { format }: StreamOptions,
  seen: Survey,
): Promise<number> {
  const list = listOf(seen);
  if (format === 'json') {
    stdout.line(JSON.stringify(list, null, 2));
    return exitCode.done;
  }
  stdout.line(itemsText(list, createPaint(stdout.hasColour)));
  const standing = await standingRun(seen.repository.commonDir);
  for (const line of [...(standing === undefined ? [] : [standing]), ...noticesOf(seen)])
    stdout.line(line);
  return exitCode.done;
}

/** Items of which the plan says that they would run are pending; of the others it may know why they are not. */
function listOf({ plan, backlog, collected }: Survey): ItemList {
  const runs = new Set<string>(plan.batches.flat());
  const refused = new Map<string, string>(plan.refused.map(({ id, reason }) => [id, reason]));
  const tool = backlog === 'requirements' ? 'requirements' : 'implement';
  return {
    version: 1,
    tool,
    workers: plan.slots.slots,
    items: (collected?.items ?? []).map((item) => {
      if (item.state !== 'pending' || runs.has(item.id)) return item;
      const blocker = plan.tickets.find(({ id }) => id === item.id)?.blockedBy[0];
      const why = blocker && blocker.why !== 'not-selected' ? `${blocker.why}: ${blocker.id}` : '';
      const reason = refused.get(item.id) ?? (why === '' ? 'was not asked for' : why);
      return { ...item, why: item.why ?? reason };
    }),
  };
}
