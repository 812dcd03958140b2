import { expect } from '@jest/globals';
import type { AgentOutcome } from '../../lib/model/agent.js';
import type { Costs, CostSum } from '../../lib/model/costs-schema.js';
import type { Rig } from '../rig/rig.js';
import { MODELS, NANO_USD, type Cli, type Models, type Spent } from './mixed-rig.js';

type Tokens = Omit<Spent, 'asked'>;

/** One call of an agent: what its run wrote down, and what its model said to it meanwhile. */
interface Call {
  readonly ticket: string;
  readonly attempt: string;
  readonly cli: Cli;
  readonly cost: AgentOutcome['cost'];
  readonly tokens: Tokens;
  /** Of a call that was cut off in the middle of an answer: what it had told. */
  readonly told?: Tokens;
}

const NONE: Tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

const sum = (all: readonly Tokens[]): Tokens =>
  all.reduce(
    (total, one) => ({
      input: total.input + one.input,
      output: total.output + one.output,
      cacheRead: total.cacheRead + one.cacheRead,
      cacheWrite: total.cacheWrite + one.cacheWrite,
    }),
    NONE,
  );

const nanoUsd = ({ cli, tokens }: Call): number => {
  const price = NANO_USD[cli];
  return (
    tokens.input * price.input +
    tokens.output * price.output +
    tokens.cacheRead * price.cacheRead +
    tokens.cacheWrite * price.cacheWrite
  );
};

const tokensOf = ({ usage }: AgentOutcome): Tokens => ({
  input: usage.inputTokens ?? 0,
  output: usage.outputTokens ?? 0,
  cacheRead: usage.cacheReadTokens ?? 0,
  cacheWrite: usage.cacheWriteTokens ?? 0,
});

/** All calls of a run that has ended. */
function callsOf(rig: Rig, models: Models): readonly Call[] {
  const spent = models.spent();
  const began = new Map<string, number>();
  /** What a call of Codex used that failed is told by the next one of its session. */
  const late = new Map<string, Tokens>();
  return rig.journal().flatMap((event): Call[] => {
    if (event.type === 'agent.called') began.set(event.attempt, Date.parse(event.at));
    if (event.type !== 'agent.finished') return [];
    const { attempt, outcome } = event;
    const [ticket = ''] = attempt.split('#');
    const [from = NaN, to] = [began.get(attempt), Date.parse(event.at)];
    const theirs = spent.filter(
      ({ asked }) => asked.ticket === ticket && asked.at >= from && asked.at <= to,
    );
    const cli = theirs[0]?.asked.cli;
    if (!cli) return [];
    const tokens = sum([...theirs, late.get(attempt) ?? NONE]);
    if (cli === 'codex' && !outcome.cost) late.set(attempt, tokens);
    const told = outcome.isUsagePartial ? { told: tokensOf(outcome) } : {};
    return [{ ticket, attempt, cli, cost: outcome.cost, tokens, ...told }];
  });
}

/**
 * Expects `sage costs` to say what the models counted, at the prices of their day: each class of tokens of every ticket,
 * attempt and model, each call to the micro-dollar, rounded once. What nobody told is unknown and in no sum.
 */
export async function expectTrueCosts(rig: Rig, models: Models, untold: readonly string[]) {
  expect(models.asked.filter(({ ticket }) => ticket === '?')).toEqual([]);
  const calls = callsOf(rig, models);
  for (const call of calls) {
    const { attempt, cost } = call;
    if (!cost) continue;
    // Half a micro-dollar may go either way: who tells it has added dollars in binary.
    const off = Math.abs(
      cost.microUsd * 1_000 - nanoUsd({ ...call, tokens: call.told ?? call.tokens }),
    );
    expect({ attempt, isRounded: off <= 500 }).toEqual({ attempt, isRounded: true });
  }
  const by = { ticket: 'ticket', attempt: 'attempt', model: 'cli' } as const;
  for (const [name, key] of Object.entries(by)) {
    const { code, stdout } = await rig.run('costs', '--json', `--by=${name}`);
    expect(code).toBe(0);
    const { rows, total } = JSON.parse(stdout) as Costs;
    const expected = [...new Set(calls.map((call) => call[key]))].map((group) => [
      key === 'cli' ? MODELS[group as Cli] : group,
      expectedSum(calls.filter((call) => call[key] === group)),
    ]);
    expect(Object.fromEntries(rows.map((row) => [row.name, sumIn(row)]))).toEqual(
      Object.fromEntries(expected),
    );
    expect(sumIn(total)).toEqual(expectedSum(calls));
  }
  const unknown = new Set(calls.filter(isUntold).map(({ ticket }) => ticket));
  expect([...unknown].sort()).toEqual([...untold].sort());
}

/** Expects no ticket to have cost more than its model counted, however often a call of it was cut off. */
export function expectNothingTwice(rig: Rig, models: Models): void {
  const calls = callsOf(rig, models);
  for (const ticket of new Set(calls.map((call) => call.ticket))) {
    const told = calls.filter((call) => call.ticket === ticket && call.cost);
    const microUsd = told.reduce((total, { cost }) => total + cost!.microUsd, 0);
    const counted = told.reduce((total, call) => total + nanoUsd(call), 0);
    const tooMuch = microUsd * 1_000 > counted + 500 * told.length;
    expect({ ticket, tooMuch, isTold: microUsd > 0 }).toEqual({
      ticket,
      tooMuch: false,
      isTold: true,
    });
  }
}

const isUntold = ({ cost, told }: Call) => !cost || told !== undefined;

function expectedSum(calls: readonly Call[]) {
  const told = calls.filter(({ cost }) => cost);
  return {
    ...sum(told.map(({ told: part, tokens }) => part ?? tokens)),
    calls: calls.length,
    attempts: new Set(calls.map(({ attempt }) => attempt)).size,
    microUsd: told.reduce((total, { cost }) => total + cost!.microUsd, 0),
    unknown: new Set(calls.filter(isUntold).map(({ attempt }) => attempt)).size,
  };
}

const sumIn = (row: CostSum) => ({
  input: row.inputTokens,
  output: row.outputTokens,
  cacheRead: row.cacheReadTokens,
  cacheWrite: row.cacheWriteTokens,
  calls: row.calls,
  attempts: row.attempts,
  microUsd: row.microUsd,
  unknown: row.unknown,
});
