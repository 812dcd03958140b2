import type { AgentMessage, Usage } from '../../model/agent.js';
import { plainText } from '../../process/plain-text.js';
import type { AgentListener } from '../adapter.js';
import { RecentUses } from '../recent-uses.js';
import { claudeFailure, type ClaudeResult } from './failure.js';
import {
  askedFor,
  parseTold,
  summaryOf,
  TEXT_LIMIT,
  told,
  toldInstant,
  toldText,
  type Told,
} from '../told.js';
import { limitOf } from '../trouble.js';
import { addUsage, isAmount, microUsd, subtractUsage } from '../usage.js';
import { tokensIn, TurnUsage } from './turn-usage.js';

/**
 * Reads `--output-format stream-json`. There may be several `result` lines (one after each turn that a background task
 * started): the run has ended when the process has, and the last of them counts. Costs in them are sums over the whole
 * session, earlier processes included; `costBefore` is what those told. Until then the answers tell their tokens.
 */
export function listenToClaude(agent: string, costBefore: number): AgentListener {
  let sessionId: string | undefined;
  /** Of the turns that have come to a result. */
  let usage: Usage = {};
  const turn = new TurnUsage();
  let lastText: string | undefined;
  let sessionCost = costBefore;
  let result: ClaudeResult | undefined;
  const uses = new RecentUses();
  /** The last error that an API call ended with: `rate_limit`, `billing_error`, … */
  let apiError: string | undefined;
  /** When the limit that refuses it now is over. */
  let limitedUntil: string | undefined;

  const onSystem = (line: Told): AgentMessage[] => {
    if (line['subtype'] === 'init' && typeof line['session_id'] === 'string') {
      sessionId = line['session_id'];
      const model = toldText(line['model']);
      return [{ type: 'session', sessionId, ...(model === undefined ? {} : { model }) }];
    }
    if (line['subtype'] !== 'api_retry') return [];
    const status = isAmount(line['error_status']) ? ` (${line['error_status']})` : '';
    return [
      {
        type: 'retrying',
        reason: `${toldText(line['error']) ?? 'unknown error'}${status}`,
        ...(isAmount(line['attempt']) ? { attempt: line['attempt'] } : {}),
        ...(isAmount(line['retry_delay_ms'])
          ? { delayMs: Math.round(line['retry_delay_ms']) }
          : {}),
      },
    ];
  };

  const onAssistant = (line: Told): AgentMessage[] => {
    apiError = toldText(line['error']) ?? apiError;
    const message = told(line['message']);
    const added = turn.add(message);
    const used: AgentMessage[] = added ? [{ type: 'usage', usage: added, isRunning: true }] : [];
    const content = message['content'];
    return Array.isArray(content) ? [...used, ...wordsIn(content)] : used;
  };

  const wordsIn = (content: readonly unknown[]): AgentMessage[] =>
    content.flatMap((part): AgentMessage[] => {
      const block = told(part);
      const said = block['type'] === 'text' ? toldText(block['text'])?.trim() : undefined;
      if (said) {
        lastText = said;
        return [{ type: 'text', text: said }];
      }
      if (block['type'] !== 'tool_use') return [];
      const name = toldText(block['name']) ?? '?';
      const summary = summaryOf(block['input']);
      uses.add(block['id'], `${name} ${summary}`.trim());
      return [{ type: 'tool', name, summary }];
    });

  /** Nobody is there to ask: a tool that needs a permission is refused at once, and its result says so. */
  const onUser = (line: Told): AgentMessage[] => {
    const content = told(line['message'])['content'];
    if (!Array.isArray(content)) return [];
    return content.flatMap((part): AgentMessage[] => {
      const block = told(part);
      if (block['type'] !== 'tool_result' || block['is_error'] !== true) return [];
      if (!REFUSED.test(resultText(block['content']))) return [];
      return [{ type: 'waiting', reason: askedFor(uses.of(block['tool_use_id'])) }];
    });
  };

  const onResult = (line: Told): AgentMessage[] => {
    sessionId = toldText(line['session_id']) ?? sessionId;
    const { added, total } = usageOf(line, sessionCost);
    sessionCost = total;
    usage = addUsage(usage, added);
    const untold = subtractUsage(added, turn.sum);
    turn.clear();
    const ok = line['is_error'] === false;
    const errors = Array.isArray(line['errors']) ? line['errors'].map(toldText).join('; ') : '';
    const message = (toldText(line['result'])?.trim() ?? '') || plainText(errors).trim();
    result = {
      ok,
      message,
      subtype: toldText(line['subtype']) ?? '',
      terminalReason: toldText(line['terminal_reason']) ?? '',
      ...(isAmount(line['api_error_status']) ? { status: line['api_error_status'] } : {}),
      ...(apiError === undefined ? {} : { apiError }),
    };
    apiError = undefined;
    return [
      { type: 'usage', usage: untold },
      { type: 'ended', ok, message },
    ];
  };

  return {
    read(line) {
      const parsed = parseTold(line);
      if (parsed?.['type'] === 'system') return onSystem(parsed);
      if (parsed?.['type'] === 'assistant') return onAssistant(parsed);
      if (parsed?.['type'] === 'user') return onUser(parsed);
      if (parsed?.['type'] === 'rate_limit_event') limitedUntil = resetOf(parsed);
      if (parsed?.['type'] === 'result') return onResult(parsed);
      return [];
    },
    conclude(end) {
      const failure = claudeFailure(agent, end, result);
      const lastMessage = (result?.message ?? '') || lastText;
      return {
        usage: addUsage(usage, turn.sum),
        ...(turn.isRunning ? { isUsagePartial: true } : {}),
        ...(failure ? { failure } : {}),
        ...limitOf(failure, limitedUntil),
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(lastMessage === undefined ? {} : { lastMessage: lastMessage.slice(0, TEXT_LIMIT) }),
      };
    },
  };
}

/** Of a limit that refuses; one that only nears is none. It is told in seconds of the epoch. */
function resetOf(line: Told): string | undefined {
  const { status, resetsAt } = told(line['rate_limit_info']);
  return status === 'rejected' && isAmount(resetsAt) ? toldInstant(resetsAt * 1_000) : undefined;
}

/** What one result adds: tokens are its own, costs the increment, from its own words or from the session's sum. */
function usageOf(line: Told, sessionCost: number): { added: Usage; total: number } {
  const used = told(line['usage']);
  const sum = microUsd(line['total_cost_usd']).costMicroUsd;
  const increments = Object.values(told(line['model_usage_since_last_result'])).map(
    (model) => microUsd(told(model)['costUSD']).costMicroUsd,
  );
  const costs = increments.filter((cost) => cost !== undefined);
  const cost =
    costs.length > 0
      ? costs.reduce((a, b) => a + b, 0)
      : sum === undefined
        ? undefined
        : Math.max(0, sum - sessionCost);
  return {
    added: {
      ...tokensIn(used),
      ...(cost === undefined ? {} : { costMicroUsd: cost }),
    },
    total: sum ?? sessionCost + (cost ?? 0),
  };
}

/** How the CLI's texts for a tool that was not allowed begin; an ordinary "permission denied" of a file is none. */
const REFUSED =
  /requested permissions? to|haven't granted|requires? approval|permission to use .* (?:has been|was) denied|no approval surface/i;

function resultText(content: unknown): string {
  if (Array.isArray(content)) return content.map((part) => toldText(told(part)['text'])).join(' ');
  return toldText(content) ?? '';
}
