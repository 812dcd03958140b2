import { numberOf, stringOf, valueOf, type JsonNode, type JsonObject } from './json-node.js';

/** How big a ticket is said to be, in points and in hours. */
export interface Effort {
  readonly points?: number;
  readonly hours?: number;
}

const HOURS_PER_DAY = 8;

const POINTS = /(\d{1,9}(?:\.\d{1,9})?)\s*(?:story\s*)?(?:points?|sp)\b/i;
const DAYS = /(\d{1,9}(?:\.\d{1,9})?)\s*(?:days?|d)\b/i;
const HOURS = /(\d{1,9}(?:\.\d{1,9})?)\s*(?:hours?|hrs?|h)\b/i;

/** Reads the effort from any of its spellings; the more specific field wins over the free one. */
export function readEffort(ticket: JsonObject): Effort {
  const estimate = valueOf(ticket, 'estimate');
  const free = valueOf(ticket, 'effort');
  const points =
    positive(valueOf(ticket, 'effort_sp')) ??
    positive(valueOf(ticket, 'story_points')) ??
    positive(valueOf(ticket, 'storyPoints')) ??
    pointsIn(free) ??
    pointsIn(estimate);
  const hours =
    positive(valueOf(ticket, 'estimated_hours')) ??
    positive(valueOf(ticket, 'estimatedHours')) ??
    hoursIn(estimate) ??
    hoursIn(free);
  return { ...(points === undefined ? {} : { points }), ...(hours === undefined ? {} : { hours }) };
}

function pointsIn(node: JsonNode | undefined): number | undefined {
  if (node?.kind === 'object') {
    return positive(valueOf(node, 'storyPoints')) ?? positive(valueOf(node, 'story_points'));
  }
  const text = stringOf(node);
  if (text === undefined) return positive(node);
  return numberIn(text, POINTS) ?? positive(node);
}

function hoursIn(node: JsonNode | undefined): number | undefined {
  if (node?.kind === 'object') {
    const days = positive(valueOf(node, 'estimatedDays')) ?? positive(valueOf(node, 'days'));
    return (
      positive(valueOf(node, 'hours')) ??
      positive(valueOf(node, 'estimatedHours')) ??
      (days === undefined ? undefined : days * HOURS_PER_DAY)
    );
  }
  const text = stringOf(node);
  if (text === undefined) return undefined;
  const days = numberIn(text, DAYS);
  return numberIn(text, HOURS) ?? (days === undefined ? undefined : days * HOURS_PER_DAY);
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const value = Number(pattern.exec(text)?.[1]);
  return value > 0 ? value : undefined;
}

function positive(node: JsonNode | undefined): number | undefined {
  const value = numberOf(node);
  return value !== undefined && value > 0 ? value : undefined;
}
