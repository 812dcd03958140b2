import type { AgentMessage } from '../../model/agent.js';
import { clean } from '../clean.js';
import { duration } from '../duration.js';

/** What an attempt's agent was heard to say. Instants are milliseconds of the epoch. */
export interface Heard {
  /** When it said something last. */
  readonly at: number;
  /** What it does now: its last tool, or its last words. */
  readonly doing: string;
  /** It goes on only when somebody or something lets it. */
  readonly waiting?: string;
  /** Its latest words and tools, one a line. */
  readonly lines: readonly string[];
  /** Told while it runs; the journal counts it once it has ended. */
  readonly tokens: number;
  readonly costMicroUsd: number;
}

type Mutable = { -readonly [Part in keyof Heard]: Heard[Part] };

/** So many lines of an agent are shown again, each cut to so many characters. */
const LINES = 200;
const LINE = 500;

export const nothingHeard = (at: number): Heard => ({
  at,
  doing: '',
  lines: [],
  tokens: 0,
  costMicroUsd: 0,
});

/** What is known of an agent after one more message of it. */
export function hear(before: Heard, message: AgentMessage, at: number): Heard {
  const rest: Mutable = { ...before };
  delete rest.waiting;
  const noted = (text: string) => ({ ...rest, at, lines: [...rest.lines.slice(1 - LINES), text] });
  switch (message.type) {
    case 'session':
      return { ...rest, at, doing: rest.doing || 'begins' };
    case 'text': {
      const text = clean(message.text).slice(0, LINE);
      return { ...noted(text), doing: text };
    }
    case 'tool': {
      const text = `${clean(message.name)} ${clean(message.summary)}`.trim().slice(0, LINE);
      return { ...noted(`> ${text}`), doing: text };
    }
    case 'waiting': {
      const reason = clean(message.reason).slice(0, LINE);
      return { ...noted(`WAITING ${reason}`), waiting: reason };
    }
    case 'retrying': {
      const delay =
        message.delayMs === undefined ? '' : `, tries again after ${duration(message.delayMs)}`;
      const reason = `${clean(message.reason)}${delay}`.slice(0, LINE);
      return { ...noted(`WAITING ${reason}`), waiting: reason };
    }
    case 'usage': {
      const { costMicroUsd = 0, ...classes } = message.usage;
      const tokens = Object.values(classes).reduce((sum, count) => sum + count, 0);
      return {
        ...rest,
        at,
        tokens: rest.tokens + tokens,
        costMicroUsd: rest.costMicroUsd + costMicroUsd,
      };
    }
    case 'ended':
      return { ...rest, at, doing: 'has ended' };
  }
}
