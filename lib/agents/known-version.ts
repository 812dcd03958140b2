/** The version in what a CLI prints when it is asked for it: `codex-cli 1.2.3`. */
const numberIn = (told: string): string | undefined => /\d+(?:\.\d+)+/.exec(told)?.[0];

/** Whether a version, as a CLI told it, is one of those known to work; `2.1` stands for all of 2.1. */
export function isKnownVersion(known: readonly string[], told: string): boolean {
  const version = numberIn(told);
  return known.some((one) => version === one || version?.startsWith(`${one}.`) === true);
}
