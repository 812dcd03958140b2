import type { ChalkInstance } from 'chalk';
import { clean } from './clean.js';

/** A line about a ticket: `[AUTH-002] …`. */
export const aboutIn = (paint: ChalkInstance) => (ticket: string, text: string) => [
  `${paint.cyan(`[${clean(ticket)}]`)} ${text}`,
];
