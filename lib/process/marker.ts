import { createHash } from 'node:crypto';

/** Whether `marker` is `prefix` or below it, by whole parts: `a/b` stands for `a/b` and all `a/b/…`, not for `a/bc`. */
export const isBelow = (marker: string | undefined, prefix: string): boolean =>
  marker === prefix || marker?.startsWith(`${prefix}/`) === true;

/** Bits of the three fields of a limit, behind a leading `01`: 2^62 … 2^63 − 1 limits nothing, and nobody else sets it. */
const RUN_BITS = 26n;
const HOLDER_BITS = 18n;
const REST_BITS = 18n;
const LEADING_ONE = 1n << (RUN_BITS + HOLDER_BITS + REST_BITS);

/**
 * A marker as the number of a resource limit (see `limit-mark.ts`): a hash of its first part, of its second and of all
 * further ones together.
 */
export function limitOf(marker: string): bigint {
  const [run = '', holder = '', ...rest] = marker.split('/');
  return (
    LEADING_ONE |
    (hash(run, RUN_BITS) << (HOLDER_BITS + REST_BITS)) |
    (hash(holder, HOLDER_BITS) << REST_BITS) |
    hash(rest.join('/'), REST_BITS)
  );
}

/**
 * Whether a limit is that of `prefix` or of a marker below it. A prefix of more than two parts stands for itself only:
 * what is behind the second part is one hash.
 */
export function isLimitBelow(limit: bigint, prefix: string): boolean {
  const parts = prefix.split('/').length;
  const open = parts === 1 ? HOLDER_BITS + REST_BITS : parts === 2 ? REST_BITS : 0n;
  return limit >> open === limitOf(prefix) >> open;
}

function hash(text: string, bits: bigint): bigint {
  const digest = createHash('sha256').update(text).digest();
  return digest.readBigUInt64BE() >> (64n - bits);
}
