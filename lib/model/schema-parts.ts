import { z } from 'zod';

/** Parts that the schemas of a plan and of an explanation have in common. */
export const id = z.string().describe("A ticket's id as the index spells it.");
export const ids = z.array(id);
export const minutes = z.number().min(0);
export const priority = z.union([
  z.literal(0),
  z.literal(1),
  z.literal(2),
  z.literal(3),
  z.literal(4),
]);
export const state = z.enum(['UNPROCESSED', 'IN_PROGRESS', 'COMPLETED', 'DEFERRED']);

/** Why a run will not do what a ticket waits for. */
export const blockerReason = z.enum([
  'missing',
  'deferred',
  'in-progress',
  'blocked',
  'cycle',
  'history',
  'undelivered',
  'not-selected',
]);
