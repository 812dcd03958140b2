import { existsSync, renameSync } from 'node:fs';
import type { RunState } from '../../engine/state.js';
import type { RunEvent } from '../../model/event.js';
import type { Word } from './detach.js';
import { placeFor } from './output-place.js';

/**
 * In a process that was detached (detach.ts): brings its output, so far in `draft`, into the folder of the run as soon as
 * that is owned and planned, and tells the process that waits for it. Both happen at the first event, which is on the disk.
 */
export function createAnnouncement(draft: string): (event: RunEvent, state: RunState) => void {
  let isTold = false;
  return (event, state) => {
    if (isTold || (event.type !== 'run.planned' && event.type !== 'run.resumed')) return;
    isTold = true;
    const output = moved(`${draft}.log`, state.directory, 'output');
    if (existsSync(`${draft}.errors`)) moved(`${draft}.errors`, state.directory, 'errors');
    const word: Word = {
      run: state.run,
      branch: state.branch,
      target: state.target,
      tickets: state.tickets.size,
      slots: state.slots,
      isResumed: event.type === 'run.resumed',
      output,
    };
    // Who asked may have gone meanwhile; the run goes on all the same.
    process.send?.(word, undefined, undefined, () => {
      if (process.connected) process.disconnect();
    });
  };
}

/** Gives an open file its place. */
function moved(file: string, folder: string, name: string): string {
  const place = placeFor(folder, name);
  renameSync(file, place);
  return place;
}
