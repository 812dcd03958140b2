import type { Config } from '../model/config.js';
import type { Diagnostic } from '../model/diagnostic.js';
import { nearest } from '../model/nearest.js';
import { orders, readChoice, readDollars, readParallel, schedules } from './values.js';

/** Values that a flag or a variable may set, by their path in the configuration. */
export interface Overrides {
  readonly agent?: string;
  readonly parallel?: number | 'auto';
  readonly schedule?: Config['schedule'];
  readonly order?: Config['order'];
  readonly verify?: 'none' | string[];
  readonly 'limits.maxCostUsd'?: number;
}

interface Variable<Value> {
  readonly path: keyof Overrides;
  readonly read: (text: string) => Value | undefined;
  readonly expects: string;
}

/** The variables that set configuration: these and no others. */
export const configVariables = {
  SAGE_AGENT: { path: 'agent', read: (text) => text, expects: 'the name of an agent' },
  SAGE_PARALLEL: {
    path: 'parallel',
    read: readParallel,
    expects: 'a whole number from 0, or auto',
  },
  SAGE_SCHEDULE: {
    path: 'schedule',
    read: (text) => readChoice(text, schedules),
    expects: 'rolling or batch',
  },
  SAGE_ORDER: {
    path: 'order',
    read: (text) => readChoice(text, orders),
    expects: 'slack or priority',
  },
  SAGE_VERIFY: {
    path: 'verify',
    read: (text) => (text === 'none' ? text : [text]),
    expects: 'a command line, or none',
  },
  SAGE_MAX_COST: {
    path: 'limits.maxCostUsd',
    read: readDollars,
    expects: 'US dollars, such as 20',
  },
} as const satisfies Record<string, Variable<unknown>>;

/** Variables that sage itself hands to its children (row D18), and those of the build and the demo: no typing mistakes. */
const OTHERS = /^SAGE_(TICKET|RUN|ATTEMPT|LANE|PORT_BASE|PROMPT_FILE|MODEL|MARKER)$/;

/** Configuration from the environment. An empty variable counts as not set; a likely typing mistake is a warning. */
export function readOverrides(variables: Readonly<Record<string, string>>): {
  readonly overrides: Overrides;
  readonly diagnostics: readonly Diagnostic[];
} {
  const overrides: Record<string, unknown> = {};
  const diagnostics: Diagnostic[] = [];
  for (const [name, { path, read, expects }] of Object.entries(configVariables)) {
    const text = variables[name] ?? '';
    if (text === '') continue;
    const value = read(text);
    if (value !== undefined) overrides[path] = value;
    else {
      diagnostics.push({
        severity: 'error',
        code: 'config/invalid-variable',
        message: `The environment variable ${name} cannot be \`${text.slice(0, 60)}\`.`,
        hint: `It must be ${expects}.`,
        where: { file: `$${name}` },
        value: text.slice(0, 200),
      });
    }
  }
  return { overrides, diagnostics: [...diagnostics, ...mistyped(variables)] };
}

function mistyped(variables: Readonly<Record<string, string>>): readonly Diagnostic[] {
  const known = Object.keys(configVariables);
  return Object.keys(variables).flatMap((name) => {
    if (!name.startsWith('SAGE_') || known.includes(name) || OTHERS.test(name)) return [];
    const near = nearest(name, known);
    if (near === undefined) return [];
    return [
      {
        severity: 'warning' as const,
        code: 'config/unknown-variable',
        message: `The environment variable ${name} is not read.`,
        hint: `Did you mean ${near}?`,
        where: { file: `$${name}` },
      },
    ];
  });
}
