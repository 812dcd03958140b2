import type { AgentMessage, Usage } from '../../model/agent.js';
import { plainText } from '../../process/plain-text.js';
import type { AgentListener } from '../adapter.js';
import { RecentUses } from '../recent-uses.js';
import { askedFor, parseTold, summaryOf, TEXT_LIMIT, told, toldText, type Told } from '../told.js';
import { limitOf } from '../trouble.js';
import { addUsage, isAmount, tokens } from '../usage.js';
import { geminiFailure, type GeminiResult } from './failure.js';
import { listenForRetries } from './retries.js';

/**
 * Reads `--output-format stream-json`, and from standard error what it says of its retries, which the stream does not
 * tell. Words come in pieces, each on its line: they belong together until something else comes. Tokens are told once, by
 * the closing report; one that is ended tells none.
 */
export function listenToGemini(agent: string): AgentListener {
  let sessionId: string | undefined;
  let usage: Usage = {};
  let pieces = '';
  let lastText: string | undefined;
  /** The last error that the stream told as no part of its closing report. */
  let complaint: string | undefined;
  let result: GeminiResult | undefined;
  const uses = new RecentUses();
  const retries = listenForRetries();

  const words = (): AgentMessage[] => {
    const text = plainText(pieces).trim();
    pieces = '';
    if (text === '') return [];
    lastText = text;
    return [{ type: 'text', text }];
  };

  const onInit = (line: Told): AgentMessage[] => {
    const id = toldText(line['session_id']);
    if (id === undefined) return [];
    sessionId = id;
    const model = toldText(line['model']);
    return [{ type: 'session', sessionId, ...(model === undefined ? {} : { model }) }];
  };

  const onMessage = (line: Told): AgentMessage[] => {
    if (line['role'] !== 'assistant' || typeof line['content'] !== 'string') return [];
    pieces = (pieces + line['content']).slice(0, TEXT_LIMIT);
    return [];
  };

  const onToolUse = (line: Told): AgentMessage[] => {
    const name = toldText(line['tool_name']) ?? '?';
    const summary = summaryOf(line['parameters']);
    uses.add(line['tool_id'], `${name} ${summary}`.trim());
    return [...words(), { type: 'tool', name, summary }];
  };

  /** Nobody is there to ask: a tool that needs a permission is refused at once, and its result says so. */
  const onToolResult = (line: Told): AgentMessage[] => {
    const error = told(line['error']);
    const isRefused =
      error['type'] === 'policy_violation' || REFUSED.test(toldText(error['message']) ?? '');
    if (!isRefused) return words();
    return [...words(), { type: 'waiting', reason: askedFor(uses.of(line['tool_id'])) }];
  };

  const onError = (line: Told): AgentMessage[] => {
    const message = toldText(line['message'])?.trim() ?? '';
    if (line['severity'] === 'error' || GIVES_UP.test(message)) complaint = message;
    return words();
  };

  const onResult = (line: Told): AgentMessage[] => {
    const said = words();
    const ok = line['status'] === 'success' && complaint === undefined;
    const message = toldText(told(line['error'])['message'])?.trim() ?? complaint ?? '';
    result = { ok, message };
    const added = usageOf(told(line['stats']));
    usage = addUsage(usage, added);
    return [...said, { type: 'usage', usage: added }, { type: 'ended', ok, message }];
  };

  return {
    read(line) {
      const parsed = parseTold(line);
      if (parsed?.['type'] === 'init') return onInit(parsed);
      if (parsed?.['type'] === 'message') return onMessage(parsed);
      if (parsed?.['type'] === 'tool_use') return onToolUse(parsed);
      if (parsed?.['type'] === 'tool_result') return onToolResult(parsed);
      if (parsed?.['type'] === 'error') return onError(parsed);
      if (parsed?.['type'] === 'result') return onResult(parsed);
      return [];
    },
    readError: (line) => retries.read(line),
    get isHopeless() {
      return retries.hopeless !== undefined;
    },
    conclude(end) {
      words();
      const failure = geminiFailure(agent, end, result, retries.hopeless);
      return {
        usage,
        ...(failure ? { failure } : {}),
        ...limitOf(failure, retries.until),
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(lastText === undefined ? {} : { lastMessage: lastText }),
      };
    },
  };
}

/** How it says that a tool needs a yes; one that a policy forbids has an error type of its own. */
const REFUSED = /requires user confirmation/;
/** What it tells as a warning although it ends the work. */
const GIVES_UP = /^Loop detected/;

/**
 * Tokens of all requests of this process, those to its routing model included. Its input counts what was read from the
 * cache; thoughts are part of the total alone, and cost what output costs.
 */
function usageOf(stats: Told): Usage {
  const { input_tokens: input, cached, output_tokens: output, total_tokens: total } = stats;
  const plain = isAmount(input) ? Math.max(0, input - (isAmount(cached) ? cached : 0)) : undefined;
  const rest = isAmount(input) && isAmount(total) ? total - input : 0;
  return {
    ...tokens('inputTokens', plain),
    ...tokens('outputTokens', isAmount(output) ? Math.max(output, rest) : undefined),
    ...tokens('cacheReadTokens', cached),
  };
}
