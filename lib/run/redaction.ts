import { inheritedSecrets } from '../config/inherited-secrets.js';
import { createRedaction, type Redaction } from '../process/redact.js';
import type { Surroundings } from './surroundings.js';

/** What no output of a program may show: the secrets of the user's environment. Empty when there is none. */
export async function redactionFor({
  variables,
}: Pick<Surroundings, 'variables'>): Promise<{ readonly redaction?: Redaction }> {
  const redaction = createRedaction(await inheritedSecrets(variables));
  return redaction ? { redaction } : {};
}
