import type { AgentMessage } from '../model/agent.js';

/** What a call amounts to beside its cost. */
export interface Talk {
  readonly model?: string;
  readonly messages: number;
  readonly toolCalls: number;
}

/** Counts what an agent says while it says it. */
export function createTally(): { add(message: AgentMessage): void; readonly talk: Talk } {
  let model: string | undefined;
  let messages = 0;
  let toolCalls = 0;
  return {
    add(message) {
      if (message.type === 'text') messages += 1;
      else if (message.type === 'tool') toolCalls += 1;
      else if (message.type === 'session') model = message.model ?? model;
    },
    get talk() {
      return { ...(model === undefined ? {} : { model }), messages, toolCalls };
    },
  };
}
