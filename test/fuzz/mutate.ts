/** 0 ≤ x < 1. */
export type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)]!;

/** Pieces that parsers stumble over. */
const PIECES = [
  ...[
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\n',
    '\r\n',
    '\t',
    ' ',
    '#',
    '- ',
    '&a',
    '*a',
    '<<',
    '|',
    '>',
  ],
  ...[
    '\0',
    '\ufeff',
    '\ud800',
    '\\u0000',
    '\\ud800',
    'é',
    '🙂',
    '\u2028',
    '1e999',
    '-0',
    '0x1',
    '1_000',
  ],
  ...[
    'null',
    'true',
    '~',
    '.inf',
    '!!binary x',
    '__proto__',
    'constructor',
    '../..',
    'T-1',
    '"sum":"00000000"}',
  ],
];

/** A few changes anywhere, without respect for any form. */
export function mutateBytes(input: Buffer, random: Random): Buffer {
  let bytes = input;
  for (let left = 1 + Math.floor(random() * 4); left > 0; left -= 1) {
    const at = Math.floor(random() * (bytes.length + 1));
    const end = Math.min(bytes.length, at + Math.floor(random() ** 3 * 200));
    const [head, middle, tail] = [
      bytes.subarray(0, at),
      bytes.subarray(at, end),
      bytes.subarray(end),
    ];
    const change = Math.floor(random() * 6);
    if (change === 0) bytes = Buffer.concat([head, tail]);
    else if (change === 1) bytes = Buffer.concat([head, middle, middle, tail]);
    else if (change === 2) bytes = Buffer.concat([head, Buffer.from(pick(random, PIECES)), tail]);
    else if (change === 3)
      bytes = Buffer.concat([head, Buffer.from([Math.floor(random() * 256)]), bytes.subarray(at)]);
    else if (change === 4) bytes = Buffer.from(head);
    else {
      bytes = Buffer.from(bytes);
      if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
    }
  }
  return bytes;
}

const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e300,
    2 ** 53,
    '',
    ' ',
    'T-1',
    'A',
    '../../x',
    '\u0000',
    '\ud800',
    '🙂',
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    ['T-1', 'T-1'],
    { __proto__x: 1 },
    { '': '' },
    'UNPROCESSED',
    'IN_PROGRESS',
    'none',
    'x'.repeat(5_000),
  ],
];

/** Changes one place of a value: retyped, removed, doubled, renamed, nested, or swapped with another. */
export function mutateValue(value: unknown, random: Random): unknown {
  if (random() < 0.15 || typeof value !== 'object' || value === null) return pick(random, VALUES);
  if (Array.isArray(value)) return mutateItems([...(value as unknown[])], random);
  const entries = Object.entries(value);
  if (entries.length === 0 || random() < 0.15) {
    return { ...value, [pick(random, KEYS)]: pick(random, VALUES) };
  }
  const at = Math.floor(random() * entries.length);
  const [key, inner] = entries[at]!;
  const change = random();
  if (change < 0.15) entries.splice(at, 1);
  else if (change < 0.25) entries[at] = [pick(random, KEYS), inner];
  else if (change < 0.3) entries[at] = [key, nested(inner, 1 + Math.floor(random() ** 4 * 300))];
  else entries[at] = [key, mutateValue(inner, random)];
  return Object.fromEntries(entries);
}

const KEYS = [
  'id',
  'state',
  'tickets',
  'dependencies',
  'children',
  'parent',
  'title',
  'git',
  'x',
  '',
  'limits',
  'setup',
];

function mutateItems(items: unknown[], random: Random): unknown[] {
  if (items.length === 0) return [pick(random, VALUES)];
  const at = Math.floor(random() * items.length);
  const change = random();
  if (change < 0.15) items.splice(at, 1);
  else if (change < 0.3) items.splice(at, 0, items[at]);
  else if (change < 0.4) items.push(pick(random, VALUES));
  else items[at] = mutateValue(items[at], random);
  return items;
}

const nested = (value: unknown, depth: number): unknown => {
  let inner = value;
  for (let left = depth; left > 0; left -= 1) inner = left % 2 === 0 ? [inner] : { x: inner };
  return inner;
};
