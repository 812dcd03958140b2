import { modelFlag } from '../model-flag.js';
import type { AgentAdapter, AgentCall, CliSettings } from '../adapter.js';
import { probeVersion } from '../probe-version.js';
import { ownProvider } from './provider.js';
import { listenToCodex } from './stream.js';

/** Where it finds its home, its account and its endpoint; nothing of a session that we may be running in. */
const NEEDED = /^(CODEX_(HOME|SQLITE_HOME|API_KEY|ACCESS_TOKEN|CA_CERTIFICATE)|OPENAI_[A-Z_]+)$/;

/** For the call alone: no look for updates, no reports to its maker. */
const QUIET = ['check_for_update_on_startup=false', 'analytics.enabled=false'];

/**
 * Codex, headless. Under `access: edits` its sandbox is on: its tools write in the lane, the lane's temporary folder and
 * those git folders that a commit needs, and have no network. SIGINT ends it with its tools; on older Nodes it is a
 * wrapper and a native program, and only a signal that can be caught reaches both.
 */
export function codexAdapter({ name, file, model }: CliSettings): AgentAdapter {
  return {
    name,
    canResume: true,
    unknownSession: /no rollout found for thread id/,
    needs: (variable) => NEEDED.test(variable),
    probe: (variables) => probeVersion(file, variables),
    call: (call) => ({
      file,
      args: [
        'exec',
        '--json',
        // Before `resume`, which does not know all of these itself.
        ...sandbox(call),
        ...[...QUIET, ...fewRetries(call)].flatMap((setting) => ['-c', setting]),
        ...modelFlag(call.model ?? model),
        ...(call.resume ? ['resume', call.resume.sessionId] : []),
        '-',
      ],
      env: {},
      input: call.prompt,
      politeSignal: 'SIGINT',
    }),
    listen: (call) => listenToCodex(name, call.resume?.usage ?? {}),
  };
}

/** Nobody is there to ask: what the sandbox does not allow is refused. `/tmp` belongs to everybody, other lanes' files included. */
const sandbox = ({ access, gitFolders = [] }: AgentCall): readonly string[] => [
  '--sandbox',
  access === 'full' ? 'danger-full-access' : 'workspace-write',
  '-c',
  'approval_policy="never"',
  ...(access === 'full'
    ? []
    : [
        ...['-c', 'sandbox_workspace_write.exclude_slash_tmp=true'],
        ...gitFolders.flatMap((folder) => ['--add-dir', folder]),
      ]),
];

/** One retry of each kind. The providers that are built in cannot be changed by a call: they keep their five. */
function fewRetries({ variables = {} }: AgentCall): readonly string[] {
  const provider = ownProvider(variables);
  if (provider === undefined) return [];
  return ['request_max_retries', 'stream_max_retries'].map(
    (setting) => `model_providers.${provider}.${setting}=1`,
  );
}
