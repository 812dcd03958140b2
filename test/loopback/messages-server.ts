import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorBody, streamedAnswer, type ModelReply } from './messages-reply.js';

/** A part of a message's content, as far as tests look at it. */
interface Part {
  readonly type: string;
  readonly text?: string;
  readonly content?: unknown;
  readonly is_error?: boolean;
}
interface Message {
  readonly role: string;
  readonly content: string | readonly Part[];
}

/** One request to the model, as a script sees it. */
export interface ModelRequest {
  readonly model: string;
  /** How often the model has answered in this conversation: the script's step. */
  readonly turn: number;
  /** All text of the user's side, from the conversation's beginning. */
  readonly said: string;
  /** Results of the tools that the last answer called. */
  readonly results: readonly { readonly text: string; readonly isError: boolean }[];
  readonly headers: IncomingMessage['headers'];
}

/** Decides from the conversation alone, so that any number of clients can talk at once. */
export type ModelScript = (request: ModelRequest) => ModelReply;

/** A running {@link openMessagesServer}. */
export interface MessagesServer extends AsyncDisposable {
  /** For ANTHROPIC_BASE_URL. */
  readonly url: string;
  readonly requests: readonly ModelRequest[];
  /** Calls other than `POST /v1/messages`: method and path. */
  readonly strays: readonly string[];
  /** From now on requests are answered by this script. */
  script: ModelScript;
}

/**
 * A model on the loopback interface that speaks the Anthropic Messages API and says what a test's script says. It
 * accepts any key and any parameters: what it proves is how a client behaves, not that its requests are valid.
 */
export async function openMessagesServer(script: ModelScript): Promise<MessagesServer> {
  const requests: ModelRequest[] = [];
  const strays: string[] = [];
  const server = createServer((incoming, response) => {
    void answer(incoming, response);
  });
  const messages: MessagesServer = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    requests,
    strays,
    script,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const { pathname } = new URL(incoming.url ?? '/', 'http://loopback');
    if (incoming.method !== 'POST' || pathname !== '/v1/messages') {
      strays.push(`${incoming.method ?? ''} ${pathname}`);
      send(response, 404, {}, errorBody(404));
      return;
    }
    const request = requestOf(body, incoming.headers);
    requests.push(request);
    reply(response, `msg_${requests.length}`, request.model, messages.script(request));
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return messages;
}

function reply(response: ServerResponse, id: string, model: string, answer: ModelReply): void {
  if ('silence' in answer) return;
  if ('status' in answer) {
    send(response, answer.status, answer.headers ?? {}, errorBody(answer.status));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': id });
  if ('cut' in answer) {
    const [start = ''] = streamedAnswer(id, model, { say: answer.cut });
    response.write(start, () => response.destroy());
    return;
  }
  response.end([...streamedAnswer(id, model, answer)].join(''));
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: object,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function read(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

function requestOf(body: string, headers: IncomingMessage['headers']): ModelRequest {
  const { model, messages } = JSON.parse(body) as { model: string; messages: readonly Message[] };
  const users = messages.filter(({ role }) => role === 'user');
  return {
    model,
    headers,
    turn: messages.filter(({ role }) => role === 'assistant').length,
    said: users.flatMap(partsOf).map(textOf).filter(Boolean).join('\n'),
    results: partsOf(users.at(-1))
      .filter(({ type }) => type === 'tool_result')
      .map((part) => ({ text: resultOf(part), isError: part.is_error === true })),
  };
}

function partsOf(message: Message | undefined): readonly Part[] {
  const content = message?.content ?? [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

const textOf = (part: Part) => (part.type === 'text' ? (part.text ?? '') : '');

/** A tool's result is text, or parts of text. */
function resultOf({ content }: Part): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? (content as Part[]).map(textOf).join('\n') : '';
}
