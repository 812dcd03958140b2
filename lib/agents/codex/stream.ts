import type { AgentMessage, Usage } from '../../model/agent.js';
import type { AgentListener } from '../adapter.js';
import { parseTold, summaryOf, told, toldText, type Told } from '../told.js';
import { limitOf } from '../trouble.js';
import { addUsage, isAmount, subtractUsage, tokens } from '../usage.js';
import { codexFailure, type CodexReport } from './failure.js';
import { limitIn } from './limit.js';
import { refusalIn, sandboxFault } from './sandbox.js';

/**
 * Reads `codex exec --json`. An `error` line ends nothing: `turn.completed` or `turn.failed` does, and the process. The
 * tokens told are sums over the whole session, earlier processes included; `usageBefore` is what those told.
 */
export function listenToCodex(agent: string, usageBefore: Usage): AgentListener {
  let sessionId: string | undefined;
  let total: Usage = usageBefore;
  let usage: Usage = {};
  let lastText: string | undefined;
  const report: { -readonly [Key in keyof CodexReport]: CodexReport[Key] } = {};
  /** When the limit is over that it told last; ISO 8601. */
  let limitedUntil: string | undefined;
  /** A tool of it has run, so its sandbox works. */
  let hasRun = false;

  const onItem = (item: Told, isBegun: boolean): AgentMessage[] => {
    if (item['type'] === 'agent_message' && !isBegun) {
      const said = toldText(item['text'])?.trim();
      if (!said) return [];
      lastText = said;
      return [{ type: 'text', text: said }];
    }
    const tool = toolIn(item);
    if (!tool) return [];
    if (isBegun) return [{ type: 'tool', ...tool }];
    const fault = sandboxFault(item);
    if (fault === undefined) hasRun = true;
    else if (!hasRun) report.sandbox = fault;
    return [];
  };

  const onEnd = (line: Told, ok: boolean): AgentMessage[] => {
    const message = ok ? (lastText ?? '') : (toldText(told(line['error'])['message']) ?? '');
    report.end = { ok, message };
    const added = subtractUsage(usageOf(told(line['usage'])), total);
    usage = addUsage(usage, added);
    total = addUsage(total, added);
    return [
      ...(Object.keys(added).length > 0 ? [{ type: 'usage' as const, usage: added }] : []),
      { type: 'ended', ok, message },
    ];
  };

  const onLine = (line: Told): AgentMessage[] => {
    switch (line['type']) {
      case 'thread.started':
        sessionId = toldText(line['thread_id']);
        return sessionId === undefined ? [] : [{ type: 'session', sessionId }];
      case 'item.started':
        return onItem(told(line['item']), true);
      case 'item.completed':
        return onItem(told(line['item']), false);
      case 'error':
        return retryIn(toldText(line['message']) ?? '');
      case 'turn.completed':
        return onEnd(line, true);
      case 'turn.failed':
        return onEnd(line, false);
      default:
        return [];
    }
  };

  return {
    read(text) {
      const line = parseTold(text);
      if (!line) return [];
      const messages = onLine(line);
      for (const message of messages) {
        if (message.type === 'retrying') limitedUntil = limitIn(message.reason, Date.now());
        else if (message.type === 'ended') limitedUntil = limitIn(message.message, Date.now());
        // What it says next ends the wait.
        if (message.type === 'retrying') report.retrying = message.reason;
        else delete report.retrying;
      }
      return messages;
    },
    conclude(end) {
      const failure = codexFailure(agent, end, report);
      const refused = refusalIn(end.tail);
      const lastMessage = report.end?.message || lastText;
      return {
        usage,
        ...(failure ? { failure } : {}),
        ...limitOf(failure, limitedUntil),
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(lastMessage === undefined ? {} : { lastMessage }),
        ...(refused === undefined ? {} : { waitedFor: refused }),
      };
    },
  };
}

/** What a tool is called for. Plans, thoughts and notes are none. */
function toolIn(item: Told): { readonly name: string; readonly summary: string } | undefined {
  switch (item['type']) {
    case 'command_execution':
      return { name: 'shell', summary: summaryOf({ command: inner(toldText(item['command'])) }) };
    case 'file_change': {
      const changes = Array.isArray(item['changes']) ? item['changes'] : [];
      return { name: 'edit', summary: summaryOf(changes[0]) };
    }
    case 'mcp_tool_call':
      return { name: toldText(item['tool']) ?? '?', summary: summaryOf(item['arguments']) };
    case 'web_search':
      return { name: 'web search', summary: summaryOf(item) };
    default:
      return undefined;
  }
}

/** A command without the shell around it: `/bin/bash -lc 'npm test'`. */
const inner = (command = '') => {
  const script = /^\S*sh -l?c ([\s\S]+)$/.exec(command)?.[1] ?? command;
  return /^'[^']*'$/.test(script) ? script.slice(1, -1) : script;
};

/** `Reconnecting... 2/5 (why)`; other errors are told again by the end of the turn. */
function retryIn(message: string): AgentMessage[] {
  const [, attempt, why] =
    /^Reconnecting\W+(?:(\d+)\/\d+|[^(]*)\s*(?:\(([\s\S]*)\))?/.exec(message) ?? [];
  if (!message.startsWith('Reconnecting')) return [];
  return [
    {
      type: 'retrying',
      reason: why ?? message,
      ...(attempt === undefined ? {} : { attempt: Number(attempt) }),
    },
  ];
}

/** Its input counts what came from the cache, its output what was thought. */
function usageOf(used: Told): Usage {
  const input = used['input_tokens'];
  if (!isAmount(input)) return {};
  const ofCache = [used['cached_input_tokens'], used['cache_write_input_tokens']]
    .filter(isAmount)
    .reduce((sum, count) => sum + count, 0);
  return {
    ...tokens('inputTokens', Math.max(0, input - ofCache)),
    ...tokens('outputTokens', used['output_tokens']),
    ...tokens('cacheReadTokens', used['cached_input_tokens']),
    ...tokens('cacheWriteTokens', used['cache_write_input_tokens']),
  };
}
