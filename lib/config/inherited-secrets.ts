import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Secret } from '../process/redact.js';

const LOOKS_SECRET = /KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL/i;
/** Names with such a word in them that say where something is, how much of it, or something else altogether. */
const IS_OTHER =
  /_(FILE|PATH|DIR|HOME|SOCK)$|^GIT_CONFIG_KEY_\d+$|KEYBOARD|KEYMAP|KEYTIMEOUT|MONKEY|TOKENIZER/i;
const SHORTEST = 8;

/**
 * The variables of an environment that are secret by their names: programs get them, and may print them. Where the value
 * is the place of something that is there, it is none; of an address only the user and password in it are.
 */
export async function inheritedSecrets(
  variables: Readonly<Record<string, string>>,
): Promise<readonly Secret[]> {
  const named = Object.entries(variables).filter(
    ([name, value]) => LOOKS_SECRET.test(name) && !IS_OTHER.test(name) && value.length >= SHORTEST,
  );
  const found = await Promise.all(
    named.map(async ([name, value]) => {
      const secret = withoutAddress(value);
      const isNone = secret.length < SHORTEST || (await isPlace(value));
      return isNone ? [] : [{ name: `secret ${name}`, value: secret }];
    }),
  );
  return found.flat();
}

function withoutAddress(value: string): string {
  const address = /^[a-z][a-z0-9+.-]*:\/\/(?:([^/@]*)@)?/i.exec(value);
  return address ? (address[1] ?? '') : value;
}

async function isPlace(value: string): Promise<boolean> {
  const path = value.startsWith('~/') ? join(homedir(), value.slice(2)) : value;
  if (!isAbsolute(path)) return false;
  return access(path).then(
    () => true,
    () => false,
  );
}
