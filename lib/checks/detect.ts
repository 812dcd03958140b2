import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A check command found in a project, and why. */
export interface CheckSuggestion {
  readonly command: string;
  /** `package.json has a test script`. */
  readonly because: string;
  /** Lines to write into `.sage/config.yaml`. */
  readonly lines: readonly string[];
}

type Probe = (root: string) => Promise<readonly [command: string, because: string] | undefined>;

/**
 * The check commands that a project seems to have, the likeliest first; empty when nothing is recognised. It only
 * reads the top of the project: this is a hint for people, nothing is run on its word.
 */
export async function detectChecks(root: string): Promise<readonly CheckSuggestion[]> {
  const found = await Promise.all(probes.map((probe) => probe(root)));
  return found
    .filter((one) => one !== undefined)
    .map(([command, because]) => ({ command, because, lines: [`verify: [${quoted(command)}]`] }));
}

/** What `npm init` writes for a project without tests. */
const PLACEHOLDER = 'no test specified';

const probes: readonly Probe[] = [
  async (root) => {
    const script = testScript(await textOf(root, 'package.json'));
    if (script === undefined || script.includes(PLACEHOLDER)) return undefined;
    return [`${await packageTool(root)} test`, 'package.json has a test script'];
  },
  async (root) => {
    for (const name of ['GNUmakefile', 'makefile', 'Makefile']) {
      const target = /^(check|test)\s*:(?!=)/m.exec((await textOf(root, name)) ?? '')?.[1];
      if (target !== undefined) return [`make ${target}`, `${name} has a ${target} target`];
    }
    return undefined;
  },
  async (root) => {
    const project = (await textOf(root, 'pyproject.toml')) ?? '';
    const file = (await has(root, 'pytest.ini'))
      ? 'pytest.ini'
      : /^\[tool\.pytest\b/m.test(project) || /\bpytest\b/.test(project)
        ? 'pyproject.toml'
        : /^\[pytest\]/m.test((await textOf(root, 'tox.ini')) ?? '')
          ? 'tox.ini'
          : undefined;
    return file === undefined ? undefined : ['python3 -m pytest', `${file} speaks of pytest`];
  },
  whenFile('Cargo.toml', 'cargo test'),
  whenFile('go.mod', 'go test ./...'),
  whenFile('gradlew', './gradlew check'),
  whenFile('mvnw', './mvnw -q verify'),
  async (root) =>
    (await has(root, 'mvnw')) ? undefined : whenFile('pom.xml', 'mvn -q verify')(root),
  async (root) => {
    if (await has(root, 'gradlew')) return undefined;
    for (const name of ['build.gradle', 'build.gradle.kts']) {
      if (await has(root, name)) return ['gradle check', `${name} is there`];
    }
    return undefined;
  },
  whenFile('mix.exs', 'mix test'),
  whenFile('Gemfile', 'bundle exec rake test'),
];

function whenFile(name: string, command: string): Probe {
  return async (root) => ((await has(root, name)) ? [command, `${name} is there`] : undefined);
}

async function packageTool(root: string): Promise<string> {
  if (await has(root, 'pnpm-lock.yaml')) return 'pnpm';
  if (await has(root, 'yarn.lock')) return 'yarn';
  return 'npm';
}

function testScript(text: string | undefined): string | undefined {
  try {
    const { scripts } = JSON.parse(text ?? '') as { scripts?: Record<string, unknown> };
    return typeof scripts?.['test'] === 'string' ? scripts['test'] : undefined;
  } catch {
    return undefined;
  }
}

/** Plain where YAML's flow style reads it as it stands, else in double quotes. */
const quoted = (command: string) =>
  /^[A-Za-z][A-Za-z0-9 ./_-]*$/.test(command) ? command : JSON.stringify(command);

const textOf = (root: string, name: string) =>
  readFile(join(root, name), 'utf8').catch(() => undefined);

const has = async (root: string, name: string) =>
  (await stat(join(root, name)).catch(() => undefined))?.isFile() ?? false;
