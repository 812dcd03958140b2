import {
  orders,
  readChoice,
  readDollars,
  readParallel,
  readSpan,
  readWhole,
  schedules,
} from '../../config/values.js';
import type { Failure } from '../../model/failure.js';
import type { Confirm } from '../../model/question.js';
import type { Arguments } from '../command.js';
import { PARALLEL_FORMS, type StreamOptions } from './stream.js';
import { streamCombinations } from './stream-combinations.js';

/** Typed arguments → options, or every fault of values and combinations. */
export function readStreamOptions(given: Arguments): {
  readonly options?: StreamOptions;
  readonly faults: readonly Failure[];
} {
  const faults: Failure[] = [...streamCombinations(given)];
  const read = <Value>(
    name: string,
    reader: (text: string) => Value | undefined,
    expects: string,
  ) => {
    const text = given.values[name]?.at(-1);
    // An empty value has been reported where the names were checked.
    if (text === undefined || text === '') return undefined;
    const value = reader(text);
    if (value === undefined) {
      faults.push({
        code: 'usage/invalid',
        message: `--${name} cannot be "${text.slice(0, 60)}".`,
        hint: `It must be ${expects}.`,
      });
    }
    return value;
  };

  const parallel = read(
    'parallel',
    readParallel,
    `a whole number from 0, or auto: ${PARALLEL_FORMS}`,
  );
  const limit = read('limit', (text) => readWhole(text) || undefined, 'a whole number from 1');
  const maxCostUsd = read('max-cost', readDollars, 'US dollars, such as 20 or 2.50');
  const schedule = read('schedule', (text) => readChoice(text, schedules), 'rolling or batch');
  const order = read('order', (text) => readChoice(text, orders), 'slack or priority');
  const format = read('format', (text) => readChoice(text, formats), 'text, mermaid or json');
  const forMs = read('for', readSpan, 'a time such as 90s, 9m or 1h');
  const confirm = confirmOf(given);
  const text = (name: string) => given.values[name]?.at(-1);
  const verify = given.values['verify'];
  const agent = text('agent');
  const target = text('target');
  const explain = text('explain');
  const detached = text('detached');
  const stepping = text('stepping');
  if (faults.length > 0) return { faults };

  const options: StreamOptions = {
    mode: modeOf(given),
    auto: given.flags.has('auto'),
    only: given.values['only'] ?? [],
    components: given.values['component'] ?? [],
    format: given.flags.has('json') ? 'json' : (format ?? 'text'),
    quiet: given.flags.has('quiet'),
    plain: given.flags.has('plain'),
    ...(given.flags.has('detach') ? { detach: true } : {}),
    ...(detached === undefined ? {} : { detached }),
    ...(confirm === undefined ? {} : { confirm }),
    ...(given.flags.has('step') ? { step: true } : {}),
    ...(stepping === undefined ? {} : { stepping }),
    ...(forMs === undefined ? {} : { forMs }),
    ...(explain === undefined ? {} : { explain }),
    ...(limit === undefined ? {} : { limit }),
    ...(target === undefined ? {} : { target }),
    overrides: {
      // What the configuration says of it is for --auto.
      ...(parallel === undefined && !confirm ? {} : { parallel: parallel ?? 0 }),
      ...(schedule === undefined ? {} : { schedule }),
      ...(order === undefined ? {} : { order }),
      ...(agent === undefined ? {} : { agent }),
      ...(maxCostUsd === undefined ? {} : { 'limits.maxCostUsd': maxCostUsd }),
      ...(verify === undefined ? {} : { verify: verify[0] === 'none' ? 'none' : [...verify] }),
    },
  };
  return { options, faults };
}

function modeOf({ flags, values }: Arguments): StreamOptions['mode'] {
  if (values['explain'] !== undefined) return 'explain';
  if (flags.has('dry-run')) return 'dry-run';
  return flags.has('auto') || confirmOf({ flags, values }) ? 'run' : 'plan';
}

function confirmOf({ flags, values }: Pick<Arguments, 'flags' | 'values'>): Confirm | undefined {
  if (flags.has('semi-auto')) return 'component';
  const isAsking = flags.has('interactive') || flags.has('step') || values['stepping'];
  return isAsking ? 'ticket' : undefined;
}

const formats = ['text', 'mermaid', 'json'] as const;
