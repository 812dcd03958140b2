import { describe, expect, test } from '@jest/globals';
import { listIssues } from '../../lib/items/issue-api.js';
import { openIssueServer, type IssueAnswer } from '../loopback/issue-server.js';

const TOKEN = 'ghp_0123456789abcdef';
const issue = (number: number) => ({
  number,
  title: `Feature ${number}`,
  body: null,
  state: 'open',
});

async function list(answers: readonly IssueAnswer[], more: object = {}) {
  await using server = await openIssueServer(...answers);
  const read = await listIssues({ base: server.url, token: TOKEN, ...more });
  return { ...read, requests: server.requests, url: server.url };
}

describe('the issues API', () => {
  test('003-1.6 003-5.2 every page is asked for with the token, pull requests are left out', async () => {
    await using server = await openIssueServer(
      { page: [issue(41), { ...issue(9), pull_request: {} }], next: '/repos/me/it/issues?page=2' },
      { page: [{ ...issue(42), body: 'Do it.', html_url: 'https://example.invalid/42' }] },
    );
    const { issues, faults } = await listIssues({ base: `${server.url}/`, token: TOKEN });
    expect(faults).toEqual([]);
    expect(issues.map(({ number, body }) => `${number} ${body}`)).toEqual(['41 ', '42 Do it.']);
    expect(issues[1]?.source).toBe('https://example.invalid/42');
    expect(server.requests).toEqual([
      {
        url: '/repos/me/it/issues?state=open&per_page=100&page=1',
        authorization: `Bearer ${TOKEN}`,
      },
      { url: '/repos/me/it/issues?page=2', authorization: `Bearer ${TOKEN}` },
    ]);
  });

  test.each<[string, IssueAnswer, RegExp]>([
    ['401', { status: 401 }, /lets nobody list them \(401\)/],
    ['403', { status: 403 }, /lets nobody list them \(403\)/],
    ['404', { status: 404 }, /knows no such repository \(404\)/],
    ['429', { status: 429, headers: { 'retry-after': '60' } }, /asked again in 60 s/],
    [
      'a limit',
      { status: 403, headers: { 'x-ratelimit-remaining': '0' } },
      /no more|more requests/,
    ],
    ['500', { status: 500 }, /answered with 500/],
    ['418', { status: 418 }, /answered with 418/],
    ['a page for people', { text: '<html>' }, /something else than JSON/],
    ['an object', { text: '{"message":"hello"}' }, /something else than a list/],
    ['an issue without a number', { page: [{ title: 'x' }] }, /no usable `number`: it is missing/],
    ['an issue without a title', { page: [{ number: 1 }] }, /issue 1 has no `title`/],
    ['a word', { page: ['x'] }, /must be an object/],
    ['a page elsewhere', { page: [], next: 'http://127.0.0.2/x' }, /another host/],
    ['silence', { silence: true }, /did not answer within 0.2 s/],
    ['a list without end', { page: [], next: '/repos/me/it/issues?page=2' }, /does not end/],
    [
      'redirects without end',
      { status: 302, headers: { location: '/x' } },
      /redirects without end/,
    ],
    ['redirects to nowhere', { status: 302 }, /answered with 302/],
  ])(
    '%s is one fault that says what was answered, without the token',
    async (_what, answer, says) => {
      const { issues, faults } = await list([answer], {
        limitMs: 'silence' in answer ? 200 : 20_000,
      });
      expect(issues).toEqual([]);
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatchObject({ code: 'items/not-listed' });
      expect(faults[0]?.message).toMatch(says);
      expect(JSON.stringify(faults)).not.toContain(TOKEN);
    },
  );

  test('nobody there, and nobody to say the token to', async () => {
    const { url } = await list([{ page: [] }]);
    const { faults } = await listIssues({ base: url, token: TOKEN });
    expect(faults[0]?.message).toMatch(/ECONNREFUSED/);
    const open = await listIssues({ base: url });
    expect(open.faults[0]?.message).toMatch(/ECONNREFUSED/);
    await using refusing = await openIssueServer({ status: 401 });
    const { faults: without } = await listIssues({ base: refusing.url });
    expect(without[0]?.hint).toContain('if it needs a token');
    expect(refusing.requests[0]?.authorization).toBeUndefined();
  });

  test('a redirect to another host is followed without the token', async () => {
    await using other = await openIssueServer({ page: [issue(7)] });
    await using server = await openIssueServer({
      status: 301,
      headers: { location: `${other.url}/issues` },
    });
    const { issues } = await listIssues({ base: server.url, token: TOKEN });
    expect(issues.map(({ number }) => number)).toEqual([7]);
    expect(server.requests[0]?.authorization).toBe(`Bearer ${TOKEN}`);
    expect(other.requests[0]?.authorization).toBeUndefined();
  });
});
