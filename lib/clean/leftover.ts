import type { Oid } from '../model/ids.js';
import type { Cleaned } from '../journal/cleaned.js';
import type { LeftoverKind } from '../model/cleaning-schema.js';

/** One thing that is not needed any more. */
export interface Leftover {
  readonly kind: LeftoverKind;
  /** A path, or the full name of a ref. */
  readonly name: string;
  /** Of the disk. */
  readonly bytes: number;
  /** What a ref was seen to say: it goes only if it still does. */
  readonly oid?: Oid;
}

/** Things that go together, in this order. */
export interface Group {
  readonly items: readonly Leftover[];
  /** When it was last of use, milliseconds since 1970. */
  readonly at: number;
  readonly why: string;
  /** A folder of logs, to be marked before anything of the group goes. */
  readonly mark?: { readonly folder: string; readonly cleaned: Omit<Cleaned, 'at'> };
}
