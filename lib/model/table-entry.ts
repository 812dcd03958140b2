/** What a code means and what to do: a row of docs/failures.md and an answer of `sage explain CODE`. */
export interface TableEntry {
  readonly means: string;
  readonly wayOut: string;
}

export const entry = (means: string, wayOut: string): TableEntry => ({ means, wayOut });
