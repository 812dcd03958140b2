import { modelFlag } from '../model-flag.js';
import type { AgentAdapter, CliSettings } from '../adapter.js';
import { listenToClaude } from './stream.js';
import { probeVersion } from '../probe-version.js';
import { reportCommand } from '../report-command.js';

/** What works without asking under `access: edits`; everything else is denied, since nobody is there to ask. */
const EDIT_TOOLS = 'Bash,Read,Edit,Write,NotebookEdit,Glob,Grep,TodoWrite';

const REPORT = 'mcp__sage__report';

const mcp = (outbox: string) => {
  const [command, ...args] = reportCommand(outbox);
  // Else its model sees no more than the name, until it asks for the rest.
  return { mcpServers: { sage: { command, args, alwaysLoad: true } } };
};

/** Where it finds its account, its endpoint and its limits; nothing of a session that we may be running in. */
const NEEDED = [
  /^ANTHROPIC_/,
  /^CLAUDE_CONFIG_DIR$/,
  /^CLAUDE_CODE_(OAUTH_TOKEN|USE_\w+|SKIP_\w+_AUTH|MAX_OUTPUT_TOKENS|DISABLE_\w+|SUBAGENT_MODEL)$/,
  /^(API_TIMEOUT_MS|IS_SANDBOX|DISABLE_[A-Z_]+|(BASH|MCP)_[A-Z_]+)$/,
];
/** Credentials of a cloud, only for who calls the model through that cloud. */
const CLOUDS = [
  { when: 'CLAUDE_CODE_USE_BEDROCK', names: /^AWS_/ },
  {
    when: 'CLAUDE_CODE_USE_VERTEX',
    names: /^(GOOGLE_APPLICATION_CREDENTIALS|GOOGLE_CLOUD_PROJECT|CLOUD_ML_REGION|VERTEX_REGION_)/,
  },
];

/**
 * Claude Code, headless. The prompt goes through standard input, one retry of its own at most,
 * since the orchestrator owns retries; SIGINT lets it end its tools and still tell its cost.
 */
export function claudeAdapter({ name, file, model }: CliSettings): AgentAdapter {
  return {
    name,
    canResume: true,
    reportTool: REPORT,
    unknownSession: /No conversation found with session ID/,
    needs: (variable, variables) =>
      NEEDED.some((names) => names.test(variable)) ||
      CLOUDS.some(({ when, names }) => variables[when] !== undefined && names.test(variable)),
    probe: (variables) => probeVersion(file, variables),
    call: (call) => ({
      file,
      args: [
        '-p',
        '--output-format',
        'stream-json',
        '--verbose',
        ...(call.access === 'full'
          ? ['--permission-mode', 'bypassPermissions']
          : [
              '--permission-mode',
              'acceptEdits',
              // One word: as separate ones it would swallow what follows.
              `--allowedTools=${EDIT_TOOLS}${call.outbox === undefined ? '' : `,${REPORT}`}`,
            ]),
        ...(call.resume
          ? ['--resume', call.resume.sessionId]
          : ['--session-id', call.newSessionId]),
        ...modelFlag(call.model ?? model),
        // None of the user's own.
        '--strict-mcp-config',
        ...(call.outbox === undefined ? [] : [`--mcp-config=${JSON.stringify(mcp(call.outbox))}`]),
      ],
      env: {
        CLAUDE_CODE_MAX_RETRIES: '1',
        DISABLE_AUTOUPDATER: '1',
        // It refuses to skip permissions as root, unless told that this is a container.
        ...(call.access === 'full' && call.isRoot ? { IS_SANDBOX: '1' } : {}),
      },
      input: call.prompt,
      politeSignal: 'SIGINT',
    }),
    listen: (call) => listenToClaude(name, call.resume?.usage.costMicroUsd ?? 0),
  };
}
