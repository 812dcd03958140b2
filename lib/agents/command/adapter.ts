import type { AgentMessage, Usage } from '../../model/agent.js';
import { failed, success, type Failure } from '../../model/failure.js';
import { plainText } from '../../process/plain-text.js';
import type { AgentAdapter, AgentListener } from '../adapter.js';
import { findProgram } from '../../process/find-program.js';
import { lastLine, startFailure } from '../start-failure.js';
import { limitOf } from '../trouble.js';
import { addUsage, microUsd, tokens } from '../usage.js';

interface CommandSettings {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly prompt: 'stdin' | 'file';
  /** Top of the checkout: a program with a slash in its name is found from there. */
  readonly root: string;
  /** What the configuration says; a call may say otherwise. */
  readonly model?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const MESSAGE_LIMIT = 2_000;
const NAME_LIMIT = 200;

/**
 * Any program as an agent. It works in its working directory and gets the prompt on standard input, or by the file
 * that SAGE_PROMPT_FILE names (then its input is empty). A line `{"sage":"usage","costUsd":0.12,"inputTokens":9}` of
 * its output is its consumption since the last such line, perhaps with the `model` that used it, and `"final":true` when
 * it uses no more;
 * `{"sage":"rate-limited","message":"…","until":"2026-…Z"}` says that its API refused it for a limit, and until when where
 * that is known; `{"sage":"waiting","reason":"asks for permission: …"}` that it needs a human; all other lines are words. A
 * non-zero exit code is a crash, or that limit.
 */
export function commandAdapter(settings: CommandSettings): AgentAdapter {
  const { name, command, prompt, root, model } = settings;
  const [file = '', ...args] = command;
  return {
    name,
    canResume: false,
    needs: () => false,
    async probe(variables) {
      // Found, never started: nobody knows what a command of one's own does with --version.
      const place = await findProgram(file, variables['PATH'] ?? '', root);
      if (place !== undefined) return success({});
      return failed({
        code: 'agent/not-found',
        message: `the agent ${name} needs ${file}, which is ${file.includes('/') ? 'not there or not executable' : 'not on the PATH'}`,
        hint: `Install it, or mend \`agents.${name}.command\` in .sage/config.yaml.`,
      });
    },
    call: (call) => ({
      file,
      args,
      env: modelVariable(call.model ?? model),
      politeSignal: 'SIGTERM',
      ...(prompt === 'stdin' ? { input: call.prompt } : {}),
    }),
    listen: () => listen(name),
  };
}

function listen(name: string): AgentListener {
  let usage: Usage = {};
  let lastMessage: string | undefined;
  /** What it said of the limit that it met last. */
  let refusal: string | undefined;
  let until: string | undefined;
  return {
    read(line) {
      const fields = toldFields(line);
      if (fields?.['sage'] === 'usage') {
        const told = usageOf(fields);
        usage = addUsage(usage, told);
        const { model } = fields;
        const named = typeof model === 'string' ? plainText(model).slice(0, NAME_LIMIT) : '';
        const used: AgentMessage = {
          type: 'usage',
          usage: told,
          ...(named === '' ? {} : { model: named }),
        };
        return fields['final'] === true
          ? [used, { type: 'ended', ok: true, message: lastMessage ?? '' }]
          : [used];
      }
      if (fields?.['sage'] === 'rate-limited') {
        const { message } = fields;
        refusal = typeof message === 'string' ? plainText(message).slice(0, MESSAGE_LIMIT) : '';
        until = instant(fields['until']);
        return [{ type: 'retrying', reason: refusal === '' ? 'rate limited' : refusal }];
      }
      if (fields?.['sage'] === 'waiting') {
        const { reason } = fields;
        const text = typeof reason === 'string' ? plainText(reason).trim() : 'asks for a human';
        return [{ type: 'waiting', reason: text.slice(0, MESSAGE_LIMIT) }];
      }
      const text = plainText(line).trim().slice(0, MESSAGE_LIMIT);
      if (text === '') return [];
      lastMessage = text;
      return [{ type: 'text', text }] satisfies AgentMessage[];
    },
    conclude(end) {
      const isCrash = end.end.kind !== 'exited' || end.end.code !== 0;
      // One that it got over is none.
      const isRefused = end.end.kind === 'exited' && isCrash;
      const failure =
        startFailure(name, end) ??
        (isRefused && refusal !== undefined ? rateLimited(name, refusal) : undefined);
      const last = isCrash ? end.tail.trim().slice(-MESSAGE_LIMIT) || lastMessage : lastMessage;
      return {
        usage,
        ...(failure ? { failure } : {}),
        ...limitOf(failure, until),
        ...(last ? { lastMessage: failure ? lastLine(last) : last } : {}),
      };
    },
  };
}

const modelVariable = (model: string | undefined): Record<string, string> =>
  model === undefined ? {} : { SAGE_MODEL: model };

const rateLimited = (agent: string, refusal: string): Failure => ({
  code: 'agent/rate-limited',
  message: `${agent} hit a rate or usage limit${refusal === '' ? '' : `: ${refusal}`}`,
  hint: 'Wait until the limit is reset, or run fewer agents at once (`--parallel`).',
  retryable: true,
});

/** ISO 8601; nothing for what is no instant. */
const instant = (told: unknown): string | undefined =>
  typeof told === 'string' && !Number.isNaN(Date.parse(told))
    ? new Date(told).toISOString()
    : undefined;

/** A line that is meant for us. */
function toldFields(line: string): Fields | undefined {
  if (!line.includes('"sage"')) return undefined;
  try {
    const told: unknown = JSON.parse(line);
    return typeof told === 'object' && told !== null ? (told as Fields) : undefined;
  } catch {
    return undefined;
  }
}

const usageOf = (fields: Fields): Usage => ({
  ...microUsd(fields['costUsd']),
  ...tokens('inputTokens', fields['inputTokens']),
  ...tokens('outputTokens', fields['outputTokens']),
  ...tokens('cacheReadTokens', fields['cacheReadTokens']),
  ...tokens('cacheWriteTokens', fields['cacheWriteTokens']),
});
