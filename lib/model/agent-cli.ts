/** The agent CLIs that have an adapter, in the order in which they are looked for on the PATH. */
export const agentCliNames = ['claude', 'codex', 'gemini', 'opencode'] as const;

export type AgentCliName = (typeof agentCliNames)[number];

export const isAgentCli = (name: string): name is AgentCliName =>
  (agentCliNames as readonly string[]).includes(name);
