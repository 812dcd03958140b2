import { told, type Told } from './told.js';

/** A tool that a model may call. */
export interface McpTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: object;
  /** Answers what the model is told. */
  call(given: Told): Promise<McpAnswer>;
}

export interface McpAnswer {
  readonly text: string;
  /** It was not done; the text says why, so that the model can do better. */
  readonly isError: boolean;
}

/** Revisions that begin with `initialize`, the newest first. */
const WITH_HANDSHAKE = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
/** Revisions in which each request tells its own. */
const STATELESS: readonly string[] = ['2026-07-28'];

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const SERVER = 'io.modelcontextprotocol/serverInfo';

/** What never changes while a server lives, and how long it may be kept then. Milliseconds. */
const UNCHANGING = ['server/discover', 'tools/list'];
const CACHED = { ttlMs: 3_600_000, cacheScope: 'private' };

type Reply = Readonly<Record<string, unknown>>;

/** A request that is refused by the protocol's own means; codes are those of JSON-RPC and MCP. */
class Refused extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/**
 * A server of the Model Context Protocol that has one tool and nothing else, over whatever carries its lines: a line in,
 * a line out, or none for what wants no answer. It speaks the revisions that begin with `initialize` and the stateless one.
 */
export function mcpServer(tool: McpTool): { answer(line: string): Promise<string | undefined> } {
  const serverInfo = { name: 'sage', version: '1' };
  const capabilities = { tools: {} };

  async function result(method: string, params: Told): Promise<Reply> {
    switch (method) {
      case 'initialize': {
        const wanted = WITH_HANDSHAKE.find((one) => one === params['protocolVersion']);
        return { protocolVersion: wanted ?? WITH_HANDSHAKE[0], capabilities, serverInfo };
      }
      case 'server/discover':
        return { supportedVersions: STATELESS, capabilities };
      case 'ping':
        return {};
      case 'tools/list': {
        const { name, description, inputSchema } = tool;
        return { tools: [{ name, description, inputSchema }] };
      }
      case 'tools/call': {
        if (params['name'] !== tool.name)
          throw new Refused(-32602, `Unknown tool: ${JSON.stringify(params['name'])}`);
        const { text, isError } = await tool.call(told(params['arguments']));
        return { content: [{ type: 'text', text }], isError };
      }
      default:
        throw new Refused(-32601, `Method not found: ${method}`);
    }
  }

  async function answerOne(message: unknown): Promise<Reply | undefined> {
    const { id, method, ...rest } = told(message);
    const answered = typeof id === 'string' || typeof id === 'number' ? id : null;
    const head = { jsonrpc: '2.0', id: answered };
    // An answer to nothing that was asked.
    if (method === undefined && ('result' in rest || 'error' in rest)) return undefined;
    if (typeof method !== 'string' || rest['jsonrpc'] !== '2.0')
      return { ...head, error: { code: -32600, message: 'Invalid request' } };
    // A notification.
    if (id === undefined) return undefined;
    const params = told(rest['params']);
    const stated = told(params['_meta'])[VERSION];
    try {
      if (stated !== undefined && !STATELESS.some((one) => one === stated))
        throw new Refused(-32022, 'Unsupported protocol version', {
          supported: [...STATELESS, ...WITH_HANDSHAKE],
          requested: stated,
        });
      const found = await result(method, params);
      if (stated === undefined) return { ...head, result: found };
      const lasts = UNCHANGING.includes(method) ? CACHED : {};
      const own = { resultType: 'complete', _meta: { [SERVER]: serverInfo }, ...lasts };
      return { ...head, result: { ...own, ...found } };
    } catch (error) {
      const { code, message: why, data } = error instanceof Refused ? error : internal(error);
      return { ...head, error: { code, message: why, ...(data === undefined ? {} : { data }) } };
    }
  }

  return {
    async answer(line) {
      if (line.trim() === '') return undefined;
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        const error = { code: -32700, message: 'Parse error' };
        return JSON.stringify({ jsonrpc: '2.0', id: null, error });
      }
      // Batches are of the revision of March 2025 alone; an empty one is no request.
      const isBatch = Array.isArray(message) && message.length > 0;
      const replies: Reply[] = [];
      for (const one of isBatch ? (message as readonly unknown[]) : [message]) {
        const reply = await answerOne(one);
        if (reply) replies.push(reply);
      }
      if (replies.length === 0) return undefined;
      return JSON.stringify(isBatch ? replies : replies[0]);
    },
  };
}

const internal = (error: unknown) =>
  new Refused(-32603, error instanceof Error ? error.message : String(error));
