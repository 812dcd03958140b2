// The program behind `test-agent`: does what its script says or, without one, what the test tells it over a socket.
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { forTicket, perform, type AgentAction } from './agent-actions.js';

/** Actions by ticket, most specific first: `T-1#2` (its second call), `T-1`, `*`. */
export type AgentScript = Readonly<Record<string, readonly AgentAction[]>>;

/** What an agent says first, when it asks the test what to do. */
export interface AgentHello {
  readonly pid: number;
  readonly ticket: string;
  /** Which call for this ticket it is, from 1. */
  readonly call: number;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly prompt: string;
}

/** A line of `calls.ndjson`: proof of what ran when, kept even by agents that nobody asked. */
export interface CallRecord {
  readonly event: 'started' | 'ended';
  readonly at: number;
  readonly pid: number;
  readonly ticket: string;
  readonly call: number;
  readonly cwd?: string;
  readonly prompt?: string;
}

const [folder = '', ...args] = process.argv.slice(2);
if (args.includes('--version')) {
  console.log('test-agent 1.0.0');
} else {
  await main();
}

async function main(): Promise<void> {
  const { env } = process;
  const ticket = env['SAGE_TICKET'] ?? '';
  const call = countCall(ticket);
  const prompt = env['SAGE_PROMPT_FILE'] ? readFileSync(env['SAGE_PROMPT_FILE'], 'utf8') : stdin();
  const about = { pid: process.pid, ticket, call };
  record({ event: 'started', at: Date.now(), ...about, cwd: process.cwd(), prompt });
  process.on('exit', () => record({ event: 'ended', at: Date.now(), ...about }));

  const actions = scripted(ticket, call);
  if (actions) {
    for (const action of actions) await perform(forTicket(action, ticket));
    return;
  }
  const clean = Object.fromEntries(Object.entries(env).filter((pair) => pair[1] !== undefined));
  await obey({ ...about, args, cwd: process.cwd(), env: clean as Record<string, string>, prompt });
}

function stdin(): string {
  try {
    return readFileSync(0, 'utf8');
  } catch {
    return '';
  }
}

/** Numbers the calls of a ticket by creating a file of its own for each: safe among processes. */
function countCall(ticket: string): number {
  const marks = join(folder, 'calls');
  mkdirSync(marks, { recursive: true });
  for (let call = 1; ; call += 1) {
    try {
      closeSync(openSync(join(marks, `${encodeURIComponent(ticket)}.${call}`), 'wx'));
      return call;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function record(line: CallRecord): void {
  appendFileSync(join(folder, 'calls.ndjson'), `${JSON.stringify(line)}\n`);
}

function scripted(ticket: string, call: number): readonly AgentAction[] | undefined {
  const file = join(folder, 'script.json');
  if (!existsSync(file)) return undefined;
  const script = JSON.parse(readFileSync(file, 'utf8')) as AgentScript;
  return script[`${ticket}#${call}`] ?? script[ticket] ?? script[`*#${call}`] ?? script['*'];
}

async function obey(hello: AgentHello): Promise<void> {
  const socket = createConnection(join(folder, 'agent.sock'));
  const send = (message: object) => socket.write(`${JSON.stringify(message)}\n`);
  send(hello);
  for await (const line of createInterface({ input: socket })) {
    const action = JSON.parse(line) as AgentAction;
    if ('exit' in action || 'die' in action) {
      socket.end();
      await perform(action);
      return;
    }
    try {
      send({ ok: true, value: await perform(action) });
    } catch (error) {
      send({ ok: false, value: String(error) });
    }
  }
  // The test is gone: so is the agent.
  process.exitCode = 1;
}
