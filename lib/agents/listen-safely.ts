import type { AgentMessage } from '../model/agent.js';
import type { AgentListener } from './adapter.js';

/**
 * A listener whose own mistakes do not make a finished call look as if it had been cut off: the call ends as it ended,
 * and its conclusion names the mistake.
 */
export function safely(listener: AgentListener): Required<AgentListener> {
  let mistake: unknown;
  const heard = (read: () => readonly AgentMessage[]) => {
    try {
      return mistake === undefined ? read() : [];
    } catch (error) {
      mistake = error;
      return [];
    }
  };
  return {
    read: (line) => heard(() => listener.read(line)),
    readError: (line) => heard(() => listener.readError?.(line) ?? []),
    get isHopeless() {
      return mistake === undefined && listener.isHopeless === true;
    },
    conclude(end) {
      try {
        const conclusion = listener.conclude(end);
        return mistake === undefined ? conclusion : { ...conclusion, failure: unread(mistake) };
      } catch (error) {
        return { usage: {}, failure: unread(mistake ?? error) };
      }
    },
  };
}

const unread = (mistake: unknown) => ({
  code: 'internal/bug' as const,
  message: 'sage could not read what the agent printed',
  hint: 'its work is kept; please report this with its log',
  evidence: (mistake instanceof Error ? (mistake.stack ?? mistake.message) : String(mistake)).slice(
    0,
    2_000,
  ),
});
