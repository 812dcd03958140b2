import { basename, dirname, join } from 'node:path';
import { modelFlag } from '../model-flag.js';
import type { AgentAdapter, AgentCall, CliSettings } from '../adapter.js';
import { OPENCODE_RECORD } from '../attempt-files.js';
import { probeVersion } from '../probe-version.js';
import { reportCommand } from '../report-command.js';
import { isProviderVariable } from './providers.js';
import { listenToOpencode } from './stream.js';

/** Where it finds its configuration and its switches; nothing of a session that we may be running in. */
const NEEDED = /^OPENCODE_(CONFIG|CONFIG_DIR|AUTH_CONTENT|MODELS_(URL|PATH)|(DISABLE|ENABLE)_\w+)$/;

/** Beside this file in the bundle, too. */
const PLUGIN = new URL('./opencode-plugin.js', import.meta.url).href;

/**
 * OpenCode, headless. The prompt goes through standard input: `run` puts quotation marks around words that it gets as
 * arguments. What is set for the call is merged into the user's own configuration, by the environment, above it.
 */
export function opencodeAdapter({ name, file, model }: CliSettings): AgentAdapter {
  return {
    name,
    canResume: true,
    reportTool: 'sage_report',
    unknownSession: /Session not found/,
    needs: (variable) => NEEDED.test(variable) || isProviderVariable(variable, model),
    probe: (variables) => probeVersion(file, variables),
    call: (call) => ({
      file,
      args: [
        ...['run', '--format', 'json'],
        // On standard error: of an unknown model its output says nothing.
        ...['--print-logs', '--log-level', 'ERROR'],
        // What would be asked is allowed; what is denied stays so.
        '--auto',
        // Without a title a model is asked for one, and nobody is told its tokens.
        ...(call.resume
          ? ['--session', call.resume.sessionId]
          : ['--title', `sage ${basename(dirname(call.promptFile))}`]),
        ...modelFlag(call.model ?? model),
      ],
      env: {
        OPENCODE_CONFIG_CONTENT: JSON.stringify(settings(call)),
        // Its sessions are the attempt's: calls that begin at the same time in a new or newer shared database all make
        // its tables, and all but one of them end there.
        OPENCODE_DB: join(dirname(call.promptFile), OPENCODE_RECORD),
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        // It brings a list of models along; fetching a newer one is for who looks at it.
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      },
      input: call.prompt,
      politeSignal: 'SIGTERM',
    }),
    listen: () => listenToOpencode(name),
  };
}

const settings = ({ access, outbox }: AgentCall) => ({
  autoupdate: false,
  share: 'disabled',
  // Copies of the working tree, for an undo that nobody asks for here.
  snapshot: false,
  plugin: [PLUGIN],
  ...(outbox === undefined
    ? {}
    : { mcp: { sage: { type: 'local', command: reportCommand(outbox), enabled: true } } }),
  // Of several rules that match, the last one counts: all but the attempt's folder for temporary files.
  ...(access === 'full'
    ? {}
    : { permission: { external_directory: { '*': 'deny', '{env:TMPDIR}/*': 'allow' } } }),
});
