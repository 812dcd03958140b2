import type { Config } from '../model/config.js';
import {
  modelTiers,
  type ModelChoice,
  type ModelTier,
  type TierRecord,
} from '../model/model-choice.js';
import type { Ticket } from '../model/ticket.js';
import { difficultyOf, type Difficulty } from './difficulty.js';

type Models = Config['models'];

/** A tier, and the reason for it as the end of a sentence. */
interface Reasoned {
  readonly tier: ModelTier;
  readonly why: string;
}

/**
 * The model for a ticket: what the ticket asks for, else what its priority or type is given, else by how hard it looks,
 * moved by what history says of that type. Nothing: the agent's own model, because nothing is to be chosen or the agent
 * has no models to choose from. Pure and deterministic.
 */
export function chooseModel(
  ticket: Ticket,
  agent: string,
  models: Models | undefined,
  history: readonly TierRecord[],
): ModelChoice | undefined {
  // A run that an older sage began has no models in its configuration.
  const names = models?.choose === 'tier' ? models.tiers[agent] : undefined;
  if (!models || !names || modelTiers.every((tier) => names[tier] === undefined)) return undefined;
  const { forceModel } = ticket;
  const asked = modelTiers.find((tier) => tier === forceModel?.toLowerCase());
  if (forceModel !== undefined && asked === undefined)
    return { name: forceModel, because: `${forceModel}: the ticket asks for it (force_model)` };
  const { tier, why } =
    (asked && { tier: asked, why: 'the ticket asks for it (force_model)' }) ??
    given(ticket, models) ??
    byHistory(ticket, byDifficulty(difficultyOf(ticket)), history);
  const used = nearestTier(tier, names);
  const name = names[used] ?? '';
  const missing = used === tier ? '' : `; ${agent} has no ${tier} model`;
  const forced = asked === undefined ? {} : ({ isForced: true } as const);
  return { tier: used, name, ...forced, because: `${name} (${used}): ${why}${missing}` };
}

/** By `models.priorities`, then by `models.types`, whose longest word that the ticket's type holds counts. */
function given({ priority, type }: Ticket, { priorities, types }: Models): Reasoned | undefined {
  const level = `P${priority}` as const;
  const own = priorities[level];
  if (own) return { tier: own, why: `${level} is ${own} (models.priorities)` };
  const word = Object.keys(types)
    .filter((one) => type.includes(one.toLowerCase()))
    .sort((one, other) => other.length - one.length || (one < other ? -1 : 1))[0];
  const tier = word === undefined ? undefined : types[word];
  return tier && { tier, why: `type ${type} is ${tier} (models.types)` };
}

const SMALL_BELOW = 0.3;
const MEDIUM_UP_TO = 0.7;

function byDifficulty({ score, reasoning, code, domain, context }: Difficulty): Reasoned {
  const tier = score < SMALL_BELOW ? 'small' : score <= MEDIUM_UP_TO ? 'medium' : 'large';
  const of = (value: number) => value.toFixed(2);
  return {
    tier,
    why: `difficulty ${of(score)} (reasoning ${of(reasoning)}, code ${of(code)}, domain ${of(domain)}, context ${of(context)})`,
  };
}

const ENOUGH = 3;
const POOR = 0.7;
const GOOD = 0.9;
const GOOD_BELOW = 0.85;

/** One tier up where too little of this type landed and the next did better; one down where the lower does as well. */
function byHistory(
  { type }: Ticket,
  { tier, why }: Reasoned,
  history: readonly TierRecord[],
): Reasoned {
  const place = modelTiers.indexOf(tier);
  const record = (at: number) => recordOf(history, type, modelTiers[at]);
  const own = record(place);
  if (!own) return { tier, why };
  const [above, below] = [record(place + 1), record(place - 1)];
  const told = (one: Known) => `${one.tier} landed ${one.landed} of ${one.count}`;
  const of = type === '' ? 'such tickets' : `${type} tickets`;
  if (own.rate < POOR && above && above.rate > own.rate)
    return { tier: above.tier, why: `${why}, up because of ${of} ${told(own)}, ${told(above)}` };
  if (own.rate >= GOOD && below && below.rate >= GOOD_BELOW)
    return { tier: below.tier, why: `${why}, down because of ${of} ${told(own)}, ${told(below)}` };
  return { tier, why };
}

interface Known {
  readonly tier: ModelTier;
  readonly landed: number;
  readonly count: number;
  readonly rate: number;
}

/** Nothing below three attempts. */
function recordOf(
  history: readonly TierRecord[],
  type: string,
  tier: ModelTier | undefined,
): Known | undefined {
  const own = history.filter((one) => one.type === type && one.tier === tier);
  const landed = own.reduce((sum, one) => sum + one.landed, 0);
  const count = own.reduce((sum, one) => sum + one.landed + one.failed, 0);
  return tier && count >= ENOUGH ? { tier, landed, count, rate: landed / count } : undefined;
}

/** The tier itself where it has a model, else the next larger that has one, else the next smaller. */
function nearestTier(tier: ModelTier, names: Models['tiers'][string]): ModelTier {
  const place = modelTiers.indexOf(tier);
  const order = [...modelTiers.slice(place), ...modelTiers.slice(0, place).reverse()];
  return order.find((one) => names[one] !== undefined) ?? tier;
}
