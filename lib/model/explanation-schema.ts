import { z } from 'zod';
import { blockerReason, id, ids, minutes, priority, state } from './schema-parts.js';

const standing = z
  .enum([
    'ready',
    'waiting',
    'blocked',
    'completed',
    'deferred',
    'in-progress',
    'container',
    'history',
    'not-selected',
  ])
  .describe(
    'ready: could start now; waiting: this run does what it waits for; blocked: it will not run.',
  );

const obstacle = z.object({
  id,
  title: z.string(),
  state: state.exactOptional(),
  why: z.enum([...blockerReason.options, 'open']),
  batch: z.int().exactOptional(),
});

const chainLink = z.object({
  id,
  depth: z.int(),
  state: state.exactOptional(),
  isRoot: z.boolean().describe('Nothing of the queue stands before it.'),
  waitsFor: ids,
});

/** `sage stream --explain ID --json`: the type Explanation as a schema; a test compares the two at compile time. */
export const explanationSchema = z.object({
  id,
  title: z.string(),
  state,
  standing,
  priority,
  inheritedPriority: priority,
  component: z.string(),
  blocking: z.array(obstacle),
  satisfied: ids,
  ignored: ids.describe('Dependencies on its own ancestors, which hold nothing back.'),
  chain: z.array(chainLink).describe('What it waits for, directly and through others.'),
  isChainCut: z.boolean(),
  steps: z.array(z.string()).describe('What has to happen, in order, until it can start.'),
  waitedForBy: ids,
  batch: z.int().exactOptional(),
  conflicts: z.array(z.object({ id, files: z.array(z.string()) })),
  position: z.int().exactOptional().describe('In the order in which the forecast starts tickets.'),
  of: z.int(),
  startsAtMinutes: minutes.exactOptional(),
  estimateMinutes: minutes.exactOptional(),
  tailMinutes: minutes.exactOptional(),
  isOnCriticalPath: z.boolean(),
  reasons: z.array(z.string()),
  children: ids,
});
