import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What a text must not be found in: a secret as it is and in the encodings that programs print it in. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('hex'),
  // Wherever it begins in what was encoded.
  ...['', ':', 'e:'].map((before) =>
    Buffer.from(`${before}${secret}`).toString('base64').slice(4, -4),
  ),
];

/** All parts of a secret of 8 characters, plain and encoded. */
export const partsOf = (secret: string): readonly string[] =>
  formsOf(secret).flatMap((form) =>
    Array.from({ length: form.length - 7 }, (_, at) => form.slice(at, at + 8)),
  );

/** Each form of a secret whole, and its halves: for many secrets and much to look through. */
export const halvesOf = (secret: string): readonly string[] =>
  formsOf(secret).flatMap((form) => {
    const middle = Math.floor(form.length / 2);
    return [form.slice(0, middle), form.slice(middle)];
  });

/** The first of these texts that stands in some bytes; nothing for none. */
export const partIn = (bytes: Buffer | string, parts: readonly string[]): string | undefined =>
  parts.find((part) => bytes.includes(part));

/** Files below a folder that have one of these texts in them or in their path. */
export const leaksBelow = (folder: string, parts: readonly string[]): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => (partIn(readFileSync(file), parts) ?? partIn(file, parts)) !== undefined);

/** All objects of a repository, uncompressed: what a look at its files does not show. */
export const objectsOf = (gitDir: string, env: Readonly<Record<string, string>>): Buffer =>
  execFileSync('git', ['--git-dir', gitDir, 'cat-file', '--batch', '--batch-all-objects'], {
    env,
    maxBuffer: 1024 ** 3,
  });
