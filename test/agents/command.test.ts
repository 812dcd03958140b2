import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChosenAgent } from '../../lib/agents/choose.js';
import { commandAdapter } from '../../lib/agents/command/adapter.js';
import { priceTable } from '../../lib/model/price-table.js';
import { AgentStage, conformsAsAgent, type Behaviour } from '../conformance/agents.js';

const SCRIPTS: Record<Behaviour, string> = {
  works: `cat >/dev/null; echo work > work.txt
    echo '{"sage":"usage","costUsd":0.1,"inputTokens":9}'
    echo 'It rolls now.'
    echo '{"sage":"usage","costUsd":0.02,"outputTokens":3,"cacheReadTokens":"many"}'`,
  fails: `echo 'begun'; echo 'no paper left' >&2; exit 1`,
  hangs: `echo begun; sleep 100`,
  'leaves-a-child': `setsid sleep 100 & echo over`,
  'shows-environment': `env > environment.txt`,
  'shows-prompt': `cat > prompt.txt; cmp -s prompt.txt "$SAGE_PROMPT_FILE" || echo differ > prompt.txt`,
};

const agentFor = (stage: AgentStage, how: Behaviour): ChosenAgent => ({
  name: 'mine',
  adapter: commandAdapter({
    name: 'mine',
    command: [stage.program('mine', `#!/bin/sh\n${SCRIPTS[how]}\n`)],
    prompt: 'stdin',
    root: stage.folder,
  }),
  environment: [],
});

describe('a command as an agent', () => {
  conformsAsAgent(agentFor);
});

describe('a command of one’s own', () => {
  let stage: AgentStage;
  beforeEach(() => {
    stage = new AgentStage();
  });
  afterEach(() => stage.clean());

  const mine = (script: string, prompt: 'stdin' | 'file' = 'stdin'): ChosenAgent => {
    stage.program('mine', `#!/bin/sh\n${script}\n`);
    const command = ['mine', 'one', 'two'];
    const adapter = commandAdapter({ name: 'mine', command, prompt, root: stage.folder });
    return { name: 'mine', adapter, environment: [] };
  };

  test('with the prompt as a file its input is empty', async () => {
    await stage.call(
      mine('cat > input.txt; cp "$SAGE_PROMPT_FILE" prompt.txt; echo "$@"', 'file'),
      {
        variables: { PATH: stage.path },
      },
    );
    expect(stage.text('lane-1/input.txt')).toBe('');
    expect(stage.text('lane-1/prompt.txt')).toContain('Make it round');
    expect(stage.messages).toEqual([{ type: 'text', text: 'one two' }]);
  });

  test('a line says that it waits for a human, and why', () => {
    const listener = mine('').adapter.listen({} as never);
    const line = '{"sage":"waiting","reason":"asks for permission: rm\\u001b[2J -rf"}';
    expect(listener.read(line)).toEqual([
      { type: 'waiting', reason: 'asks for permission: rm -rf' },
    ]);
    expect(listener.read('{"sage":"waiting"}')).toEqual([
      { type: 'waiting', reason: 'asks for a human' },
    ]);
  });

  test('001-4.14 while it works each cost is told as the sum so far, but not what comes with its end', async () => {
    const told: number[] = [];
    const usage = (costUsd: number, more = '') =>
      `echo '{"sage":"usage","costUsd":${costUsd}${more}}'`;
    const outcome = await stage.call(
      mine([usage(0.1), usage(0.02), usage(0.3, ',"final":true')].join('\n')),
      { onCost: (_intent, microUsd) => told.push(microUsd) },
    );
    expect(told).toEqual([100_000, 120_000]);
    expect(outcome.cost).toEqual({ microUsd: 420_000, basis: 'told' });
  });

  test('001-4.8 001-5.3 tokens by class and the model that used them make the cost, which is not told', async () => {
    const outcome = await stage.call(
      mine(
        `echo '{"sage":"usage","inputTokens":1000,"outputTokens":10,"cacheReadTokens":5,"model":"claude-haiku-4-5-20251001"}'
        echo '{"sage":"usage","cacheWriteTokens":3}'`,
      ),
    );
    expect(outcome).toMatchObject({
      usage: { inputTokens: 1000, outputTokens: 10, cacheReadTokens: 5, cacheWriteTokens: 3 },
      model: 'claude-haiku-4-5-20251001',
      // 1,000 × 1 + 10 × 5 + 5 × 0.1 + 3 × 1.25 = 1,054.25
      cost: { microUsd: 1054, basis: 'priced', prices: priceTable.dated },
    });
  });

  test('words that only look like usage are words, and control characters are removed', async () => {
    const outcome = await stage.call(
      mine(String.raw`printf '{"sage":"usage"\n{"sage":"other"}\n"sage"\n\033[31mred\033[0m\n'`),
    );
    expect(outcome.usage).toEqual({});
    expect(stage.messages.map((message) => 'text' in message && message.text)).toEqual([
      '{"sage":"usage"',
      '{"sage":"other"}',
      '"sage"',
      'red',
    ]);
  });

  test.each([
    ['with its words', '"message":"429, \\u001b[31mwait\\u001b[0m"', ': 429, wait'],
    ['without', '"message":7', ''],
  ])(
    '002-10.2 a rate limit told %s is why it failed, unless it got over it',
    async (_, words, said) => {
      const line = `echo '{"sage":"rate-limited",${words}}'`;
      const { failure } = await stage.call(mine(`${line}; exit 1`));
      expect(failure).toMatchObject({
        code: 'agent/rate-limited',
        message: `mine hit a rate or usage limit${said}`,
        retryable: true,
      });
      expect(stage.messages.map(({ type }) => type)).toEqual(['retrying']);
      expect((await stage.call(mine(`${line}; echo over it`))).failure).toBeUndefined();
      expect((await stage.call(mine('exit 1'))).failure).toBeUndefined();
    },
  );

  test.each([
    ['2026-03-01T10:00:00+01:00', '2026-03-01T09:00:00.000Z'],
    ['soon', undefined],
  ])('003-7.10 a rate limit until %s is told as %s', async (until, told) => {
    const line = `echo '{"sage":"rate-limited","until":"${until}"}'`;
    expect((await stage.call(mine(`${line}; exit 1`))).limitedUntil).toBe(told);
    expect((await stage.call(mine(`${line}; echo over it`))).limitedUntil).toBeUndefined();
  });

  test('it is found, never started, when it is asked for', async () => {
    const { adapter } = mine('echo > "$(dirname "$0")/started"');
    expect(await adapter.probe({ PATH: stage.path })).toEqual({ ok: true, value: {} });
    expect(() => stage.text('bin/started')).toThrow('ENOENT');
    expect(await adapter.probe({ PATH: '/nowhere' })).toMatchObject({
      ok: false,
      failure: {
        code: 'agent/not-found',
        message: 'the agent mine needs mine, which is not on the PATH',
      },
    });
  });

  test('a folder for temporary files is empty for the first round and kept for the next', async () => {
    const agent = mine('ls "$TMPDIR" > seen.txt; echo > "$TMPDIR/left"');
    await stage.call(agent);
    expect(stage.text('lane-1/seen.txt')).toBe('');
    await stage.call(agent, {}, { round: 2 });
    expect(stage.text('lane-1/seen.txt')).toBe('left\n');
    await stage.call(agent);
    expect(stage.text('lane-1/seen.txt')).toBe('');
  });

  test('a talkative one is written down up to a bound, and its costs beyond it', async () => {
    const line = 'x'.repeat(1_500);
    const outcome = await stage.call(
      mine(`yes ${line} | head -n 9000; echo '{"sage":"usage","costUsd":1}'`),
    );
    expect(outcome.usage).toEqual({ costMicroUsd: 1_000_000 });
    const activity = stage.text('run/attempts/T-1-1/activity.ndjson');
    expect(activity.length).toBeLessThan(9 * 1024 * 1024);
    expect(activity.trim().split('\n').at(-1)).toContain('1000000');
  });
});
