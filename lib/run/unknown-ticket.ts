import type { Failure } from '../model/failure.js';
import { nearest } from '../model/nearest.js';

/** A name that is `no ticket of …`, with the one that was most likely meant. */
export function unknownTicket(id: string, known: Iterable<string>, what: string): Failure {
  const near = nearest(id, known);
  return {
    code: 'plan/unknown-ticket',
    message: `${JSON.stringify(id.slice(0, 80))} is ${what}`,
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  };
}
