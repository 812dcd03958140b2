import { presetCommand } from '../preset/preset-command.js';

/** `sage implement`: the work that a design document asks for. */
export const command = presetCommand({
  name: 'implement',
  describe: 'Let agents implement each design document (LLD) that is not implemented yet',
  word: 'lld',
  epilogue:
    'Design documents are the Markdown files below docs/lld whose names begin with a number, LLD-042.md or 42-retry.md (implement: in .sage/config.yaml; docs/workflow-tools.md). One is done when a landed commit names it, or it says `Status: Implemented`. Each lands as a commit of its own, after the checks of `sage stream`.',
  load: async () => (await import('../../items/implement.js')).implement,
});
