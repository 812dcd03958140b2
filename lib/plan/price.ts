import type { AgentCost, Usage } from '../model/agent.js';
import type { Config } from '../model/config.js';
import { priceTable, type ModelPrice, type PriceTable } from '../model/price-table.js';

/** A price that holds for a model, and the date of the table that it is from. */
export interface FoundPrice {
  readonly price: ModelPrice;
  readonly dated: string;
}

/**
 * What a call cost: as the CLI told it, else its tokens at the price of its model. Nothing where neither is known: no
 * price, or a CLI that told no input or no output.
 */
export function costOf(
  usage: Usage,
  model: string | undefined,
  tables: readonly PriceTable[],
): AgentCost | undefined {
  const { costMicroUsd, inputTokens, outputTokens } = usage;
  if (costMicroUsd !== undefined) return { microUsd: costMicroUsd, basis: 'told' };
  const found = model === undefined ? undefined : priceOf(model, tables);
  if (found === undefined || inputTokens === undefined || outputTokens === undefined)
    return undefined;
  return { microUsd: priceTokens(usage, found.price), basis: 'priced', prices: found.dated };
}

/** The tables that hold under a configuration, the one that goes before the others first. */
export function pricesOf(own: Config['prices'] | undefined): readonly PriceTable[] {
  // A run that an older sage began has none in its configuration.
  if (own?.dated === undefined) return [priceTable];
  return [{ dated: own.dated, models: own.models as PriceTable['models'] }, priceTable];
}

/** The price of a model: of the first table that knows it, by its whole name, else by what follows `provider/`. */
export function priceOf(model: string, tables: readonly PriceTable[]): FoundPrice | undefined {
  const whole = model.toLowerCase();
  const short = whole.slice(whole.lastIndexOf('/') + 1);
  for (const { dated, models } of tables) {
    const price = bestOf(models, whole) ?? bestOf(models, short);
    if (price) return { price, dated };
  }
  return undefined;
}

function bestOf(models: PriceTable['models'], name: string): ModelPrice | undefined {
  const fitting = Object.keys(models)
    .filter((pattern) => fits(pattern.toLowerCase(), name))
    .sort((one, other) => letters(other) - letters(one) || (one < other ? -1 : 1));
  return fitting[0] === undefined ? undefined : models[fitting[0]];
}

const letters = (pattern: string) => pattern.replaceAll('*', '').length;

/** Whether a text is what a pattern says, `*` for any text, in time linear in both. */
function fits(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let place = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, place);
    if (found < 0) return false;
    place = found + part.length;
  }
  return text.length - last.length >= place && text.endsWith(last);
}

/** Integer micro-dollars for tokens; exact until the sum is rounded once, half a micro-dollar up. */
export function priceTokens(usage: Usage, price: ModelPrice): number {
  const parts = [
    [usage.inputTokens, price.input],
    [usage.outputTokens, price.output],
    [usage.cacheReadTokens, price.cacheRead ?? price.input],
    [usage.cacheWriteTokens, price.cacheWrite ?? price.input],
  ] as const;
  const terms = parts.map(([count = 0, usd]) => {
    const { digits, places } = decimal(usd);
    return { value: BigInt(count) * digits, places };
  });
  const most = Math.max(...terms.map(({ places }) => places));
  const sum = terms.reduce(
    (total, { value, places }) => total + value * 10n ** BigInt(most - places),
    0n,
  );
  const one = 10n ** BigInt(most);
  return Number((2n * sum + one) / (2n * one));
}

/** A price as the decimal number that was written: `digits / 10^places`. */
function decimal(price: number): { readonly digits: bigint; readonly places: number } {
  const [number = '0', exponent = '0'] = String(price).split('e');
  const [whole = '0', fraction = ''] = number.split('.');
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}
