import { openMessagesServer, type MessagesServer } from '../loopback/messages-server.js';
import type { ModelScript } from '../loopback/messages-server.js';
import { Rig } from '../rig/rig.js';

/** A rig with the real Claude Code first on the PATH, and the model that it talks to. */
export interface ClaudeRig extends AsyncDisposable {
  readonly rig: Rig;
  readonly model: MessagesServer;
}

/** Makes one; `npm run test:agents` names the program. Nothing of this machine's accounts is in reach. */
export async function claudeRig(script: ModelScript, name?: string): Promise<ClaudeRig> {
  const program = process.env['SAGE_CLAUDE'];
  if (program === undefined) throw new Error('these tests are run by `npm run test:agents`');
  const model = await openMessagesServer(script);
  const rig = await Rig.create({ branch: 'work', ...(name === undefined ? {} : { name }) });
  await rig.program('claude', `exec "${program}" "$@"`);
  Object.assign(rig.env, {
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'sk-ant-nobody',
    // What a plugin's shell tool has in its environment, and what nobody leased to an agent.
    CLAUDECODE: '1',
    CLAUDE_CODE_SESSION_ID: 'of-the-outer-session',
    CLAUDE_CODE_MESSAGING_SOCKET: '/nowhere/outer.sock',
    DEPLOY_TOKEN: 'not-for-agents',
    DISABLE_AUTOUPDATER: '1',
  });
  return {
    rig,
    model,
    async [Symbol.asyncDispose]() {
      try {
        await rig[Symbol.asyncDispose]();
      } finally {
        await model[Symbol.asyncDispose]();
      }
    },
  };
}

/** The ticket that a conversation with a worker is about; its prompt says so. */
export const ticketOf = (said: string) => /^Ticket: (\S+)$/m.exec(said)?.[1] ?? '?';
