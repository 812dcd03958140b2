import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What makes a fresh checkout usable, as far as its files tell, and why. */
export interface SetupSuggestion {
  readonly command: string;
  /** `package-lock.json is there`. */
  readonly because: string;
}

/** Lock files at the top of a project, and what installs what they name, without changing them. */
const INSTALLERS = [
  ['pnpm-lock.yaml', 'pnpm install --frozen-lockfile'],
  ['yarn.lock', 'yarn install --frozen-lockfile'],
  ['package-lock.json', 'npm ci'],
  ['npm-shrinkwrap.json', 'npm ci'],
  ['bun.lock', 'bun install --frozen-lockfile'],
  ['uv.lock', 'uv sync --frozen'],
  ['poetry.lock', 'poetry install'],
  ['Pipfile.lock', 'pipenv sync'],
  ['Gemfile.lock', 'bundle install'],
  ['composer.lock', 'composer install'],
] as const;

/** The set-up commands that a project seems to need: one a tool. A hint for people; nothing is run on its word. */
export async function detectSetup(root: string): Promise<readonly SetupSuggestion[]> {
  const has = (name: string) =>
    stat(join(root, name)).then(
      (found) => found.isFile(),
      () => false,
    );
  const found = await Promise.all(INSTALLERS.map(([name]) => has(name)));
  const all = INSTALLERS.filter((_, index) => found[index]).map(([name, command]) => ({
    command,
    because: `${name} is there`,
  }));
  // A project that was moved from one package manager to another often keeps the lock file of both.
  const isNode = ({ command }: SetupSuggestion) => /^(pnpm|yarn|npm|bun) /.test(command);
  const firstNode = all.find(isNode);
  const chosen = all.filter((one) => !isNode(one) || one === firstNode);
  const isBerry = await has('.yarnrc.yml');
  return chosen.map((one) =>
    isBerry && one.command.startsWith('yarn ')
      ? { ...one, command: 'yarn install --immutable' }
      : one,
  );
}
