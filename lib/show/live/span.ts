import { duration } from '../duration.js';

/** A span that passes while somebody looks: no tenths of seconds. `4 s`, `12 min 05 s`. */
export const passing = (ms: number) =>
  ms < 10_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : duration(ms);

/** A time to come, as coarse as it is uncertain: `about 25 min`, `about 2 h 10 min`, `under a minute`. */
export function roughly(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'under a minute';
  if (minutes < 20) return `about ${minutes} min`;
  const rough = Math.round(minutes / 5) * 5;
  if (rough < 120) return `about ${rough} min`;
  return `about ${Math.floor(rough / 60)} h ${String(rough % 60).padStart(2, '0')} min`;
}

/** `950`, `12.4k`, `3.1M`. */
export function tokenCount(count: number): string {
  if (count < 1000) return String(count);
  if (count < 999_950) return `${(count / 1000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}
