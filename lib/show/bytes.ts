const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `12 KiB`, `3.4 GiB`: three digits at most. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${digits} ${UNITS[unit] ?? ''}`;
}
