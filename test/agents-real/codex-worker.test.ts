import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { spent } from '../loopback/model-server.js';
import { codexConfig } from './cli-homes.js';
import { addFile, codexRig, KEY, shell, stream, ticketOf, workAndCommit } from './codex-rig.js';
import { activityOf, expectThreeLanded, outcomeOf } from './told.js';

describe('the real Codex as a worker', () => {
  test('002-17.4 001-5.3 three at once write, commit and land; session, words, tools and tokens are read', async () => {
    await using world = await codexRig(
      (request) => {
        if (request.turn === 1 && ticketOf(request) === 'T-3') return shell('env > env.txt');
        return workAndCommit(request);
      },
      { name: 'Prüf stand' },
    );
    const { rig, model } = world;
    await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }, { id: 'T-3' }]);
    const end = await stream(rig, '--parallel=3');
    expectThreeLanded(rig, end);
    expect(rig.read('T-1.txt') + rig.read('T-2.txt')).toBe('T-1\nT-2\n');

    const outcome = outcomeOf(rig, 'T-2');
    // What the server reported to this worker alone, summed over its three answers.
    const told = spent(model, ({ caller }) => caller === outcome?.sessionId);
    expect(told.cached_tokens).toBeGreaterThan(5_000);
    expect(outcome?.usage).toEqual({
      inputTokens: told.input_tokens - told.cached_tokens,
      cacheReadTokens: told.cached_tokens,
      cacheWriteTokens: 0,
      outputTokens: told.output_tokens,
    });
    const all = spent(model, () => true);
    expect(end.summary.tokens).toBe(all.input_tokens + all.output_tokens);

    const said = activityOf(rig);
    expect(said).toContainEqual({ type: 'text', text: 'I write T-1.txt.' });
    expect(said).toContainEqual({ type: 'tool', name: 'shell', summary: 'env > env.txt' });
    expect(new Set(model.requests.map(({ key }) => key))).toEqual(new Set([KEY]));

    const seen = rig.read('env.txt');
    expect(seen).toContain('SAGE_TICKET=T-3\n');
    expect(seen).not.toContain('not-for-agents');
  });

  test('the model, no reports and one retry are settings of the call; its own files stay as they are', async () => {
    // A model that it does not know is offered fewer tools.
    await using world = await codexRig(({ turn }) =>
      turn === 0 ? shell('echo a > a.txt') : { say: 'Done.' },
    );
    const { rig, model } = world;
    await rig.config({ agent: 'quick', agents: { quick: { kind: 'codex', model: 'gpt-loop' } } });
    await rig.tickets([{ id: 'T-1' }]);
    const { summary } = await rig.stream();
    expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
    expect(new Set(model.requests.map((request) => request.model))).toEqual(new Set(['gpt-loop']));
    const meta = JSON.parse(String(model.requests[0]?.headers['x-codex-turn-metadata'])) as object;
    expect(meta).toMatchObject({ analytics_enabled: false, sandbox_mode: 'workspace-write' });
    const config = readFileSync(join(rig.places.home, '.codex/config.toml'), 'utf8');
    expect(config).toBe(codexConfig(model.url));
    const { code, stdout } = await rig.run('validate', '--check=agent');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/codex-cli \d+\.\d+/)]);
  });

  test('a fix after a red check goes on in the session, and only what was added is counted', async () => {
    await using world = await codexRig(({ turn, results }) => {
      if (turn === 0) return addFile('a.txt', 'wrong');
      if (turn === 2) return shell('echo right > a.txt');
      return { say: results[0] ?? '' };
    });
    const { rig, model } = world;
    const step = { id: 'one', type: 'generic', description: 'Be right', status: 'UNPROCESSED' };
    const tasks = [{ ...step, validation_script: 'grep -q right a.txt' }];
    await rig.tickets([{ id: 'T-1', tasks }]);
    const { summary } = await stream(rig);
    expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
    expect(new Set(model.requests.map(({ caller }) => caller)).size).toBe(1);
    const ends = rig.journal().filter((event) => event.type === 'agent.finished');
    expect(ends).toHaveLength(2);
    const sum = (pick: (usage: (typeof ends)[number]['outcome']['usage']) => number | undefined) =>
      ends.reduce((total, { outcome }) => total + (pick(outcome.usage) ?? 0), 0);
    const told = spent(model, () => true);
    expect(sum(({ outputTokens }) => outputTokens)).toBe(told.output_tokens);
    expect(sum(({ cacheReadTokens }) => cacheReadTokens)).toBe(told.cached_tokens);
    expect(sum(({ inputTokens }) => inputTokens)).toBe(told.input_tokens - told.cached_tokens);
  });
});
