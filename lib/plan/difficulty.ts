import type { Ticket } from '../model/ticket.js';

/** How hard a ticket looks, each part and the whole from 0 to 1. */
export interface Difficulty {
  readonly reasoning: number;
  readonly code: number;
  readonly domain: number;
  readonly context: number;
  readonly score: number;
}

const WEIGHTS = { reasoning: 0.35, code: 0.3, domain: 0.2, context: 0.15 } as const;

/** Words of work that has to be thought about, by their beginnings; so many of them, or criteria, are all there is to know. */
const REASONING =
  /\b(algorithm|analy[sz]|architect|concurren|consisten|deadlock|debug|design|distribut|investigat|migrat|optimi[sz]|race condition|redesign|refactor|root cause|trade-?off)/g;
const ENOUGH_REASONING = 4;
const ENOUGH_CRITERIA = 16;

/** Words of fields with rules of their own. */
const DOMAIN =
  /\b(accessib|auth|billing|cache|compiler|compliance|crypto|currenc|database|encrypt|payment|permission|privacy|protocol|schema|secur|sql|time ?zone|transaction|unicode)/g;
const ENOUGH_DOMAIN = 3;

/** Files and steps, or points, of a ticket that is as large as tickets are. */
const ENOUGH_PLACES = 10;
const ENOUGH_POINTS = 8;
const HOURS_PER_POINT = 1.6;

/** Words and documents that fill a context. */
const ENOUGH_WORDS = 400;
const ENOUGH_DOCUMENTS = 5;

/** From what a ticket says alone: its words, criteria, files, steps, size and documents. Deterministic. */
export function difficultyOf(ticket: Ticket): Difficulty {
  const { acceptanceCriteria, files, subtasks, documents, effortPoints, effortHours } = ticket;
  const text = [
    ticket.title,
    ticket.description,
    ...acceptanceCriteria,
    ...subtasks.map(({ description }) => description),
  ]
    .join('\n')
    .toLowerCase();
  const points = effortPoints ?? (effortHours ?? 0) / HOURS_PER_POINT;
  const words = text.split(/\s+/).filter(Boolean).length;
  const parts = {
    reasoning: part(
      distinct(text, REASONING) / ENOUGH_REASONING + acceptanceCriteria.length / ENOUGH_CRITERIA,
    ),
    code: part(Math.max((files.length + subtasks.length) / ENOUGH_PLACES, points / ENOUGH_POINTS)),
    domain: part(distinct(text, DOMAIN) / ENOUGH_DOMAIN),
    context: part(words / ENOUGH_WORDS + documents.length / ENOUGH_DOCUMENTS),
  };
  const score =
    WEIGHTS.reasoning * parts.reasoning +
    WEIGHTS.code * parts.code +
    WEIGHTS.domain * parts.domain +
    WEIGHTS.context * parts.context;
  return { ...parts, score: hundredths(score) };
}

const distinct = (text: string, words: RegExp) => new Set(text.match(words)).size;

const part = (value: number) => hundredths(Math.min(1, Math.max(0, value)));
const hundredths = (value: number) => Math.round(value * 100) / 100;
