// The order of the documents and the links from each to the next: docs/README.md lists them, every page gets its lines.
import { posix } from 'node:path';

const BEGIN = '<!-- generated: pages -->';
const END = '<!-- end: pages -->';
const BLOCK = new RegExp(`\\n*${BEGIN}[\\s\\S]*?${END}\\n*`, 'g');

/** The index of the documents. */
export const INDEX = 'docs/README.md';

/** The pages that the index lists, in its order: their paths from the top of the repository, and their titles. */
export function pagesOf(index) {
  return [...index.matchAll(/^- \[(.+?)\]\(([^)]+)\)/gm)].map(([, title, to]) => ({
    title,
    path: posix.join(posix.dirname(INDEX), to),
  }));
}

/** A page with the links to the one before and the one after it below its title and at its end. */
export function withLinks(pages, path, text) {
  const place = pages.findIndex((page) => page.path === path);
  const link = (title, to) => `[${title}](${posix.relative(posix.dirname(path), to)})`;
  const [before, after] = [pages[place - 1], pages[place + 1]];
  const line = [
    before ? `← ${link(before.title, before.path)}` : `← ${link('README', 'README.md')}`,
    link('All pages', INDEX),
    ...(after ? [`${link(after.title, after.path)} →`] : []),
  ].join(' · ');
  const block = `${BEGIN}\n\n${line}\n\n${END}`;
  const [title, ...rest] = text.replace(BLOCK, '\n\n').trim().split('\n');
  return `${title}\n\n${block}\n\n${rest.join('\n').trim()}\n\n${block}\n`;
}
