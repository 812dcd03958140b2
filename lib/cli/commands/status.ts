import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';
import { repositoryToLookAt } from '../here.js';
import { spanFaults, spanOf } from '../span.js';

/** `sage status`: how a run stands, from its journal and whether its process lives; from any terminal, also later. */
export const command: CliCommand = {
  name: 'status',
  describe: 'Say how the run stands: who works on what, what landed, what needs you',
  usage: ['sage status [RUN]', 'sage status --follow', 'sage status --for 9m'],
  positionals: ['[RUN]'],
  options: {
    follow: {
      type: 'flag',
      describe: 'Go on telling until the run ends; its exit code is this one’s',
    },
    for: {
      type: 'value',
      placeholder: 'TIME',
      describe:
        'Follow for so long (90s, 9m, 1h) and tell only what changed; exit code 75: it still runs',
      needs: 'Say how long: `--for 9m`.',
    },
    json: {
      type: 'flag',
      describe: 'Answer as JSON (tickets-schema/status.json); events when following',
    },
    plain: { type: 'flag', describe: 'With --follow: lines instead of the live status' },
  },
  epilogue:
    'Without RUN: the one that goes on, or the newest. Exit codes: 0; when following 0 to 130 as the run itself, 75 while it still runs, 130 when its process died.',
  check: spanFaults,
  run: async (context, given) => {
    const { flags, positionals } = given;
    const repository = await repositoryToLookAt(context);
    const { watchRun } = await import('../../run/watch-run.js');
    using watch = await watchRun(repository.commonDir, positionals[0]);
    const span = spanOf(given);
    const asJson = flags.has('json');
    const { showStatus, followRun } = await import('../status/show-status.js');
    if (watch === undefined) {
      showStatus(context, { version: 1, state: 'none', needs: [] }, asJson);
      return exitCode.done;
    }
    if (span === undefined && !flags.has('follow')) {
      showStatus(context, await watch.read(), asJson);
      return exitCode.done;
    }
    // Awaited here: the watch is closed when this function is left.
    return await followRun(context, watch, {
      ...(span === undefined ? {} : { limitMs: span }),
      asJson,
      isPlain: flags.has('plain'),
    });
  },
};
