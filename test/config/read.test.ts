import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { defaultConfig } from '../../lib/config/defaults.js';
import { configVariables } from '../../lib/config/overrides.js';
import { readConfig, settingsOf } from '../../lib/config/read.js';
import { agentCliNames } from '../../lib/model/agent-cli.js';
import { configSchema } from '../../lib/model/config.js';
import { Refusal } from '../../lib/model/failure.js';

const KINDS = ['command', ...agentCliNames].map((name) => `\`${name}\``).join(' or ');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sage-test-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function write(text: string, name = '.sage/config.yaml') {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), text);
}
const read = (variables = {}, flags = {}) => readConfig({ root, variables, flags });

/** Findings as `line:column code message → hint`. */
async function faults(text: string) {
  await write(text);
  const { diagnostics } = await read();
  return diagnostics.map(
    ({ where, code, message, hint }) =>
      `${where?.line ?? 0}:${where?.column ?? 0} ${code} ${message} → ${hint ?? ''}`,
  );
}

describe('the configuration', () => {
  test("the written-out defaults are the schema's defaults", () => {
    expect(defaultConfig).toEqual(configSchema.parse({}));
  });

  test('without a file everything is a default', async () => {
    const settings = settingsOf(await read());
    expect(settings).toEqual({ config: defaultConfig, origins: {} });
  });

  test('an empty file, a comment and a byte order mark are all no configuration', async () => {
    for (const text of ['', '# nothing yet\n', '\uFEFF# mark\n', '---\n']) {
      await write(text);
      expect(settingsOf(await read()).config).toEqual(defaultConfig);
    }
  });

  test('001-4.2 prices need the day on which they held; a price cannot be negative', async () => {
    expect(await faults('prices: { models: { m: { input: 1, output: 2 } } }')).toEqual([
      expect.stringMatching(/^1:9 config\/prices-without-date /),
    ]);
    expect(
      await faults('prices: { dated: soon, models: { m: { input: -1, output: 2 } } }'),
    ).toEqual([
      '1:18 config/invalid-value `prices.dated` cannot be `"soon"`. → It must be a day, such as 2026-11-01.',
      '1:46 config/invalid-value `prices.models.m.input` cannot be `-1`. → It must be at least 0.',
    ]);
    expect(
      await faults('prices: { dated: 2026-11-01, models: { m: { input: 1, output: 2 } } }'),
    ).toEqual([]);
  });

  test('a key that must be there and is not is said to be missing', async () => {
    expect(await faults('agents: { mine: { command: [go] } }')).toEqual([
      `1:17 config/invalid-value \`agents.mine.kind\` is missing. → It must be ${KINDS}.`,
    ]);
  });

  test('flag wins over environment, environment over file, file over default, and each tells its origin', async () => {
    await write('parallel: 2\nschedule: batch\norder: priority\nlimits: { ticketMinutes: 5 }\n');
    const { config, origins } = settingsOf(
      await read({ SAGE_PARALLEL: '4', SAGE_SCHEDULE: 'rolling' }, { parallel: 7 }),
    );
    expect(config).toMatchObject({
      parallel: 7,
      schedule: 'rolling',
      order: 'priority',
      hierarchy: 'containers',
      limits: { ticketMinutes: 5, silenceMinutes: 10 },
    });
    expect(origins).toEqual({
      parallel: 'flag',
      schedule: 'environment',
      order: 'file',
      'limits.ticketMinutes': 'file',
    });
  });

  test('a cost limit from a flag leaves the other limits as the file says', async () => {
    await write('limits: { ticketMinutes: 5, maxCostUsd: 1 }');
    const { config } = settingsOf(await read({}, { 'limits.maxCostUsd': 2.5 }));
    expect(config.limits).toMatchObject({ ticketMinutes: 5, maxCostUsd: 2.5 });
  });

  test('all faults of a file are told at once, sorted by place, each with the way out', async () => {
    expect(
      await faults(`agnet: claude
parallel: -3
schedule: rollin
verify: []
limits: { ticketMinutes: 0, silenceMinute: 3, maxCostUsd: "a" }
agents:
  mine: { kind: comand, comand: [] }
conflicts: { attempts: 99 }
land: yes please
`),
    ).toEqual([
      '1:1 config/unknown-key There is no key `agnet`. → Did you mean `agent`?',
      '2:11 config/invalid-value `parallel` cannot be `-3`. → It must be at least 0.',
      '3:11 config/invalid-value `schedule` cannot be `"rollin"`. → It must be `rolling` or `batch`.',
      '4:9 config/invalid-value `verify` cannot be `[]`. → It must be a list with at least one entry.',
      '5:26 config/invalid-value `limits.ticketMinutes` cannot be `0`. → It must be more than 0.',
      '5:29 config/unknown-key There is no key `silenceMinute` in `limits`. → Did you mean `silenceMinutes`?',
      '5:59 config/invalid-value `limits.maxCostUsd` cannot be `"a"`. → It must be a number.',
      `7:17 config/invalid-value \`agents.mine.kind\` cannot be \`"comand"\`. → It must be ${KINDS}.`,
      '7:25 config/unknown-key There is no key `comand` in `agents.mine`. → Did you mean `command`?',
      '8:24 config/invalid-value `conflicts.attempts` cannot be `99`. → It must be at most 10.',
      '9:7 config/invalid-value `land` cannot be `"yes please"`. → It must be keys with values.',
    ]);
  });

  test('names that refer to nothing and paths that lead outside are faults', async () => {
    expect(
      await faults(
        'agent: clade\nagents: { mine: { kind: command, environment: ["A=b"] } }\nsetup: { copy: [.env, ../secret, /etc/passwd] }\n',
      ),
    ).toEqual([
      '1:8 config/unknown-agent `agent` names `clade`, which is no adapter and not under `agents`. → Did you mean `claude`?',
      '2:17 config/agent-without-command `agents.mine` is of kind command and says no command. → Add `command: [program, argument]`.',
      '2:48 config/invalid-variable-name `agents.mine.environment` has `A=b`, which is no name of a variable. → List names only, such as `OPENAI_API_KEY`; the values are taken from your environment.',
      '3:23 config/path-outside `setup.copy` has `../secret`, which is not a path inside the repository. → Write it relative to the top of the repository, without `..`.',
      '3:34 config/path-outside `setup.copy` has `/etc/passwd`, which is not a path inside the repository. → Write it relative to the top of the repository, without `..`.',
    ]);
  });

  test.each([
    ['a: [1\nb: 2', '2:1 config/not-yaml'],
    ['agent: a\nagent: b', '2:1 config/not-yaml'],
    ['- agent', '1:1 config/not-a-map'],
    ['just text', '1:1 config/not-a-map'],
    ['parallel:', '1:10 config/invalid-value'],
    ['parallel: 1.5', '1:11 config/invalid-value'],
    ['verify: maybe', '1:9 config/invalid-value'],
  ])('%j is refused at its place', async (text, expected) => {
    const [first, ...others] = await faults(text);
    expect(first?.startsWith(`${expected} `)).toBe(true);
    expect(others).toEqual([]);
  });

  test('faults of variables come together with those of the file', async () => {
    await write('agnet: x\n');
    const reading = await read({ SAGE_PARALLEL: '0x3', SAGE_MAX_COST: '-1', SAGE_ORDER: '' });
    expect(reading.settings).toBeUndefined();
    expect(reading.diagnostics.map(({ code, where }) => [code, where?.file])).toEqual([
      ['config/unknown-key', '.sage/config.yaml'],
      ['config/invalid-variable', '$SAGE_PARALLEL'],
      ['config/invalid-variable', '$SAGE_MAX_COST'],
    ]);
  });

  test('a refusal carries every fault and the exit code 2', async () => {
    await write('agnet: x\nparalel: 3\n');
    const reading = await read();
    const refuse = () => settingsOf(reading);
    expect(refuse).toThrow(Refusal);
    try {
      refuse();
    } catch (error) {
      expect(error).toMatchObject({
        exitCode: 2,
        failures: [
          { code: 'config/invalid', where: { line: 1, column: 1 } },
          { code: 'config/invalid', where: { line: 2, column: 1 } },
        ],
      });
    }
  });

  test('a likely mistyped variable and a file of a similar name are warnings, not faults', async () => {
    await write('parallel: 9', '.sage/config.yml');
    const reading = await read({ SAGE_PARALEL: '3', SAGE_TICKET: 'T-1' });
    expect(reading.settings?.config).toEqual(defaultConfig);
    expect(reading.diagnostics).toMatchObject([
      { severity: 'warning', code: 'config/not-read', where: { file: '.sage/config.yml' } },
      { severity: 'warning', code: 'config/unknown-variable', hint: 'Did you mean SAGE_PARALLEL?' },
    ]);
  });

  test('a configuration that is a folder is told, not skipped', async () => {
    await mkdir(join(root, '.sage/config.yaml'), { recursive: true });
    const reading = await read();
    expect(reading.settings).toBeUndefined();
    expect(reading.diagnostics).toMatchObject([{ code: 'config/unreadable' }]);
  });

  test('every documented variable sets its value', async () => {
    const given = {
      SAGE_AGENT: 'mine',
      SAGE_PARALLEL: 'auto',
      SAGE_SCHEDULE: 'batch',
      SAGE_ORDER: 'priority',
      SAGE_VERIFY: 'make test',
      SAGE_MAX_COST: '2.50',
    };
    expect(Object.keys(given)).toEqual(Object.keys(configVariables));
    const { config, origins } = settingsOf(await read(given));
    expect(config).toMatchObject({
      agent: 'mine',
      parallel: 'auto',
      schedule: 'batch',
      order: 'priority',
      verify: ['make test'],
      limits: { maxCostUsd: 2.5 },
    });
    expect(new Set(Object.values(origins))).toEqual(new Set(['environment']));
  });
});
