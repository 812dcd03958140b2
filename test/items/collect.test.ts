import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { defaultConfig } from '../../lib/config/defaults.js';
import { createGit } from '../../lib/git/git.js';
import { openRepository } from '../../lib/git/repository.js';
import { collectItems, writeCollected } from '../../lib/items/collect.js';
import { implement } from '../../lib/items/implement.js';
import type { Preset } from '../../lib/items/preset.js';
import { quoted } from '../../lib/items/quoted.js';
import { issueNumber, readDocument } from '../../lib/items/read-document.js';
import { requirements } from '../../lib/items/requirements.js';
import type { Config } from '../../lib/model/config.js';
import { demand } from '../../lib/model/failure.js';
import { oid } from '../../lib/model/ids.js';
import { openIssueServer } from '../loopback/issue-server.js';
import { issues, llds, lldOf } from '../rig/items.js';
import { Rig } from '../rig/rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
});
afterEach(() => rig[Symbol.asyncDispose]());

async function collect(
  preset: Preset,
  keys: Partial<Config['requirements']> = {},
  revision = 'HEAD',
) {
  const git = createGit({ PATH: process.env['PATH'] ?? '', ...rig.env });
  const repository = demand(await openRepository(git, rig.checkout));
  const config = { ...defaultConfig, requirements: { ...defaultConfig.requirements, ...keys } };
  const base = oid(revision === 'HEAD' ? await rig.git('rev-parse', revision) : revision);
  const place = { repository, settings: { config, origins: {} }, base, variables: rig.env };
  return collectItems(preset, place);
}

const told = async (...call: Parameters<typeof collect>) => {
  const { collected, faults } = await collect(...call);
  expect(faults).toEqual([]);
  return (collected?.items ?? []).map(({ id, state, why = '' }) => `${id} ${state} ${why}`.trim());
};

const messages = async (...call: Parameters<typeof collect>) =>
  (await collect(...call)).faults.map(({ message }) => message.replaceAll(`${rig.checkout}/`, ''));

const index = (tickets: readonly object[]) =>
  rig.write({ '.sage/requirements/index.json': JSON.stringify({ tickets, mine: 1 }) });

describe('heads of documents', () => {
  test.each([
    ['LLD-042.md', 42],
    ['issue-42.md', 42],
    ['42-retry.md', 42],
    ['lld_7.design.md', 7],
    ['042.md', 42],
    ['notes.md', undefined],
    ['42x.md', undefined],
    ['000.md', undefined],
    ['../42.md', undefined],
    ['9999999999.md', undefined],
  ])('%s is of issue %s', (name, number) => {
    expect(issueNumber(name)).toBe(number);
  });

  test.each([
    ['# LLD-042: Retry\n', { title: 'Retry' }],
    ['intro\n# 42 - Feature: x #\n> **Status**: Done\n', { title: 'Feature: x', status: 'Done' }],
    ['# 42\n* **Status:** Draft\n', { title: '42', status: 'Draft' }],
    ['# 42 - \nStatus:   Implemented (#9)\n', { title: '42 -', status: 'Implemented (#9)' }],
    ['', {}],
  ])('%j', (text, head) => {
    expect(readDocument(text)).toEqual(head);
  });

  test('a path is one word for a shell, whatever it holds', () => {
    expect(quoted(`it's $HOME`)).toBe(`'it'\\''s $HOME'`);
  });
});

describe('what requirements works on', () => {
  test('003-1.5 003-5.1 open issues of Markdown and JSON files; their states are those of the index', async () => {
    await issues(rig, 41, 42, 43, 44);
    await rig.write({
      '.sage/issues/45-shut.md': '# Shut\n\nStatus: Closed\n',
      '.sage/issues/_draft.md': 'not yet',
      '.sage/issues/list.json': JSON.stringify([
        { number: 50, title: ' From\ngh ', body: 'b' },
        { number: 51, title: 'Closed', state: 'CLOSED' },
      ]),
      '.sage/issues/52.json': JSON.stringify({ number: 52, title: 'One' }),
    });
    await index([
      { id: 'issue-41', state: 'COMPLETED' },
      { id: 'issue-42', state: 'IN_PROGRESS' },
      { id: 'issue-43', state: 'DEFERRED', defer_reason: 'too hard' },
      { id: 'issue-99', state: 'UNPROCESSED' },
    ]);
    expect(await told(requirements())).toEqual([
      'issue-41 completed landed, and docs/lld/LLD-041.md is not in the base',
      'issue-42 running somebody works on it',
      'issue-43 failed too hard → sage retry issue-43',
      'issue-44 pending',
      'issue-52 pending',
      'issue-50 pending',
    ]);
    const { collected } = await collect(requirements());
    expect(collected?.index.tickets.map(({ id }) => id)).not.toContain('issue-99');
    const ticket = collected?.index.tickets.find(({ id }) => id === 'issue-44');
    expect(ticket).toMatchObject({ title: 'Feature 44', files: [lldOf(44)], type: 'docs' });
    expect(ticket?.scripts[0]).toMatchObject({
      command: `test -s '${lldOf(44)}' && ! git check-ignore -q '${lldOf(44)}'`,
      maxFixes: 1,
    });
  });

  test('what is in the base or the checkout is done, and stays done in the index', async () => {
    await issues(rig, 41, 42);
    await rig.write({ [lldOf(42)]: 'draft\n' });
    await index([{ id: 'issue-41', state: 'DEFERRED', priority: 'P0' }]);
    await llds(rig, 41);
    await rig.write({ [lldOf(42)]: 'draft\n' });
    expect(await told(requirements())).toEqual([
      `issue-41 completed ${lldOf(41)} is there`,
      `issue-42 completed ${lldOf(42)} is there`,
    ]);
    const { collected } = await collect(requirements());
    if (collected) await writeCollected(collected);
    expect(JSON.parse(rig.read('.sage/requirements/index.json'))).toMatchObject({
      mine: 1,
      tickets: [{ id: 'issue-41', state: 'COMPLETED', priority: 'P0', issue: 41 }],
    });
    const again = await collect(requirements());
    expect(again.collected?.isWritten).toBe(true);
    if (again.collected) await writeCollected(again.collected);
    expect(await told(requirements(), { output: 'LLD-{issue}.md' })).toEqual([
      'issue-41 completed landed, and LLD-041.md is not in the base',
      'issue-42 pending',
    ]);
  });

  test('nothing is open', async () => {
    await rig.write({ '.sage/issues/45-shut.md': '# Shut\n\nStatus: Closed\n' });
    expect(await told(requirements())).toEqual([]);
  });

  test('an index by ids is read, too', async () => {
    await issues(rig, 41);
    await rig.write({
      '.sage/requirements/index.json': '{"tickets":{"issue-41":{"state":"DEFERRED"}}}',
    });
    expect(await told(requirements())).toEqual(['issue-41 failed it failed → sage retry issue-41']);
  });

  test('every fault is told at once, with its place', async () => {
    await issues(rig, 41);
    await rig.write({
      '.sage/issues/no-number.md': '# x\n',
      '.sage/issues/1.json': '{',
      '.sage/issues/2.json': '[{"number":-1,"title":"x"},{"number":2,"title":"ok"}]',
      '.sage/issues/3.md': 'a\u0000b',
      '.sage/issues/4.md': 'x'.repeat(5_000_000),
      '.sage/requirements/index.json': '{"tickets": [',
    });
    const all = (await collect(requirements())).faults.map(
      ({ message, where }) => `${where?.file ?? ''}: ${message}`,
    );
    expect(all).toHaveLength(6);
    expect(all.join('\n')).toMatch(/1\.json: This file cannot be used: it is not JSON/);
    expect(all.join('\n')).toMatch(
      /2\.json: This file cannot be used: an issue has no usable `number`: -1/,
    );
    expect(all.join('\n')).toMatch(/3\.md: This file cannot be used: it is not a text/);
    expect(all.join('\n')).toMatch(/4\.md: This file cannot be used: it is larger than 4 MiB/);
    expect(all.join('\n')).toMatch(
      /no-number\.md: This file cannot be used: its name says no number/,
    );
    expect(all.join('\n')).toMatch(/this is not JSON/);
  });

  test('003-7.3 two issues of one number are told with both places', async () => {
    await issues(rig, 41);
    await rig.write({ '.sage/issues/issue-041.md': '# Again\n' });
    expect(await messages(requirements())).toEqual([
      '.sage/issues/41-it.md and .sage/issues/issue-041.md are both number 41',
    ]);
  });

  test('no folder, a file in its place, one that may not be read, and links out of the checkout', async () => {
    expect(await messages(requirements())).toEqual(['there is no folder .sage/issues']);
    await rig.write({ 'shut/41-x.md': '# x\n', '.sage/requirements/index.json/x': '' });
    symlinkSync('/etc/passwd', join(rig.checkout, 'shut/42-x.md'));
    chmodSync(join(rig.checkout, 'shut/41-x.md'), 0);
    const isRoot = process.getuid?.() === 0;
    const all = await messages(requirements(), { issues: 'shut' });
    expect(all.join('\n')).toMatch(/\.sage\/requirements\/index\.json cannot be read: EISDIR/);
    expect(all).toHaveLength(isRoot ? 1 : 2);
    chmodSync(join(rig.checkout, 'shut/41-x.md'), 0o600);
    expect((await collect(requirements(), { issues: 'x'.repeat(300) })).faults[0]?.message).toMatch(
      /cannot be read \(ENAMETOOLONG\)/,
    );
  });

  test('003-1.6 issues of an API, asked once however often is looked, with a token from a variable or a program', async () => {
    await using server = await openIssueServer({ page: [{ number: 41, title: 'x' }] });
    rig.env['GITHUB_TOKEN'] = 'ghp_0123456789abcdef';
    const preset = requirements();
    const keys = { api: server.url, token: { environment: 'GITHUB_TOKEN' } };
    expect(await told(preset, keys)).toEqual(['issue-41 pending']);
    expect(await told(preset, keys)).toEqual(['issue-41 pending']);
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([
      'Bearer ghp_0123456789abcdef',
    ]);
    const command = ['sh', '-c', 'echo told-0123456789'];
    expect(await told(requirements(), { api: server.url, token: { command } })).toHaveLength(1);
    expect(server.requests[1]?.authorization).toBe('Bearer told-0123456789');
    expect(await told(requirements(), { api: server.url })).toHaveLength(1);
    expect(server.requests[2]?.authorization).toBeUndefined();
  });

  test.each([
    [{ environment: 'NO_SUCH' }, /the variable NO_SUCH is not set/],
    [{ command: ['true'] }, /there is nothing in it/],
    [{ command: ['sh', '-c', 'echo two words'] }, /what it holds is no token/],
    [{ command: ['false'] }, /ended with code 1/],
  ])('a token that is not there: %j', async (token, says) => {
    await using server = await openIssueServer({ page: [] });
    expect((await messages(requirements(), { api: server.url, token }))[0]).toMatch(says);
    expect(server.requests).toEqual([]);
  });
});

describe('what implement works on', () => {
  test('003-1.7 003-5.1 design documents with a number, in folders, too; not those that landed or say that they are done', async () => {
    await llds(rig, 41, 42);
    await rig.write({
      'docs/lld/deep/LLD-043.md': '# LLD-043: Deep\n',
      'docs/lld/LLD-044.md': '# Old\n\nStatus: Superseded by 42\n',
      'docs/lld/45.md': 'no heading',
      'docs/lld/notes.md': 'notes',
    });
    await rig.git(
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'merge (#3)',
      '-m',
      'Land-Id: run-1/lld-41',
    );
    const head = (await rig.git('rev-parse', 'HEAD')).slice(0, 10);
    await rig.git(
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'x',
      '-m',
      'no Land-Id: run-1/lld-42 here',
    );
    expect(await told(implement)).toEqual([
      'lld-45 pending',
      `lld-41 completed landed as ${head}`,
      'lld-42 pending',
      'lld-44 completed it says "Status: Superseded by 42"',
      'lld-43 pending',
    ]);
    const { collected } = await collect(implement);
    const ticket = collected?.index.tickets.find(({ id }) => id === 'lld-43');
    expect(ticket?.documents).toEqual([{ role: 'lld', path: 'docs/lld/deep/LLD-043.md' }]);
    if (collected) await writeCollected(collected);
    expect(readFileSync(join(rig.checkout, '.sage/implement/index.json'), 'utf8')).toContain(
      'lld-43',
    );
    await rig.write({
      '.sage/implement/index.json': '{"tickets":[{"id":"lld-42","state":"COMPLETED"}]}',
    });
    expect(await told(implement)).toContain('lld-42 completed landed, and not in the base');
  });

  test('a commit that git does not have is told as git tells it', async () => {
    await issues(rig, 41);
    await rig.write({ 'docs/lld/LLD-041.md': '# x\n' });
    const nowhere = '0123456789'.repeat(4);
    for (const preset of [requirements(), implement]) {
      expect((await collect(preset, {}, nowhere)).faults).toMatchObject([{ code: 'git/failed' }]);
    }
  });

  test('no folder of documents', async () => {
    expect(await messages(implement)).toEqual(['there is no folder docs/lld']);
  });
});
