import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A key of a table that needs no quotes, as `-c` takes it. */
const NAME = /^[A-Za-z0-9_-]+$/;

/**
 * The provider of models that the user's configuration of Codex names and defines itself; none where a built-in one is
 * used, or nothing can be read. Only this one's settings can be overridden by a call.
 */
export function ownProvider(variables: Readonly<Record<string, string>>): string | undefined {
  const home = variables['CODEX_HOME'] ?? join(variables['HOME'] ?? '', '.codex');
  return providerIn(configOf(home));
}

function configOf(home: string): string {
  try {
    return readFileSync(join(home, 'config.toml'), 'utf8');
  } catch {
    return '';
  }
}

/** The same in the text of a `config.toml`. */
export function providerIn(toml: string): string | undefined {
  const [top = ''] = toml.split(/^\s*\[/m);
  const name = /^\s*model_provider\s*=\s*["']([^"'\n]*)["']/m.exec(top)?.[1] ?? '';
  if (!NAME.test(name)) return undefined;
  const headers = [
    ...toml.matchAll(/^\s*\[\s*model_providers\s*\.\s*["']?([^"'\]\s]+)["']?\s*\]/gm),
  ];
  const isDefined =
    headers.some(([, one]) => one === name) || toml.includes(`model_providers.${name}.`);
  return isDefined ? name : undefined;
}
