import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Oid } from '../model/ids.js';
import type { Verdict } from '../model/work.js';

/** Green verdicts by tree and key, kept across runs. Losing them costs time, never correctness. */
export interface VerdictCache {
  /** The green verdict of this tree, if it is known; its logs are named relative to this run's directory. */
  find(tree: Oid, key: string): Promise<Verdict | undefined>;
  /** Keeps a green verdict; others are ignored. Never fails: a full disk only forgets. */
  keep(verdict: Verdict): Promise<void>;
}

/** What stands in a file: the verdict and the run whose directory holds its logs. */
interface KeptVerdict {
  readonly v: 1;
  readonly run: string;
  readonly verdict: Verdict;
}

/** Above this many files the older half is removed when the cache is opened. */
const LIMIT = 4_000;

/**
 * One small file per verdict under `directory` (`<commonDir>/sage/verdicts`), replaced atomically, so that several
 * processes may share it. `run` is the name of the calling run's directory.
 */
export async function openVerdictCache(directory: string, run: string): Promise<VerdictCache> {
  await mkdir(directory, { recursive: true });
  await prune(directory);
  return {
    async find(tree, key) {
      const kept = await read(fileOf(directory, tree, key));
      if (kept?.verdict.tree !== tree || kept.verdict.key !== key) return undefined;
      const elsewhere = kept.run === run ? '' : `../${kept.run}/`;
      const results = kept.verdict.results.map((result) => ({
        ...result,
        log: elsewhere + result.log,
      }));
      return { ...kept.verdict, results, cached: true };
    },
    async keep(verdict) {
      if (verdict.colour !== 'green' || verdict.cached) return;
      const kept: KeptVerdict = { v: 1, run, verdict };
      try {
        await writeFileAtomic(
          fileOf(directory, verdict.tree, verdict.key),
          JSON.stringify(kept) + '\n',
        );
      } catch {
        // The verdict itself is in the journal; only its reuse is lost.
      }
    },
  };
}

/** Whether a green verdict is known for this tree; looks only, so that `validate` changes nothing. */
export async function readVerdict(
  directory: string,
  tree: Oid,
  key: string,
): Promise<Verdict | undefined> {
  const kept = await read(fileOf(directory, tree, key));
  return kept?.verdict.tree === tree && kept.verdict.key === key ? kept.verdict : undefined;
}

/** Whether anything is kept for this tree: tells apart cheaply what need not be asked with a key. */
export async function hasVerdict(directory: string, tree: Oid): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  return names.some((name) => name.startsWith(tree.slice(0, 40)));
}

const fileOf = (directory: string, tree: Oid, key: string) =>
  join(directory, `${tree.slice(0, 40)}-${key.slice(0, 24)}.json`);

/** A file that is missing, torn or from another version is as good as none. */
async function read(file: string): Promise<KeptVerdict | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Partial<KeptVerdict>;
    const isUsable =
      kept.v === 1 &&
      typeof kept.run === 'string' &&
      kept.verdict?.colour === 'green' &&
      Array.isArray(kept.verdict.results);
    return isUsable ? (kept as KeptVerdict) : undefined;
  } catch {
    return undefined;
  }
}

async function prune(directory: string) {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json'));
  if (names.length <= LIMIT) return;
  const aged = await Promise.all(
    names.map(async (name) => {
      const file = join(directory, name);
      const age = await stat(file).catch(() => undefined);
      return { file, at: age?.mtimeMs ?? 0 };
    }),
  );
  aged.sort((a, b) => a.at - b.at);
  for (const { file } of aged.slice(0, aged.length - LIMIT / 2)) await rm(file, { force: true });
}
