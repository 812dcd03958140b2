import { agentClis } from '../../agents/clis.js';
import type { AgentCliName } from '../../model/agent-cli.js';
import type { Diagnostic } from '../../model/diagnostic.js';

const MIB = 1024 * 1024;

/** A warning when so many agents of a CLI at once would need more memory, by estimate, than is free. */
export function littleMemory(
  cli: AgentCliName,
  slots: number,
  freeBytes: number,
): Diagnostic | undefined {
  const { title, memoryMiB } = agentClis[cli];
  const free = Math.floor(freeBytes / MIB);
  if (memoryMiB === undefined || slots * memoryMiB <= free) return undefined;
  const fitting = Math.max(1, Math.floor(free / memoryMiB));
  return {
    severity: 'warning',
    code: 'agent/little-memory',
    message: `${slots} agents at once would take about ${slots * memoryMiB} MiB (${title}: ${memoryMiB} each), and ${free} are free`,
    hint: `Run fewer: \`--parallel=${fitting}\`.`,
  };
}
