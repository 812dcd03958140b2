import type { AgentMessage, Usage } from '../../model/agent.js';
import type { AgentListener } from '../adapter.js';
import { askedFor, parseTold, summaryOf, told, toldInstant, toldText, type Told } from '../told.js';
import { limitOf } from '../trouble.js';
import { addUsage, isAmount, tokens } from '../usage.js';
import { opencodeFailure, type OpencodeEnd, type OpencodeError } from './failure.js';

/**
 * Reads `--format json`: each line is a part of the conversation, told when it is complete, or an error. Tokens and
 * cost are those of a step and add up. Nothing closes the output: a run is whole when its last step ended for another
 * reason than to call tools, and the process with code 0. `sage.retry` lines come from our plugin.
 */
export function listenToOpencode(agent: string): AgentListener {
  let sessionId: string | undefined;
  let usage: Usage = {};
  let costNanoUsd = 0;
  let lastText: string | undefined;
  let end: OpencodeEnd = {};
  /** An error makes its exit code 1, although it may go on: with a shorter conversation, say. */
  let hadError = false;
  /** What it tries again for, and no step has come to its end since; words may be those of the answer that was cut. */
  let retrying: OpencodeError | undefined;

  const onText = (part: Told): AgentMessage[] => {
    const text = toldText(part['text'])?.trim();
    if (!text) return [];
    lastText = text;
    return [{ type: 'text', text }];
  };

  /** Nobody is there to ask: what needs a permission is refused, and the tool's error says so. */
  const onTool = (part: Told): AgentMessage[] => {
    retrying = undefined;
    const state = told(part['state']);
    const name = toldText(part['tool']) ?? '?';
    const summary = summaryOf(state['input']);
    const use: AgentMessage = { type: 'tool', name, summary };
    const isRefused = state['status'] === 'error' && REFUSED.test(toldText(state['error']) ?? '');
    if (!isRefused) return [use];
    const reason = askedFor(`${name} ${summary}`.trim());
    end = { ...end, refusal: reason };
    return [use, { type: 'waiting', reason }];
  };

  const onStep = (part: Told): AgentMessage[] => {
    const reason = toldText(part['reason']) ?? '';
    end = { ...end, reason };
    retrying = undefined;
    const counted = told(part['tokens']);
    const cache = told(counted['cache']);
    const output = [counted['output'], counted['reasoning']].filter(isAmount);
    const added: Usage = {
      ...tokens('inputTokens', counted['input']),
      ...(output.length > 0
        ? tokens(
            'outputTokens',
            output.reduce((a, b) => a + b),
          )
        : {}),
      ...tokens('cacheReadTokens', cache['read']),
      ...tokens('cacheWriteTokens', cache['write']),
      ...costOf(part['cost']),
    };
    usage = addUsage(usage, added);
    return [{ type: 'usage', usage: added }];
  };

  /**
   * Without prices it says 0. What is told is the growth of the rounded sum, so that rounding does not add up; the sum
   * is of whole nano-dollars, since fractions of dollars are none in binary.
   */
  const costOf = (usd: unknown): Usage => {
    if (!isAmount(usd) || usd === 0) return {};
    costNanoUsd += Math.round(usd * 1_000_000_000);
    return { costMicroUsd: Math.round(costNanoUsd / 1_000) - (usage.costMicroUsd ?? 0) };
  };

  const onError = (line: Told): AgentMessage[] => {
    const { name, data } = told(line['error']) as { name?: unknown; data?: unknown };
    const said = told(data);
    const message = (toldText(said['message']) ?? '').trim();
    // Our own word, which follows on giving up.
    if (name === 'MessageAbortedError' && end.error) return [];
    const seconds = Number(told(said['responseHeaders'])['retry-after']);
    const until =
      isAmount(seconds) && isAmount(line['timestamp'])
        ? toldInstant(line['timestamp'] + seconds * 1_000)
        : undefined;
    const error: OpencodeError = {
      name: toldText(name) ?? '',
      message: message || (toldText(name) ?? ''),
      ...(isAmount(said['statusCode']) ? { status: said['statusCode'] } : {}),
      ...(until === undefined ? {} : { until }),
    };
    end = { error };
    hadError = true;
    return [{ type: 'ended', ok: false, message: error.message }];
  };

  const onRetry = (line: Told): AgentMessage[] => {
    const message = toldText(line['message'])?.trim() ?? 'unknown error';
    const { status, delayMs, retryAfter } = line;
    if (line['sessionID'] === sessionId) {
      const until =
        retryAfter !== undefined && isAmount(delayMs)
          ? toldInstant(Date.now() + delayMs)
          : undefined;
      retrying = {
        name: 'APIError',
        message,
        ...(isAmount(status) ? { status } : {}),
        ...(until === undefined ? {} : { until }),
      };
      if (line['gaveUp'] === true) end = { error: retrying };
    }
    return [
      {
        type: 'retrying',
        reason: isAmount(status) ? `${message} (${status})` : message,
        ...(isAmount(line['attempt']) ? { attempt: line['attempt'] } : {}),
        ...(isAmount(delayMs) ? { delayMs: Math.round(delayMs) } : {}),
      },
    ];
  };

  const readers: Readonly<Record<string, (line: Told) => AgentMessage[]>> = {
    text: (line) => onText(told(line['part'])),
    tool_use: (line) => onTool(told(line['part'])),
    step_finish: (line) => onStep(told(line['part'])),
    step_start: () => {
      end = {};
      return [];
    },
    error: onError,
    'sage.retry': onRetry,
  };

  return {
    read(line) {
      const parsed = parseTold(line);
      const type = parsed?.['type'];
      if (!parsed || typeof type !== 'string' || !Object.hasOwn(readers, type)) return [];
      const opened = opening(parsed);
      return [...opened, ...(readers[type]?.(parsed) ?? [])];
    },
    conclude(ended) {
      // Its last try may begin a step, or end without a word, after it was given up.
      const isStuck = end.error === undefined && end.reason === undefined && retrying !== undefined;
      const error = isStuck ? retrying : end.error;
      const failure = opencodeFailure(agent, ended, {
        ...end,
        hadError,
        ...(error ? { error } : {}),
      });
      return {
        usage,
        ...(failure ? { failure } : {}),
        ...limitOf(failure, error?.until),
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(lastText === undefined ? {} : { lastMessage: lastText }),
      };
    },
  };

  /** Every line names the session: the first one opens it. */
  function opening(line: Told): AgentMessage[] {
    const id = line['sessionID'];
    if (sessionId !== undefined || typeof id !== 'string' || id === '') return [];
    sessionId = id;
    return [{ type: 'session', sessionId }];
  }
}

/** OpenCode's words for a tool that was not allowed, by a rule or by nobody; a plain "permission denied" is none. */
const REFUSED =
  /^The user (rejected permission to use|has specified a rule which prevents you from using|dismissed this question)/;
