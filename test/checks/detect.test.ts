import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { detectChecks } from '../../lib/checks/detect.js';
import { configSchema } from '../../lib/model/config.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sage-test-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const commands = async (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
  return (await detectChecks(root)).map(({ command }) => command);
};

describe('the check command of a project', () => {
  test('is its test script, by the tool whose lock file is there', async () => {
    const manifest = JSON.stringify({ scripts: { test: 'vitest run' } });
    expect(await commands({ 'package.json': manifest })).toEqual(['npm test']);
    expect(await commands({ 'pnpm-lock.yaml': '' })).toEqual(['pnpm test']);
  });

  test('is not the placeholder of npm init, nor a broken manifest', async () => {
    const test = 'echo "Error: no test specified" && exit 1';
    expect(await commands({ 'package.json': JSON.stringify({ scripts: { test } }) })).toEqual([]);
    expect(await commands({ 'package.json': '{' })).toEqual([]);
  });

  test('comes from make, pytest, cargo, go, gradle and maven', async () => {
    expect(await commands({ Makefile: 'TEST := x\nall: test\ntest: all\n\techo\n' })).toEqual([
      'make test',
    ]);
    await rm(join(root, 'Makefile'));
    expect(
      await commands({
        'pyproject.toml': '[tool.pytest.ini_options]\n',
        'Cargo.toml': '',
        'go.mod': '',
        gradlew: '',
        'build.gradle': '',
        'pom.xml': '',
      }),
    ).toEqual([
      'python3 -m pytest',
      'cargo test',
      'go test ./...',
      './gradlew check',
      'mvn -q verify',
    ]);
  });

  test('comes with lines that the configuration accepts', async () => {
    await commands({ gradlew: '', 'go.mod': '' });
    for (const { command, lines } of await detectChecks(root)) {
      expect(configSchema.parse(parse(lines.join('\n'))).verify).toEqual([command]);
    }
  });
});
