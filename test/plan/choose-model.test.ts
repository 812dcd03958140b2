import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../lib/model/config.js';
import type { TierRecord } from '../../lib/model/model-choice.js';
import type { Ticket } from '../../lib/model/ticket.js';
import { chooseModel } from '../../lib/plan/choose-model.js';
import { difficultyOf } from '../../lib/plan/difficulty.js';
import { explain } from '../../lib/plan/explain.js';
import { planModels } from '../../lib/plan/plan-models.js';
import { defaultConfig } from '../../lib/config/defaults.js';
import { planOf, ticket } from './tickets.js';

const models: Config['models'] = {
  choose: 'tier',
  tiers: { claude: { small: 'haiku', medium: 'sonnet', large: 'opus' } },
  priorities: {},
  types: {},
};
const choose = (one: Ticket, more: Partial<typeof models> = {}, history: TierRecord[] = []) =>
  chooseModel(one, 'claude', { ...models, ...more }, history);

const files = (count: number) => Array.from({ length: count }, (_, index) => `f${index}`);
const easy = ticket('E', { title: 'Mend a typing mistake', type: 'docs' });
const fair = ticket('F', {
  title: 'Refactor the database schema',
  files: files(5),
  type: 'feature',
  acceptanceCriteria: ['Old rows are migrated', 'It is fast'],
});
const hard = ticket('H', {
  title: 'Redesign the distributed transaction protocol',
  description: `Analyse the deadlock and the race condition; secure it. ${'word '.repeat(400)}`,
  files: files(12),
  type: 'feature',
});

describe('the choice of a model', () => {
  test('001-4.2 three tickets get three tiers, each with its reason', () => {
    expect(choose(easy)).toEqual({
      tier: 'small',
      name: 'haiku',
      because:
        'haiku (small): difficulty 0.00 (reasoning 0.00, code 0.00, domain 0.00, context 0.01)',
    });
    expect(choose(fair)).toEqual({
      tier: 'medium',
      name: 'sonnet',
      // 0.35 × (2 words / 4 + 2 criteria / 16) + 0.3 × 5 / 10 + 0.2 × 2 / 3 + 0.15 × 10 / 400
      because:
        'sonnet (medium): difficulty 0.51 (reasoning 0.63, code 0.50, domain 0.67, context 0.03)',
    });
    expect(choose(hard)).toEqual({
      tier: 'large',
      name: 'opus',
      because:
        'opus (large): difficulty 1.00 (reasoning 1.00, code 1.00, domain 1.00, context 1.00)',
    });
  });

  const words = (count: number) => ({ title: '', description: 'x '.repeat(count) });
  const criteria = Array.from({ length: 16 }, () => '');

  test.each([
    // Nine files and 52 words: 0.3 × 0.9 + 0.15 × 0.13.
    [0.29, 'small', { ...words(52), files: files(9) }],
    [0.3, 'medium', { ...words(0), files: files(10) }],
    [0.7, 'medium', { ...words(132), files: files(10), acceptanceCriteria: criteria }],
    [0.71, 'large', { ...words(160), files: files(10), acceptanceCriteria: criteria }],
  ])('001-4.2 a difficulty of %d is %s', (score, tier, draft) => {
    const one = ticket('T', draft);
    expect(difficultyOf(one).score).toBe(score);
    expect(choose(one)?.tier).toBe(tier);
  });

  test('001-4.2 the size of a ticket counts where it names no files, and every part ends at 1', () => {
    expect(difficultyOf(ticket('T', { effortPoints: 4 })).code).toBe(0.5);
    expect(difficultyOf(ticket('T', { effortHours: 6.4 })).code).toBe(0.5);
    expect(difficultyOf(ticket('T', { effortPoints: 100, files: files(1) })).code).toBe(1);
  });

  test('001-4.3 the ticket goes before its priority, that before its type, and that before how hard it is', () => {
    const more = { priorities: { P0: 'large' }, types: { doc: 'medium', docs: 'small' } } as const;
    const first = { ...hard, type: 'user-docs', priority: 0 as const };
    const reason = (one: Ticket) => choose(one, more)?.because;
    expect(reason({ ...first, forceModel: 'Medium' })).toBe(
      'sonnet (medium): the ticket asks for it (force_model)',
    );
    expect(choose({ ...first, forceModel: 'claude-next' }, more)).toEqual({
      name: 'claude-next',
      because: 'claude-next: the ticket asks for it (force_model)',
    });
    expect(reason({ ...first, type: 'feature' })).toBe(
      'opus (large): P0 is large (models.priorities)',
    );
    expect(reason(first)).toBe('opus (large): P0 is large (models.priorities)');
    expect(reason({ ...first, priority: 1 })).toBe(
      'haiku (small): type user-docs is small (models.types)',
    );
    expect(choose(hard, more)?.tier).toBe('large');
  });

  test('001-4.2 nothing is chosen when it is fixed, or for an agent without models of its own', () => {
    expect(choose(hard, { choose: 'fixed' })).toBeUndefined();
    expect(choose({ ...hard, forceModel: 'large' }, { choose: 'fixed' })).toBeUndefined();
    expect(chooseModel(hard, 'mine', models, [])).toBeUndefined();
    expect(choose(hard, { tiers: { claude: {} } })).toBeUndefined();
  });

  test('001-4.2 a tier without a model takes the next larger one, else the next smaller, and says so', () => {
    expect(choose(easy, { tiers: { claude: { medium: 'm', large: 'l' } } })?.because).toMatch(
      /^m \(medium\): .*; claude has no small model$/,
    );
    expect(choose(hard, { tiers: { claude: { small: 's', medium: 'm' } } })?.name).toBe('m');
  });
});

describe('history', () => {
  const record = (tier: TierRecord['tier'], landed: number, failed: number, type = 'feature') => ({
    type,
    tier,
    landed,
    failed,
  });
  const tierOf = (...history: TierRecord[]) => choose(fair, {}, history)?.tier;

  test('001-4.13 too few that landed and a better next tier: one up, and the reason says both', () => {
    const history = [
      record('medium', 1, 1),
      record('medium', 1, 0, 'docs'),
      record('medium', 1, 1),
      record('large', 3, 1),
    ];
    expect(choose(fair, {}, history)).toMatchObject({
      tier: 'large',
      because: expect.stringMatching(
        /, up because of feature tickets medium landed 2 of 4, large landed 3 of 4$/,
      ),
    });
  });

  test('001-4.13 nearly all landed, and the lower tier nearly, too: one down', () => {
    expect(choose(fair, {}, [record('medium', 9, 1), record('small', 6, 1)])).toMatchObject({
      tier: 'small',
      because: expect.stringContaining('down because of feature tickets medium landed 9 of 10'),
    });
  });

  test.each([
    ['two are too few', [record('medium', 0, 2), record('large', 3, 0)]],
    ['the next tier has too few', [record('medium', 0, 3), record('large', 2, 0)]],
    ['the next tier is no better', [record('medium', 1, 2), record('large', 1, 2)]],
    ['70 % is not below 70 %', [record('medium', 7, 3), record('large', 3, 0)]],
    ['other types say nothing', [record('medium', 0, 3, 'docs'), record('large', 3, 0, 'docs')]],
    ['89 % is below 90 %', [record('medium', 89, 11), record('small', 3, 0)]],
    ['the lower tier is below 85 %', [record('medium', 3, 0), record('small', 84, 16)]],
    ['the lower tier has too few', [record('medium', 3, 0), record('small', 2, 0)]],
    ['nothing is known', []],
  ])('001-4.13 it stays: %s', (_, history) => {
    expect(tierOf(...history)).toBe('medium');
  });

  test('001-4.13 there is nothing above the large and below the small', () => {
    expect(choose(hard, {}, [record('large', 0, 9)])?.tier).toBe('large');
    expect(choose(easy, {}, [record('small', 9, 0, 'docs')])?.tier).toBe('small');
  });

  test('001-4.3 what is asked for is not moved', () => {
    const history = [record('medium', 0, 3), record('large', 3, 0)];
    expect(choose({ ...fair, forceModel: 'medium' }, {}, history)?.tier).toBe('medium');
    expect(choose(fair, { types: { feature: 'medium' } }, history)?.tier).toBe('medium');
  });
});

test('001-4.2 the plan names the models of what runs, and an explanation the reason', () => {
  const list = [easy, hard, ticket('D', { after: ['GONE'] })];
  const config = { ...defaultConfig, agent: 'claude', models };
  const plan = planModels(planOf(list), list, config, undefined, []);
  expect(plan.tickets.map(({ id, model }) => [id, model?.name])).toEqual([
    ['E', 'haiku'],
    ['H', 'opus'],
    ['D', undefined],
  ]);
  expect(plan.notes).toContain('models: 1 haiku (small), 1 opus (large); --explain ID says why');
  const told = explain(plan, list, 'H');
  expect(told.ok && told.value.reasons).toContainEqual(
    expect.stringMatching(/^model opus \(large\): difficulty/),
  );
  expect(planModels(planOf(list), list, config, 'other', [])).toEqual(planOf(list));
  expect(planModels(planOf(list), list, defaultConfig, undefined, [])).toEqual(planOf(list));
});
