import type { AgentMessage } from '../model/agent.js';
import { modelOf } from './usage.js';

/** What a call amounts to beside its cost. */
export interface Talk {
  readonly model?: string;
  readonly messages: number;
  readonly toolCalls: number;
}

/** Counts what an agent says while it says it; `asked` is the model that it was asked to use. */
export function createTally(asked?: string): {
  add(message: AgentMessage): void;
  readonly talk: Talk;
} {
  let model = asked;
  let messages = 0;
  let toolCalls = 0;
  return {
    add(message) {
      if (message.type === 'text') messages += 1;
      else if (message.type === 'tool') toolCalls += 1;
      model = modelOf(message) ?? model;
    },
    get talk() {
      return { ...(model === undefined ? {} : { model }), messages, toolCalls };
    },
  };
}
