import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

// What users who have keys and endpoints of their own have written into their homes.

/** Codex: a provider of their own, whose key is in a variable of their own. */
export const codexConfig = (url: string) =>
  `model_provider = "loop"

[model_providers.loop]
name = "Loop"
base_url = "${url}"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
`;

/** Writes `~/.codex/config.toml`. */
export const writeCodexConfig = (home: string, text: string): Promise<string> =>
  writeBelow(home, '.codex/config.toml', text);

/** Gemini CLI's `~/.gemini/settings.json`: the key is chosen; statistics would go to a host out of reach. */
export const writeGeminiSettings = (home: string, more: object = {}): Promise<string> =>
  writeBelow(
    home,
    '.gemini/settings.json',
    JSON.stringify({
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      ...more,
    }),
  );

/** Dollars for a million tokens of OpenCode's model, which are micro-dollars for one. */
export const PRICES = { input: 3, output: 15, cache_read: 0.3, cache_write: 3.75 };

/** OpenCode's `~/.config/opencode/opencode.json`: a provider `my-host` with one model, `m-1`. */
export async function writeOpencodeConfig(
  home: string,
  url: string,
  more: object = {},
): Promise<string> {
  const folder = '.config/opencode';
  await mkdir(join(home, folder, 'node_modules'), { recursive: true });
  // What it would fetch from npm at its first start is there.
  const lock = { packages: { '': { dependencies: { '@opencode-ai/plugin': '*' } } } };
  await writeBelow(home, `${folder}/package-lock.json`, JSON.stringify(lock));
  const provider = {
    npm: '@ai-sdk/openai-compatible',
    options: { baseURL: url, apiKey: '{env:MY_HOST_API_KEY}' },
    models: { 'm-1': { cost: PRICES, limit: { context: 200_000, output: 8_000 } } },
  };
  // OpenCode adds the schema where there is none.
  const schema = { $schema: 'https://opencode.ai/config.json' };
  const text = JSON.stringify({ ...schema, provider: { 'my-host': provider }, ...more });
  return writeBelow(home, `${folder}/opencode.json`, text);
}

async function writeBelow(home: string, path: string, text: string): Promise<string> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}
