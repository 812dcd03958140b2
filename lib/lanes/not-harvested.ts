import type { Failure } from '../model/failure.js';
import type { Lane } from './lane.js';

/** Work that is there but cannot be taken must never pass for no work. */
export const notHarvested = (lane: Lane, { message }: Failure): Failure => ({
  code: 'lane/not-harvested',
  message: `the work in ${lane.path} is there but could not be stored: ${message.slice(0, 500)}`,
  hint: 'mend that (often the disk is full) and start again: it stays in its lane and is kept before that is used again',
  where: { file: lane.path },
});
