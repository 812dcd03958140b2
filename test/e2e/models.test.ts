import { describe, expect, test } from '@jest/globals';
import { priceTable } from '../../lib/model/price-table.js';
import { Rig } from '../rig/rig.js';

const tiers = { small: 'claude-haiku-4-5', medium: 'claude-sonnet-4-5', large: 'claude-opus-4-5' };
const done = { '{ticket}.txt': 'done\n' };

async function withModels(more: Readonly<Record<string, unknown>> = {}) {
  const rig = await Rig.create({ branch: 'work' });
  await rig.config({ models: { choose: 'tier', tiers: { scripted: tiers }, ...more } });
  return rig;
}

const hard = {
  title: 'Redesign the distributed transaction protocol',
  description: `Analyse the deadlock and the race condition, securely. ${'word '.repeat(400)}`,
  targetFiles: Array.from({ length: 10 }, (_, index) => `f${index}`),
};

describe('models of a run', () => {
  test('001-4.2 001-4.3 each ticket’s agent is told its model, the plan and the journal say why, and its tokens cost as much as that', async () => {
    await using rig = await withModels({ types: { chore: 'medium' } });
    await rig.tickets([
      { id: 'A', title: 'Mend a typing mistake' },
      { id: 'B', title: 'Tidy up', type: 'chore' },
      { id: 'C', ...hard },
      { id: 'D', ...hard, metadata: { force_model: 'small' } },
    ]);
    const plan = (await rig.run('stream', '--dry-run')).stdout.replace(/\s+/g, ' ');
    expect(plan).toContain(
      'models: 1 claude-opus-4-5 (large), 1 claude-sonnet-4-5 (medium), 2 claude-haiku-4-5 (small)',
    );
    const explained = (await rig.run('stream', '--explain', 'D')).stdout.replace(/\s+/g, ' ');
    expect(explained).toContain('model claude-haiku-4-5 (small): the ticket asks for it');
    await rig.script({
      '*': [
        { shell: 'printf %s "$SAGE_MODEL" > "$SAGE_TICKET.txt"' },
        { usage: { inputTokens: 100, outputTokens: 10 } },
      ],
    });
    const { summary } = await rig.stream();
    expect(summary.landed).toHaveLength(4);
    const said = (id: string) => rig.git('show', `${summary.branch}:${id}.txt`);
    expect([await said('A'), await said('B'), await said('C'), await said('D')]).toEqual([
      tiers.small,
      tiers.medium,
      tiers.large,
      tiers.small,
    ]);
    const planned = rig.journal()[0]!;
    const chosen = planned.type === 'run.planned' ? planned.tickets : [];
    expect(chosen.map(({ id, model }) => [id, model?.tier, model?.because])).toEqual([
      ['A', 'small', expect.stringMatching(/^claude-haiku-4-5 \(small\): difficulty 0\.0/)],
      ['B', 'medium', 'claude-sonnet-4-5 (medium): type chore is medium (models.types)'],
      ['C', 'large', expect.stringMatching(/^claude-opus-4-5 \(large\): difficulty/)],
      ['D', 'small', 'claude-haiku-4-5 (small): the ticket asks for it (force_model)'],
    ]);
    // (1 + 3 + 5 + 1) × 100 + (5 + 15 + 25 + 5) × 10.
    expect(summary).toMatchObject({ costUsd: 0.0015, pricedUsd: 0.0015 });
    const costs = rig
      .journal()
      .flatMap((event) => (event.type === 'agent.finished' ? [event.outcome.cost] : []));
    expect(costs.map((cost) => [cost?.microUsd, cost?.prices])).toEqual(
      [150, 450, 750, 150].map((microUsd) => [microUsd, priceTable.dated]),
    );
  });

  test('001-4.13 what landed and what did not in one run moves the choice of the next', async () => {
    await using rig = await withModels();
    const ids = (prefix: string) => [1, 2, 3].map((number) => `${prefix}-${number}`);
    const tickets = [
      ...ids('S').map((id) => ({ id, type: 'feature', title: 'x' })),
      ...ids('M').map((id) => ({
        id,
        type: 'feature',
        title: 'x',
        metadata: { force_model: 'medium' },
      })),
    ];
    await rig.tickets([...tickets, { id: 'NEXT', type: 'feature', title: 'x' }]);
    const failing = Object.fromEntries(ids('S').map((id) => [id, [{ exit: 1 }]]));
    await rig.script({ ...failing, '*': [{ write: done }] });
    const first = await rig.stream(...tickets.flatMap(({ id }) => ['--only', id]));
    expect(first.summary.models).toEqual([
      { type: 'feature', tier: 'small', landed: 0, failed: 3 },
      { type: 'feature', tier: 'medium', landed: 3, failed: 0 },
    ]);
    const explained = (await rig.run('stream', '--explain', 'NEXT')).stdout.replace(/\s+/g, ' ');
    expect(explained).toContain(
      'up because of feature tickets small landed 0 of 3, medium landed 3 of 3',
    );
  });

  test('001-4.2 without models to choose from the agent is told of none', async () => {
    await using rig = await Rig.create({ branch: 'work' });
    await rig.config();
    await rig.tickets([{ id: 'A', metadata: { force_model: 'large' } }]);
    await rig.script({ '*': [{ shell: 'env > A.txt' }] });
    const { summary } = await rig.stream();
    expect(await rig.git('show', `${summary.branch}:A.txt`)).not.toContain('SAGE_MODEL');
  });
});
