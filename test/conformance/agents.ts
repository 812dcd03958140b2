import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ChosenAgent } from '../../lib/agents/choose.js';
import { markerOf, type AgentRunDeps } from '../../lib/agents/agent-run-deps.js';
import { createAgentRun } from '../../lib/agents/run-agent.js';
import { readTemplates } from '../../lib/agents/templates.js';
import type { AgentMessage, AgentOutcome, Usage } from '../../lib/model/agent.js';
import { success } from '../../lib/model/failure.js';
import { attemptAddress, laneName, oid, runId, ticketId } from '../../lib/model/ids.js';
import type { AgentRun } from '../../lib/model/intent.js';
import type { Ticket } from '../../lib/model/ticket.js';
import { priceTable } from '../../lib/model/price-table.js';
import { costOf } from '../../lib/plan/price.js';
import { createRunProcess } from '../../lib/process/run-process.js';
import { findMarked, sweepMarker } from '../../lib/process/sweep.js';

let made = 0;

/** What a fake agent does, in the words of no CLI in particular; each fake says it in its own. */
export type Behaviour =
  'works' | 'fails' | 'hangs' | 'leaves-a-child' | 'shows-environment' | 'shows-prompt';

/** A lane, a run directory and the effect, around one adapter and its fake executable. */
export class AgentStage {
  readonly folder = mkdtempSync(join(tmpdir(), 'sage-test-'));
  readonly run = runId(`20260101-000000-${process.pid}${(made += 1)}`);
  readonly lane = join(this.folder, 'lane-1');
  readonly messages: AgentMessage[] = [];
  readonly ticket: Ticket = ticketOf();

  constructor() {
    mkdirSync(this.lane);
  }

  /** An executable in the folder `bin`. */
  program(name: string, script: string): string {
    mkdirSync(join(this.folder, 'bin'), { recursive: true });
    const file = join(this.folder, 'bin', name);
    writeFileSync(file, script);
    chmodSync(file, 0o755);
    return file;
  }

  get path(): string {
    return `${join(this.folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  }

  async effect(agent: ChosenAgent, more: Partial<AgentRunDeps> = {}) {
    const ours = join(import.meta.dirname, '../../../templates');
    const templates = await readTemplates(ours, join(this.folder, 'templates'));
    if (!templates.ok) throw new Error(templates.failure.message);
    const clock = { now: () => Date.now(), monotonic: () => performance.now() };
    return createAgentRun({
      run: this.run,
      marker: this.run,
      runDirectory: join(this.folder, 'run'),
      attemptFolder: () => join(this.folder, 'run', 'attempts', 'T-1-1'),
      tickets: new Map([[this.ticket.id, this.ticket]]),
      documents: () => [],
      agentFor: () => Promise.resolve(success(agent)),
      templates: templates.value,
      checks: ['npm test'],
      access: 'edits',
      variables: { PATH: this.path, HOME: this.folder, TELLS: 'yes', SECRET_TOKEN: 'never' },
      identity: { name: 'A', email: 'a@b.c' },
      lanePath: () => this.lane,
      temporaryFolder: () => join(this.folder, 'tmp'),
      portBase: () => 41_000,
      limits: { limitMs: 30_000, silenceMs: 20_000 },
      costOf: (usage, model) => costOf(usage, model, [priceTable]),
      runProcess: createRunProcess({ clock }),
      clock,
      onMessage: (_, message) => this.messages.push(message),
      ...more,
    });
  }

  intent(more: Partial<AgentRun> = {}): AgentRun {
    return {
      kind: 'agent.run',
      key: 'agent/T-1#1/1',
      lane: laneName(1),
      attempt: attemptAddress(this.ticket.id, 1),
      ticket: this.ticket.id,
      base: oid('0'.repeat(40)),
      round: 1,
      ask: { kind: 'ticket' },
      ...more,
    };
  }

  /** Calls the agent once and returns what is told about it. */
  async call(
    agent: ChosenAgent,
    more: Partial<AgentRunDeps> = {},
    intent: Partial<AgentRun> = {},
    cancel: AbortSignal = new AbortController().signal,
  ): Promise<AgentOutcome> {
    const effect = await this.effect(agent, more);
    return outcomeOf(await effect.perform(this.intent(intent), cancel));
  }

  text(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  async clean(): Promise<void> {
    await sweepMarker(this.run, 0);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function outcomeOf(events: readonly { readonly type: string }[]): AgentOutcome {
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ type: 'agent.finished', closes: 'agent/T-1#1/1' });
  return (events[0] as unknown as { readonly outcome: AgentOutcome }).outcome;
}

function ticketOf(): Ticket {
  return {
    id: ticketId('T-1'),
    title: 'Make it round',
    state: 'UNPROCESSED',
    priority: 2,
    type: 'task',
    validationType: 'generic',
    description: 'It is square.',
    acceptanceCriteria: ['It rolls.'],
    dependencies: [],
    blocks: [],
    children: [],
    component: 'T',
    documents: [],
    files: [],
    subtasks: [],
    scripts: [],
    isHistory: false,
    where: { file: '.sage/tickets/index.json' },
  };
}

/**
 * The case of a CLI that tells its version. `fake` writes a shell script into the stage and returns the agent that calls
 * it; `isAsked` is the condition under which the script tells.
 */
export function tellsItsVersion(
  fake: (stage: AgentStage, script: string) => ChosenAgent,
  version: string,
  isAsked = '[ "$1" = --version ]',
): void {
  test('its version is asked for', async () => {
    const stage = new AgentStage();
    const probed = (script: string) => fake(stage, script).adapter.probe({ PATH: stage.path });
    try {
      expect(await probed(`${isAsked} && echo '${version}'`)).toEqual(success({ version }));
      expect(await probed('exit 3')).toMatchObject({
        ok: false,
        failure: {
          code: 'agent/not-answering',
          message: expect.stringMatching(/--version` ended with code 3$/) as unknown,
        },
      });
    } finally {
      await stage.clean();
    }
  });
}

/**
 * The cases that every adapter must pass, around a fake of its CLI. `agentFor` writes the fake into the stage and
 * returns the agent that calls it; `used` is what the fake that works tells of its use, for a CLI that tells less.
 */
export function conformsAsAgent(
  agentFor: (stage: AgentStage, how: Behaviour) => ChosenAgent,
  used: Usage = { costMicroUsd: 120_000, inputTokens: 9, outputTokens: 3 },
): void {
  let stage: AgentStage;
  beforeEach(() => {
    stage = new AgentStage();
  });
  afterEach(() => stage.clean());

  test('002-17.4 001-5.3 it works in the lane, gets the prompt and tells its words and usage', async () => {
    const outcome = await stage.call(agentFor(stage, 'works'));
    expect(outcome).toMatchObject({
      end: { kind: 'exited', code: 0 },
      usage: used,
      lastMessage: 'It rolls now.',
      log: 'attempts/T-1-1/output.log',
    });
    expect(outcome.failure).toBeUndefined();
    const count = (type: string) => stage.messages.filter((said) => said.type === type).length;
    expect([outcome.messages, outcome.toolCalls]).toEqual([count('text'), count('tool')]);
    expect(outcome.messages).toBeGreaterThan(0);
    expect(outcome.outputBytes).toBe(stage.text(`run/${outcome.log}`).length);
    expect(stage.text('lane-1/work.txt')).toBe('work\n');
    expect(stage.messages).toContainEqual({ type: 'text', text: 'It rolls now.' });
    const activity = stage.text('run/attempts/T-1-1/activity.ndjson').trim().split('\n');
    expect(activity.map((line) => (JSON.parse(line) as { message: unknown }).message)).toEqual(
      stage.messages,
    );
  });

  test('it reads the prompt, which is the file that SAGE_PROMPT_FILE names, too', async () => {
    await stage.call(agentFor(stage, 'shows-prompt'));
    const prompt = stage.text('run/attempts/T-1-1/prompt.md');
    expect(prompt).toContain('Make it round');
    expect(stage.text('lane-1/prompt.txt')).toBe(prompt);
  });

  test('its environment is the allow-list, what is configured, and ours', async () => {
    await stage.call({ ...agentFor(stage, 'shows-environment'), environment: ['TELLS'] });
    const lines = stage.text('lane-1/environment.txt').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'TELLS=yes',
        'SAGE_TICKET=T-1',
        `SAGE_RUN=${stage.run}`,
        'SAGE_ATTEMPT=T-1#1',
        'SAGE_LANE=lane-1',
        'SAGE_PORT_BASE=41000',
        `SAGE_PROMPT_FILE=${join(stage.folder, 'run/attempts/T-1-1/prompt.md')}`,
        `TMPDIR=${join(stage.folder, 'tmp')}`,
        'GIT_AUTHOR_NAME=A',
        'GIT_COMMITTER_EMAIL=a@b.c',
        'GIT_CONFIG_KEY_0=gc.auto',
        'GIT_CONFIG_VALUE_0=0',
        `SAGE_MARKER=${markerOf(stage.run, stage.intent())}`,
      ]),
    );
    expect(lines.join('\n')).not.toContain('SECRET_TOKEN');
    expect(existsSync(join(stage.folder, 'tmp'))).toBe(true);
  });

  test('a failing one is told as failed, with what it said', async () => {
    const outcome = await stage.call(agentFor(stage, 'fails'));
    expect(outcome.end).toEqual({ kind: 'exited', code: 1 });
    expect(`${outcome.failure?.message ?? ''} ${outcome.lastMessage ?? ''}`).toContain('no paper');
  });

  test('a missing program is told as not found', async () => {
    const agent = agentFor(stage, 'works');
    rmSync(join(stage.folder, 'bin'), { recursive: true });
    const outcome = await stage.call(agent);
    expect(outcome.end).toEqual({ kind: 'not-started' });
    expect(outcome.failure?.code).toBe('agent/not-found');
    expect(outcome.failure?.hint).toContain('--agent');
  });

  test('a missing lane is no fault of the agent', async () => {
    const outcome = await stage.call(agentFor(stage, 'works'), { lanePath: () => '/sage/nowhere' });
    expect(outcome.failure?.code).toBe('agent/crashed');
    expect(outcome.failure?.message).toContain('/sage/nowhere');
  });

  test('002-7.1 a hanging one is ended when it is silent, works too long or is cancelled', async () => {
    const agent = agentFor(stage, 'hangs');
    const silent = await stage.call(agent, { limits: { limitMs: 30_000, silenceMs: 400 } });
    expect(silent).toMatchObject({ end: { kind: 'silent', limitMs: 400 } });
    const long = await stage.call(agent, { limits: { limitMs: 400, silenceMs: 30_000 } });
    expect(long).toMatchObject({ end: { kind: 'timed-out', limitMs: 400 } });
    const cancel = new AbortController();
    const onMessage = () => cancel.abort();
    const cancelled = await stage.call(agent, { onMessage }, {}, cancel.signal);
    expect(cancelled).toMatchObject({ end: { kind: 'cancelled' } });
    for (const outcome of [silent, long, cancelled]) expect(outcome.failure).toBeUndefined();
    expect(await findMarked(stage.run)).toEqual([]);
  });

  test('what it leaves running is ended', async () => {
    const outcome = await stage.call(agentFor(stage, 'leaves-a-child'));
    expect(outcome.end).toEqual({ kind: 'exited', code: 0 });
    expect(await findMarked(stage.run)).toEqual([]);
  });

  test('002-7.4 a finished call is not made again after a crash', async () => {
    const agent = agentFor(stage, 'works');
    const outcome = await stage.call(agent);
    rmSync(join(stage.lane, 'work.txt'));
    const effect = await stage.effect(agent);
    const again = await effect.reconcile(stage.intent(), new AbortController().signal);
    expect(outcomeOf(again)).toEqual(outcome);
    expect(readdirSync(stage.lane)).toEqual([]);
  });

  test('002-7.4 a call that a crash cut off is told as cancelled, its processes gone, its costs kept', async () => {
    const agent = agentFor(stage, 'works');
    await stage.call(agent);
    rmSync(join(stage.folder, 'run/attempts/T-1-1/end.json'));
    const effect = await stage.effect(agent);
    const marker = markerOf(stage.run, stage.intent());
    execFileSync('sh', ['-c', 'sleep 100 >/dev/null 2>&1 &'], {
      env: { PATH: process.env['PATH'], SAGE_MARKER: marker },
      stdio: 'ignore',
    });
    expect(await findMarked(marker)).toHaveLength(1);
    const outcome = outcomeOf(await effect.reconcile(stage.intent(), new AbortController().signal));
    expect(outcome).toMatchObject({
      end: { kind: 'cancelled' },
      usage: used,
      lastMessage: 'It rolls now.',
    });
    expect(await findMarked(marker)).toEqual([]);
  });
}
