import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { repositoryRoot } from './rig/home.js';

/** Rows of the acceptance matrix for the parallel stream; later issues add those that are missing here. */
const rows = Object.entries({
  1: [1, 2, 3, 4],
  2: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  3: [1, 2, 3, 4, 5, 6],
  4: [1, 2, 3, 4, 5, 6, 7, 8],
  5: [1, 2, 3, 4],
  6: [1, 2, 3],
  7: [1, 2, 3, 4],
  8: [1, 2, 3],
  9: [1, 2, 3, 4],
  10: [1, 2, 3],
  11: [1, 2],
  12: [1, 2, 3],
  13: [1, 2, 3, 4],
  14: [1, 2, 3, 4, 5],
  15: [1, 2, 3, 4],
  16: [1, 2, 3, 4],
  17: [1, 2, 3, 4, 5],
  18: [1, 2, 3, 4, 5, 6, 7],
  19: [1, 2],
}).flatMap(([chapter, numbers]) => numbers.map((number) => `002-${chapter}.${number}`));

/** Rows of the other chapters: what they ask of workflows, and of a stream as well. */
const further = Object.entries({
  '001-2': [2, 9],
  '001-3': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  '001-4': [2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14],
  '001-5': [1, 2, 3, 4, 5, 6],
  '001-6': [1, 3, 4, 5, 6, 7],
  '001-7': [1, 4],
  '001-8': [2],
  '001-12': [1, 3, 4],
  '003-1': [1, 2, 3, 4, 5, 6, 7, 8],
  '003-2': [1, 2, 3, 4],
  '003-3': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  '003-4': [1],
  '003-5': [1, 2],
  '003-6': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  '003-7': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  '003-8': [1, 2, 3, 4, 5, 6],
  '003-9': [1, 2, 3],
  '003-10': [1, 2, 3],
  '003-11': [1, 2, 3, 4, 5],
  '003-12': [1, 2, 3],
}).flatMap(([chapter, numbers]) => numbers.map((number) => `${chapter}.${number}`));

const folder = join(repositoryRoot, 'test');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return { name, source: ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true) };
  });

/** The words of what is called, from the left: of `test.each(…)` they are `test` and `each`. */
function calleeWords(node: ts.Expression): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node)) return [...calleeWords(node.expression), node.name.text];
  if (ts.isCallExpression(node)) return calleeWords(node.expression);
  return [];
}

const isTestWord = (word: string | undefined) =>
  word !== undefined && ['test', 'it', 'describe', 'xtest', 'xit', 'xdescribe'].includes(word);

/** Texts that make up the names of tests: arguments of `test` and the rows of its tables, not the bodies. */
function testNames(source: ts.SourceFile): string[] {
  const names: string[] = [];
  const collect = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isStringLiteralLike(node)) names.push(node.text);
    node.forEachChild(collect);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && calleeWords(node)[0] === 'test') node.forEachChild(collect);
    node.forEachChild(visit);
  };
  visit(source);
  return names;
}

describe('the acceptance matrix', () => {
  test('003-10.1 every row has a test that carries its id', () => {
    const named = files.flatMap(({ source }) => testNames(source)).join('\n');
    const ids = new Set(named.match(/\b00\d-\d+\.\d+\b/g));
    expect([...rows, ...further].filter((row) => !ids.has(row))).toEqual([]);
  });

  test('no test carries the id of a row that does not exist', () => {
    const known = new Set(rows);
    const wrong = files.flatMap(({ name, source }) =>
      (
        testNames(source)
          .join('\n')
          .match(/\b002-\d+\.\d+\b/g) ?? []
      )
        .filter((id) => !known.has(id))
        .map((id) => `${name}: ${id}`),
    );
    expect(wrong).toEqual([]);
  });

  test('002-14.1 003-10.3 every test runs: none is skipped, focused, left to do or known to fail', () => {
    const idle = ['skip', 'only', 'todo', 'failing', 'xtest', 'xit', 'xdescribe', 'fit'];
    const found: string[] = [];
    for (const { name, source } of files) {
      const visit = (node: ts.Node): void => {
        if (ts.isCallExpression(node)) {
          const words = calleeWords(node.expression);
          if (isTestWord(words[0]) && words.some((word) => idle.includes(word))) {
            found.push(`${name}: ${words.join('.')}`);
          }
        }
        node.forEachChild(visit);
      };
      visit(source);
    }
    expect(found).toEqual([]);
    const ci = readFileSync(join(repositoryRoot, '.ci/run'), 'utf8');
    expect(ci).toMatch(/^if npm ci .*; then suite npm test; else failed=1; fi$/m);
    // Unconditional, at the margin.
    expect(ci).toMatch(/^suite npm run test:agents$/m);
  });
});
