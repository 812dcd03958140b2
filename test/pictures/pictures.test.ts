import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { repositoryRoot } from '../rig/home.js';
import { Terminal } from '../rig/terminal.js';
import { linesOf, readPicture, type Shown } from './read-svg.js';
import { picturesOf, tellStory } from './story.js';
import { recording, still } from './svg.js';

const folder = join(repositoryRoot, 'docs/pictures');
const pictures = readdirSync(folder);
const picture = (name: string) => readFileSync(join(folder, name), 'utf8');

/** What `words` of a shell leave on a real terminal of 40 columns. */
async function screenOf(words: string) {
  const place = { cwd: repositoryRoot, env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color' } };
  const terminal = new Terminal('sh', ['-c', words], place, { columns: 40, rows: 4 });
  await terminal.wait();
  return terminal.cells;
}

const looks = (frame: readonly Shown[] = []) =>
  frame.map(({ text, row, column, columns, look }) => [text, row, column, columns, look]);

describe('a picture of a terminal', () => {
  test('texts, colours, weights and wide characters of a real terminal survive, each at its column', async () => {
    const frame = await screenOf(
      String.raw`printf '\033[31mred\033[0m plain  gap <&> "q"\r\n\033[1;33mWAITING\033[0m 会话\033[2m done\033[0m\r\n\r\n\033[96mbright\033[0m'`,
    );
    const [read, ...others] = readPicture(still('a <title> & more', frame));
    expect(others).toEqual([]);
    expect(looks(read)).toEqual([
      ['red', 0, 0, 3, 'red'],
      ['plain', 0, 4, 5, ''],
      ['gap <&> "q"', 0, 11, 11, ''],
      ['WAITING', 1, 0, 7, 'bold yellow'],
      ['会', 1, 8, 2, ''],
      ['话', 1, 10, 2, ''],
      ['done', 1, 13, 4, 'dim'],
      ['bright', 3, 0, 6, 'cyan'],
    ]);
    expect(linesOf(read ?? [])).toEqual([
      'red plain  gap <&> "q"',
      'WAITING 会话 done',
      '',
      'bright',
    ]);
  });

  test('a recording shows its frames one after another, without an end, and the last one where nothing may move', async () => {
    const moments = [
      { frame: await screenOf('echo one'), seconds: 1 },
      { frame: await screenOf('echo two'), seconds: 3 },
      { frame: await screenOf('echo three'), seconds: 4 },
    ];
    const svg = recording('three', moments);
    expect(readPicture(svg).map(linesOf)).toEqual([['one'], ['two'], ['three']]);
    const [still = '', moving = ''] = svg.split('@media (prefers-reduced-motion:no-preference)');
    expect(still).toContain('.frame{visibility:hidden}#f2{visibility:visible}');
    expect(still).not.toContain('animation');
    const rule = (index: number) =>
      new RegExp(`@keyframes f${index}\\{(.*)\\}#f${index}\\{animation:(.*)\\}`)
        .exec(moving)
        ?.slice(1);
    const [hidden, visible] = ['{visibility:hidden}', '{visibility:visible}'];
    expect([0, 1, 2].map(rule)).toEqual([
      [`0%${visible}12.50%,100%${hidden}`, 'f0 8s step-end infinite'],
      [`0%${hidden}12.50%${visible}50.00%,100%${hidden}`, 'f1 8s step-end infinite'],
      [`0%${hidden}50.00%${visible}100%${visible}`, 'f2 8s step-end infinite'],
    ]);
  });
});

describe('the pictures of the documents', () => {
  test('README.md begins with the recording, and each picture stands on a page with words for who cannot see it', () => {
    const shown = [
      'README.md',
      ...readdirSync(join(repositoryRoot, 'docs')).map((name) => `docs/${name}`),
    ]
      .filter((page) => page.endsWith('.md'))
      .flatMap((page) =>
        [
          ...readFileSync(join(repositoryRoot, page), 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g),
        ].map(([, words = '', path = '']) => ({
          page,
          words,
          path: normalize(join(dirname(page), path)),
        })),
      );
    expect(shown[0]).toMatchObject({ page: 'README.md', path: 'docs/pictures/recording.svg' });
    for (const { words } of shown) expect(words).toMatch(/\w+ \w+/);
    expect([...new Set(shown.map(({ path }) => path))].sort()).toEqual(
      pictures.map((name) => `docs/pictures/${name}`).sort(),
    );
  });

  test.each(pictures)(
    '%s is whole, small and names no place of the machine it was made on',
    (name) => {
      const svg = picture(name);
      expect(readPicture(svg).length).toBeGreaterThan(0);
      expect(statSync(join(folder, name)).size).toBeLessThan(100 * 1024);
      for (const place of [repositoryRoot, '/tmp/', '/var/', '/root/', '/home/', '/Users/']) {
        expect(svg).not.toContain(place);
      }
      // Nothing is fetched: a page that shows it may not let it.
      expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
        /https?:|@import|url\(|<script/,
      );
    },
  );

  test('they show what the program shows today (npm run pictures makes them anew)', async () => {
    const now = picturesOf(await tellStory());
    expect([...now.keys()].sort()).toEqual([...pictures].sort());
    const read = (svg = '') => readPicture(svg).map((frame) => linesOf(frame).map(timeless));
    for (const name of ['plan.svg', 'live-view.svg', 'summary.svg']) {
      const [told = [], shown = []] = [now.get(name), picture(name)].map((svg) => read(svg)[0]);
      const part = name === 'summary.svg' ? decided : (lines: readonly string[]) => lines;
      expect({ name, lines: part(shown) }).toEqual({ name, lines: part(told) });
    }
    const frames = read(picture('recording.svg'));
    expect(frames).toHaveLength(read(now.get('recording.svg')).length);
    expect(frames).toContainEqual(read(picture('live-view.svg'))[0]);
    expect(frames.at(-1)).toEqual(read(picture('summary.svg'))[0]);
  }, 150_000);
});

/** A line without what differs from run to run: names, times, and the width of what holds them. */
const timeless = (line: string) =>
  line
    .replace(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'RUN')
    .replace(/\b[0-9a-f]{10,12}\b/g, 'COMMIT')
    .replace(/(about [\dhmin ]+|under a minute) left/, 'SOME TIME left')
    .replace(/\b(\d+ min \d\d|\d+(\.\d)?) s\b/g, 'TIME')
    .replace(/─+/g, '─')
    .replace(/ +/g, ' ')
    .trimEnd();

/** Of a summary what the story decides; its figures are measured. */
function decided(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.includes('landed, 1 deferred'));
  const last = lines.findIndex((line) => line.includes('→ sage rescue'));
  expect([first, last]).not.toContain(-1);
  return [...lines.slice(first, last + 1), ...lines.filter((line) => line.includes('delivered:'))];
}
