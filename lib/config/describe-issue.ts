import { configSchema } from '../model/config.js';
import { nearest } from '../model/nearest.js';
import type { z } from 'zod';

/** A fault in a configuration, before its place in the text is known. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly path: readonly (string | number)[];
  /** The key itself is wrong, not its value. */
  readonly isAboutKey?: boolean;
}

/** Where somebody may have written a key: nothing of it is repeated. */
export const isSecret = (path: Fault['path']) =>
  path[0] === 'credentials' || (path[0] === 'requirements' && path[1] === 'token');

type Issue = z.core.$ZodIssue;

/** The schema's complaints in plain English, one for each fault, with the way out. */
export function describeIssues(issues: readonly Issue[], value: unknown): readonly Fault[] {
  return issues.flatMap((issue) => describeIssue(issue, value));
}

function describeIssue(issue: Issue, value: unknown): readonly Fault[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? part.toString() : part));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path));
  const at = path.join('.');
  if (at === '') {
    return [
      {
        code: 'config/not-a-map',
        message: `The configuration must be keys with values, not ${kindOf(value)}.`,
        hint: 'Write lines such as `agent: claude`.',
        path,
      },
    ];
  }
  const found = valueAt(value, path);
  // Perhaps somebody wrote a key there: it is not repeated.
  const told = (value: unknown) => (isSecret(path) ? `${kindOf(value)} like that` : shown(value));
  const because = found === undefined ? 'is missing' : `cannot be ${told(found)}`;
  return [
    {
      code: 'config/invalid-value',
      message: `\`${at}\` ${because}.`,
      hint: `It must be ${expected(issue)}.`,
      path,
    },
  ];
}

function unknownKey(key: string, path: readonly (string | number)[]): Fault {
  const known = knownKeys(path);
  const near = nearest(key, known);
  const inside = path.length > 0 ? ` in \`${path.join('.')}\`` : '';
  return {
    code: 'config/unknown-key',
    message: `There is no key \`${key}\`${inside}.`,
    hint: near ? `Did you mean \`${near}\`?` : `Known here: ${known.join(', ')}.`,
    path: [...path, key],
    isAboutKey: true,
  };
}

/** What an issue would accept, in words; alternatives of a union are joined. */
function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_union': {
      const ways = issue.errors.map((branch) =>
        branch[0] ? expected(branch[0]) : 'something else',
      );
      return [...new Set(ways)].join(' or ');
    }
    case 'invalid_value':
      return issue.values.map((word) => `\`${String(word)}\``).join(' or ');
    case 'invalid_type':
      return typeWords[issue.expected] ?? issue.expected;
    case 'too_small':
      if (issue.origin === 'array') return 'a list with at least one entry';
      if (issue.origin === 'string') return 'text that is not empty';
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'keys with values',
  record: 'names with values',
  boolean: '`true` or `false`',
};

/** Keys that the schema knows below a path; follows `agents.NAME` through its record. */
function knownKeys(path: readonly (string | number)[]): readonly string[] {
  let schema: unknown = configSchema;
  for (const part of path) {
    schema = unwrap(schema);
    const inner = schema as { shape?: Record<string, unknown>; valueType?: unknown };
    schema = inner.shape ? inner.shape[String(part)] : inner.valueType;
  }
  const { shape } = unwrap(schema) as { shape?: Record<string, unknown> };
  return Object.keys(shape ?? {});
}

function unwrap(schema: unknown): object {
  let inner = schema as { unwrap?: () => unknown };
  while (typeof inner.unwrap === 'function') inner = inner.unwrap() as typeof inner;
  return inner;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part],
    value,
  );
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'plain text' : `a ${typeof value}`;
}

function shown(value: unknown): string {
  if (value === null) return 'empty';
  const text = JSON.stringify(value);
  return `\`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``;
}
