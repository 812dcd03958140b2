import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { priceTable, type ModelPrice } from '../../lib/model/price-table.js';
import { costOf, priceOf, pricesOf, priceTokens } from '../../lib/plan/price.js';

const count = fc.oneof(fc.nat(5), fc.nat(2_000_000), fc.nat(Number.MAX_SAFE_INTEGER));
/** A decimal number of dollars, as integer digits and how many of them stand behind the point. */
const dollars = fc.record({ digits: fc.nat(99_999_999), places: fc.nat(9) });
const asNumber = ({ digits, places }: { digits: number; places: number }) =>
  Number(`${digits}e-${places}`);

describe('what tokens cost', () => {
  test('001-4.8 the sum is exact and rounded once, as rationals say', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(count, dollars), { minLength: 4, maxLength: 4 }), (parts) => {
        const [input, output, read, write] = parts.map(([, price]) => asNumber(price));
        const price = { input, output, cacheRead: read, cacheWrite: write } as ModelPrice;
        const counts = parts.map(([tokens]) => tokens);
        const usage = {
          inputTokens: counts[0] as number,
          outputTokens: counts[1] as number,
          cacheReadTokens: counts[2] as number,
          cacheWriteTokens: counts[3] as number,
        };
        // In billionths of a micro-dollar, which are integers.
        const exact = parts.reduce(
          (sum, [tokens, { digits, places }]) =>
            sum + BigInt(tokens) * BigInt(digits) * 10n ** BigInt(9 - places),
          0n,
        );
        const told = BigInt(priceTokens(usage, price));
        const off = told * 1_000_000_000n - exact;
        // Beyond 2^53 a number of JavaScript is only the nearest it has.
        if (exact / 1_000_000_000n > BigInt(Number.MAX_SAFE_INTEGER)) return;
        expect(off > -500_000_000n && off <= 500_000_000n).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [{ inputTokens: 1 }, { input: 0.5, output: 1 }, 1],
    [{ inputTokens: 1 }, { input: 0.499999, output: 1 }, 0],
    // As floating point 3 × 0.1 + … would be 0.30000000000000004 and its like.
    [{ inputTokens: 3, outputTokens: 2 }, { input: 0.1, output: 0.1 }, 1],
    [{ inputTokens: 1_000_000 }, { input: 1e-7, output: 1 }, 0],
    [{ inputTokens: 5_000_000 }, { input: 1e-7, output: 1 }, 1],
    [{ cacheReadTokens: 4, cacheWriteTokens: 4 }, { input: 2, output: 9 }, 16],
    [{}, { input: 3, output: 15 }, 0],
  ])('001-4.8 %j at %j are %d micro-dollars', (usage, price, expected) => {
    expect(priceTokens(usage, price)).toBe(expected);
  });

  test('001-4.8 what is told goes before what is computed; without a price or a count it is unknown', () => {
    const tokens = { inputTokens: 10, outputTokens: 1 };
    expect(costOf({ ...tokens, costMicroUsd: 7 }, 'claude-opus-4-5', [priceTable])).toEqual({
      microUsd: 7,
      basis: 'told',
    });
    expect(costOf(tokens, 'claude-opus-4-5', [priceTable])).toEqual({
      microUsd: 75,
      basis: 'priced',
      prices: priceTable.dated,
    });
    expect(costOf(tokens, 'nobody-knows-me', [priceTable])).toBeUndefined();
    expect(costOf(tokens, undefined, [priceTable])).toBeUndefined();
    expect(costOf({ inputTokens: 10 }, 'claude-opus-4-5', [priceTable])).toBeUndefined();
  });
});

describe('the price of a model', () => {
  const price = (input: number): ModelPrice => ({ input, output: 0 });
  const own = {
    dated: '2026-11-01',
    models: { 'm-*': price(1), 'm-*-mini': price(2), 'm-2': price(3), 'a*b*c': price(4) },
  };

  test.each([
    ['m-1', 1],
    ['m-1-mini', 2],
    ['M-2', 3],
    ['vendor/m-2', 3],
    ['abc', 4],
    ['a-b-c', 4],
    ['acb', undefined],
    ['ab', undefined],
    ['x-m-2', undefined],
    ['', undefined],
  ])('001-4.2 %s has the one of the pattern that says most of it', (model, expected) => {
    expect(priceOf(model, [own])?.price.input).toBe(expected);
  });

  test('001-4.2 the configuration goes before the table that is shipped, and each says its date', () => {
    const tables = pricesOf({ dated: '2026-11-01', models: { 'claude-sonnet-*': price(9) } });
    expect(priceOf('claude-sonnet-4-5', tables)).toEqual({ price: price(9), dated: '2026-11-01' });
    expect(priceOf('claude-haiku-4-5', tables)?.dated).toBe(priceTable.dated);
    expect(pricesOf({ models: {} })).toEqual([priceTable]);
  });

  test('001-4.2 the shipped table has a date, and knows the names by which the CLIs call their models', () => {
    expect(new Date(`${priceTable.dated}T00:00:00Z`).toISOString()).toContain(priceTable.dated);
    const input = (model: string) => priceOf(model, [priceTable])?.price.input;
    expect(input('claude-opus-4-5-20251101')).toBe(5);
    expect(input('claude-opus-4-1-20250805')).toBe(15);
    expect(input('us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toBe(3);
    expect(input('anthropic/claude-haiku-4-5')).toBe(1);
    expect(input('gpt-5.1-codex-mini')).toBe(0.25);
    expect(input('gemini-2.5-flash-lite')).toBe(0.1);
    expect(input('gemini-2.5-flash')).toBe(0.3);
    expect(input('gpt-5.9-unheard-of')).toBeUndefined();
  });
});
