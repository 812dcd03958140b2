import type { Diagnostic, Severity } from '../model/diagnostic.js';
import { lineTable, type LineTable } from './line-table.js';

/** One finding before it gets its line and column. */
export interface Finding {
  readonly severity: Severity;
  readonly code: string;
  /** Where in the text; absent: about the file as a whole. */
  readonly offset?: number;
  readonly message: string;
  readonly hint?: string;
  readonly value?: string;
  readonly ticket?: string;
  /**
   * Set where the same thing may be wrong hundreds of times: more than {@link FLOOD} findings with the same
   * text here become one, which reads "236 " + this + ": first, second, …".
   */
  readonly many?: string;
  /** What stands for it in such a list; absent: the ticket. */
  readonly name?: string;
}

/** From this many alike findings on, only their number, the first names and the first place are told. */
export const FLOOD = 5;
const NAMES_SHOWN = 5;
const VALUE_LIMIT = 200;

/** Gathers what is wrong with one text, then tells it sorted by place. */
export class Findings {
  readonly place: LineTable;
  readonly #file: string;
  readonly #found: Finding[] = [];

  constructor(text: string, file: string) {
    this.#file = file;
    this.place = lineTable(text);
  }

  add(finding: Finding): void {
    this.#found.push(finding);
  }

  /** Forgets what was added. */
  clear(): void {
    this.#found.length = 0;
  }

  /** Everything found, sorted by place, floods as one. */
  list(): readonly Diagnostic[] {
    return thin(this.#found)
      .sort((one, other) => (one.offset ?? 0) - (other.offset ?? 0))
      .map((finding) => this.#locate(finding));
  }

  #locate({ severity, code, message, hint, offset, value, ticket }: Finding): Diagnostic {
    const place = offset === undefined ? {} : this.place(offset);
    return {
      severity,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      where: { file: this.#file, ...place },
      ...(value === undefined ? {} : { value: bounded(value) }),
      ...(ticket === undefined ? {} : { ticket }),
    };
  }
}

/** A value for a message: bounded, in one line. */
export const bounded = (value: string) =>
  value.length > VALUE_LIMIT ? `${value.slice(0, VALUE_LIMIT - 1)}…` : value;

function thin(found: readonly Finding[]): Finding[] {
  const alike = new Map<string, Finding[]>();
  const kept: Finding[] = [];
  for (const finding of found) {
    if (finding.many === undefined) kept.push(finding);
    else {
      const key = `${finding.severity} ${finding.code} ${finding.many}`;
      const group = alike.get(key);
      if (group) group.push(finding);
      else alike.set(key, [finding]);
    }
  }
  for (const group of alike.values()) {
    if (group.length <= FLOOD) kept.push(...group);
    else kept.push(summary(group));
  }
  return kept;
}

function summary(group: readonly Finding[]): Finding {
  const first = group.reduce((one, other) =>
    (other.offset ?? 0) < (one.offset ?? 0) ? other : one,
  );
  const names = [
    ...new Set(
      group.map(({ name, ticket }) => name ?? ticket).filter((name) => name !== undefined),
    ),
  ];
  const rest = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).join(', ') + (rest > 0 ? `, and ${rest} more` : '');
  const { severity, code, hint, offset, many = '' } = first;
  return {
    severity,
    code,
    message: `${group.length} ${many}${shown === '' ? '' : `: ${shown}`}`,
    ...(hint === undefined ? {} : { hint }),
    ...(offset === undefined ? {} : { offset }),
  };
}
