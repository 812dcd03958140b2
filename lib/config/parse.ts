import { LineCounter, isMap, isScalar, parseDocument, type Document, type Node } from 'yaml';
import { configSchema, type Config } from '../model/config.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { Place } from '../model/failure.js';
import { describeIssues, isSecret, type Fault } from './describe-issue.js';
import { CONFIG_FILE } from './find.js';
import { crossCheck } from './cross-check.js';

export interface ParsedConfig {
  /** Absent when there is a fault. */
  readonly config?: Config;
  /** The values that the file sets, by path (`limits.ticketMinutes`), and where. */
  readonly set: Readonly<Record<string, Place>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Text of a configuration file → configuration, or every fault in it, sorted by place. Loads yaml and zod. */
export function parseConfig(text: string): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: CONFIG_FILE, line, column: col };
  };
  const notYaml = (message: string, offset: number): Diagnostic => ({
    severity: 'critical',
    code: 'config/not-yaml',
    message: sentence(message),
    hint: 'Mend the YAML; nothing of the file is used before it can be read whole.',
    where: place(offset),
  });
  if (document.errors.length > 0) {
    const diagnostics = document.errors.map(({ message, pos }) => notYaml(message, pos[0]));
    return { set: {}, diagnostics };
  }

  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    // An alias without its anchor, or so many of them that the value would not fit into memory.
    return { set: {}, diagnostics: [notYaml((error as Error).message, 0)] };
  }
  const checked = configSchema.safeParse(value);
  const faults: readonly Fault[] = checked.success
    ? crossCheck(checked.data)
    : describeIssues(checked.error.issues, value);
  const diagnostics = faults
    .map((fault) => ({ fault, node: nodeOf(document, fault) }))
    .map(({ fault, node }) => ({ fault, node, offset: node?.range?.[0] ?? 0 }))
    .sort((left, right) => left.offset - right.offset)
    .map(({ fault, node, offset }): Diagnostic => ({
      severity: 'error',
      code: fault.code,
      message: fault.message,
      hint: fault.hint,
      where: place(offset),
      ...(node?.range && !isSecret(fault.path)
        ? { value: text.slice(node.range[0], node.range[1]).slice(0, 200) }
        : {}),
    }));
  if (!checked.success || faults.length > 0) return { set: {}, diagnostics };
  const set = leaves(value).map((path) => {
    const node = document.getIn(path, true) as Node | undefined;
    return [path.join('.'), place(node?.range?.[0] ?? 0)] as const;
  });
  return { config: checked.data, set: Object.fromEntries(set), diagnostics };
}

/** The node a fault is about: a key for an unknown key, else the value, else the nearest thing around it. */
function nodeOf(document: Document, fault: Fault): Node | undefined {
  const path = [...fault.path];
  if (fault.isAboutKey) {
    const name = String(path.pop());
    const map: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === name)
      : undefined;
    return isScalar(pair?.key) ? pair.key : undefined;
  }
  for (; path.length > 0; path.pop()) {
    const node: unknown = document.getIn(path, true);
    if (node !== undefined && node !== null) return node as Node;
  }
  return document.contents ?? undefined;
}

function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function sentence(text: string): string {
  const first = text.split('\n')[0] ?? text;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
