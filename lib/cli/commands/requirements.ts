import { presetCommand } from '../preset/preset-command.js';

/** `sage requirements`: a design document for each issue. */
export const command = presetCommand({
  name: 'requirements',
  describe: 'Let agents write the design document of each issue that has none',
  word: 'issue',
  epilogue:
    'Issues are files in .sage/issues, or what an issues API lists; documents are docs/lld/LLD-042.md and so on (requirements: in .sage/config.yaml; docs/workflow-tools.md). Each document lands as a commit of its own, after the checks of `sage stream`; what was interrupted goes on, and what is done is not done again.',
  load: async () => (await import('../../items/requirements.js')).requirements(),
});
