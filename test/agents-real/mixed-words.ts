import { retryInfo, type GeminiReply } from '../loopback/gemini-reply.js';
import type { ChatReply } from '../loopback/chat-reply.js';
import type { ModelReply } from '../loopback/messages-reply.js';
import type { ResponsesReply } from '../loopback/responses-reply.js';
import * as codex from './codex-rig.js';
import * as gemini from './gemini-rig.js';
import * as opencode from './opencode-rig.js';

/** What a model does in one turn, whatever the CLI that asks it. */
export type Act =
  | { readonly write: string; readonly content?: string }
  | { readonly run: string }
  | { readonly say: string }
  /** An answer begins, and goes on when this settles. */
  | { readonly begin: string; readonly rest: Promise<void> }
  /** It refuses for an hour, or because of too much work; or it never answers. */
  | 'limited'
  | 'overloaded'
  | 'silence';

/** How long `limited` is told to last, seconds. */
const LIMIT_S = 3_600;

const HEADERS = { 'retry-after': String(LIMIT_S) };
const SILENCE = { silence: true } as const;

export function toClaude(act: Act): ModelReply {
  if (act === 'limited') return { status: 429, headers: HEADERS };
  if (act === 'overloaded') return { status: 529 };
  // This one begins nothing that it does not end.
  if (act === 'silence' || 'begin' in act) return SILENCE;
  if ('say' in act) return act;
  if ('run' in act) return { use: [{ tool: 'Bash', input: { command: act.run } }] };
  const { write, content = `${write}\n` } = act;
  return { use: [{ tool: 'Write', input: { file_path: write, content } }] };
}

export function toCodex(act: Act): ResponsesReply {
  if (act === 'limited') {
    // The only form of it that it does not sleep through.
    const resets_at = Math.floor(Date.now() / 1_000) + LIMIT_S;
    return { status: 429, error: { type: 'usage_limit_reached', resets_at } };
  }
  if (act === 'overloaded') return { status: 503, error: { code: 'server_is_overloaded' } };
  if (act === 'silence') return SILENCE;
  if ('begin' in act) return { say: act.begin, after: act.rest };
  if ('say' in act) return act;
  if ('run' in act) return codex.shell(act.run);
  // A model that it does not know is offered no tool for edits.
  return codex.shell(`printf '${act.content ?? `${act.write}\\n`}' > ${act.write}`);
}

export function toGemini(act: Act): GeminiReply {
  if (act === 'limited') return { status: 429, details: [retryInfo(`${LIMIT_S}s`)] };
  if (act === 'overloaded') return { status: 503 };
  if (act === 'silence') return SILENCE;
  if ('begin' in act) return { say: act.begin, endAfter: act.rest };
  if ('say' in act) return act;
  if ('run' in act) return gemini.shell(act.run);
  return gemini.write(act.write, act.content ?? `${act.write}\n`);
}

export function toOpencode(act: Act): ChatReply {
  if (act === 'limited') return { status: 429, headers: HEADERS };
  if (act === 'overloaded') {
    return { status: 503, message: 'The engine is currently overloaded' };
  }
  if (act === 'silence') return SILENCE;
  if ('begin' in act) return { say: act.begin, restAfter: act.rest };
  if ('say' in act) return act;
  if ('run' in act) return opencode.bash(act.run);
  return opencode.write(act.write, act.content ?? `${act.write}\n`);
}
