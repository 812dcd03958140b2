import type { AgentAdapter, CliSettings } from '../adapter.js';
import { probeVersion } from '../probe-version.js';
import { literalPrompt } from './literal-prompt.js';
import { listenToGemini } from './stream.js';

/** Its file tools, which stay inside the lane, and the shell; whatever else asks is refused, since nobody answers. */
const EDITS = ['--approval-mode=auto_edit', '--allowed-tools=run_shell_command'];
const FULL = ['--approval-mode=yolo'];

/** Of the user's MCP servers those of this name, which has none: a list that is given is all that starts. */
const NO_MCP = '--allowed-mcp-server-names=sage-starts-none';

/** Without it a second process starts below the first, which costs memory and outlives a kill of the first. */
const ONE_PROCESS = { GEMINI_CLI_NO_RELAUNCH: 'true' };

/** Where it finds its account, its endpoint and its settings; nothing of a session that we may be running in. */
const NEEDED = [
  /^GEMINI_(API_KEY|API_KEY_AUTH_MECHANISM|MODEL|SYSTEM_MD)$/,
  /^GEMINI_CLI_(HOME|CUSTOM_HEADERS|USE_COMPUTE_ADC|TRUSTED_FOLDERS_PATH|SYSTEM_\w+_PATH)$/,
  /^GOOGLE_(GEMINI_BASE_URL|GENAI_\w+|CLOUD_(PROJECT|PROJECT_ID|LOCATION|QUOTA_PROJECT))$/,
  /^CODE_ASSIST_\w+$/,
];
/** Credentials of the cloud, only for who calls the model through it. */
const CLOUD = /^GOOGLE_(API_KEY|APPLICATION_CREDENTIALS|VERTEX_BASE_URL)$/;
const CLOUD_USERS = ['GOOGLE_GENAI_USE_VERTEXAI', 'GEMINI_CLI_USE_COMPUTE_ADC'];

/**
 * Gemini CLI, headless. The prompt goes through standard input. Neither a flag nor a variable limits its own retries, ten
 * within minutes, and settings for one call alone are read from root's folders only: so the listener gives up in its place.
 * All signals end it with code 0.
 */
export function geminiAdapter({ name, file, model }: CliSettings): AgentAdapter {
  return {
    name,
    canResume: true,
    unknownSession: /^Error resuming session:/m,
    needs: (variable, variables) =>
      NEEDED.some((names) => names.test(variable)) ||
      (CLOUD.test(variable) && CLOUD_USERS.some((user) => variables[user] !== undefined)),
    probe: (variables) => probeVersion(file, { ...variables, ...ONE_PROCESS }),
    call: (call) => ({
      file,
      args: [
        '--output-format=stream-json',
        '--skip-trust',
        ...(call.access === 'full' ? FULL : EDITS),
        NO_MCP,
        ...(call.resume
          ? [`--resume=${call.resume.sessionId}`]
          : [`--session-id=${call.newSessionId}`]),
        ...[call.model ?? model].flatMap((one) => (one === undefined ? [] : `--model=${one}`)),
      ],
      env: ONE_PROCESS,
      input: literalPrompt(call.prompt),
      politeSignal: 'SIGTERM',
    }),
    listen: () => listenToGemini(name),
  };
}
