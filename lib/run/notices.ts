import type { Survey } from './survey.js';

/**
 * What whoever starts a run should know first, in sentences: work that waits undelivered, another tool's lock, tickets
 * that cannot be used.
 */
export function noticesOf({ undelivered, warnings }: Survey): readonly string[] {
  return [
    ...undelivered.map(
      ({ run, branch, tickets }) =>
        `${tickets.length} landed ticket${tickets.length === 1 ? '' : 's'} of run ${run} wait on ${branch}, and what depends on them waits too: \`sage deliver ${run}\`, or start from there with --target ${branch}`,
    ),
    ...warnings
      .filter(({ code }) => TOLD.has(code))
      .map(({ message, hint }) => (hint ? `${message} ${hint}` : message)),
  ];
}

const TOLD = new Set(['workflow/upstream-lock', 'index/id-control-character']);
