import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AgentMessage, Usage } from '../model/agent.js';
import type { Clock } from '../model/clock.js';
import { createTally, type Talk } from './tally.js';
import { addUsage } from './usage.js';

/** A line of `activity.ndjson`. */
interface ActivityLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly round: number;
  readonly message: AgentMessage;
}

/** The growing record of what an agent said; see {@link openActivity}. */
export interface Activity {
  add(message: AgentMessage): void;
  /** Settles when everything is written; a disk error has ended the record silently: the journal has the facts. */
  close(): Promise<void>;
}

/** A talkative program is not written down for ever: words beyond this are left out, costs are kept. */
const BYTE_LIMIT = 8 * 1024 * 1024;

const WORDS: ReadonlySet<string> = new Set<AgentMessage['type']>(['text', 'tool', 'waiting']);

/** Appends to an attempt's activity. */
export async function openActivity(file: string, round: number, clock: Clock): Promise<Activity> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a');
  let size = (await handle.stat()).size;
  let waiting = '';
  let writing: Promise<void> | undefined;
  let isBroken = false;

  const drain = async () => {
    while (waiting !== '') {
      const text = waiting;
      waiting = '';
      await handle.appendFile(text);
    }
    writing = undefined;
  };
  return {
    add(message) {
      if (isBroken) return;
      const isWords = WORDS.has(message.type);
      if (isWords && size > BYTE_LIMIT) return;
      const line: ActivityLine = { at: clock.now(), round, message };
      const text = `${JSON.stringify(line)}\n`;
      size += text.length;
      waiting += text;
      writing ??= drain().catch(() => {
        isBroken = true;
        waiting = '';
      });
    },
    async close() {
      await writing;
      await handle.close();
    },
  };
}

/** What a call without an end has told. */
export interface Recalled extends Talk {
  readonly usage: Usage;
  readonly isUsagePartial?: true;
  readonly sessionId?: string;
  readonly lastMessage?: string;
}

/** What a call that was cut off had told: its session, its last words, what it had said and cost by then. */
export async function recallActivity(
  file: string,
  round: number,
): Promise<{ readonly told: Recalled; readonly lastAt?: number }> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const told: { usage: Usage; sessionId?: string; lastMessage?: string } = { usage: {} };
  const tally = createTally();
  let lastAt: number | undefined;
  let isPartial = false;
  for (const line of text.split('\n')) {
    const activity = parse(line);
    if (activity?.round !== round) continue;
    const { message } = activity;
    lastAt = activity.at;
    tally.add(message);
    if (message.type === 'usage') {
      told.usage = addUsage(told.usage, message.usage);
      isPartial = message.isRunning === true;
    }
    if (message.type === 'session') told.sessionId = message.sessionId;
    if (message.type === 'text') told.lastMessage = message.text;
  }
  const partial = isPartial ? ({ isUsagePartial: true } as const) : {};
  return {
    told: { ...told, ...partial, ...tally.talk },
    ...(lastAt === undefined ? {} : { lastAt }),
  };
}

/** Nothing for a line that a crash cut in two. */
function parse(line: string): ActivityLine | undefined {
  try {
    return JSON.parse(line) as ActivityLine;
  } catch {
    return undefined;
  }
}
