import { oid, type Oid } from '../../lib/model/ids.js';

/** Path → content. */
export type Tree = ReadonlyMap<string, string>;

interface Commit {
  readonly parents: readonly Oid[];
  readonly tree: Oid;
  readonly message: string;
}

/** Objects by content and refs with a compare-and-swap: of git what landing rests on. */
export class ImaginedGit {
  readonly refs = new Map<string, Oid>();
  readonly #commits = new Map<Oid, Commit>();
  readonly #trees = new Map<Oid, Tree>();
  readonly #ids = new Map<string, Oid>();

  constructor(base: Oid, baseTree: Oid, files: Tree) {
    this.#trees.set(baseTree, files);
    this.#ids.set(textOf(files), baseTree);
    this.#commits.set(base, { parents: [], tree: baseTree, message: 'base' });
  }

  /** The same content has the same id, as in git. */
  writeTree(files: Tree): Oid {
    return this.#intern('d', textOf(files), (id) => this.#trees.set(id, new Map(files)));
  }

  writeCommit(commit: Commit): Oid {
    return this.#intern('c', JSON.stringify(commit), (id) => this.#commits.set(id, commit));
  }

  #intern(letter: string, text: string, keep: (id: Oid) => void): Oid {
    const known = this.#ids.get(text);
    if (known) return known;
    const id = oid(letter + this.#ids.size.toString(16).padStart(11, '0'));
    this.#ids.set(text, id);
    keep(id);
    return id;
  }

  commit(id: Oid): Commit {
    const found = this.#commits.get(id);
    if (!found) throw new Error(`no commit ${id}`);
    return found;
  }

  treeOf(id: Oid): Tree {
    return this.files(this.commit(id).tree);
  }

  files(tree: Oid): Tree {
    const found = this.#trees.get(tree);
    if (!found) throw new Error(`no tree ${tree}`);
    return found;
  }

  /** Moves a ref that stands where it is expected; answers where it stands otherwise. */
  swap(ref: string, expected: Oid, to: Oid): 'moved' | { readonly stale: Oid | undefined } {
    const now = this.refs.get(ref);
    if (now !== expected) return { stale: now };
    this.refs.set(ref, to);
    return 'moved';
  }

  /** First parents from `tip` down to, and without, `end`; the newest first. */
  history(tip: Oid, end: Oid): readonly Oid[] {
    const found: Oid[] = [];
    for (
      let at: Oid | undefined = tip;
      at !== undefined && at !== end;
      at = this.commit(at).parents[0]
    ) {
      found.push(at);
    }
    return found;
  }

  isAncestor(older: Oid, newer: Oid): boolean {
    const queue = [newer];
    const seen = new Set<Oid>();
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (at === older) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      queue.push(...this.commit(at).parents);
    }
    return false;
  }

  /** The newest of `theirs` and its first parents that `ours` holds. */
  mergeBase(theirs: Oid, ours: Oid): Oid {
    let at = theirs;
    for (let next = this.commit(at).parents[0]; !this.isAncestor(at, ours) && next;) {
      at = next;
      next = this.commit(at).parents[0];
    }
    return at;
  }

  /** Three-way merge by whole files: what only one side changed since `base` is taken. */
  merge(
    base: Tree,
    ours: Tree,
    theirs: Tree,
  ): { readonly files: Tree; readonly conflicts: readonly string[] } {
    const files = new Map(ours);
    const conflicts: string[] = [];
    for (const path of new Set([...base.keys(), ...theirs.keys()])) {
      const [was, our, their] = [base.get(path), ours.get(path), theirs.get(path)];
      if (their === was || their === our) continue;
      if (our !== was) conflicts.push(path);
      else if (their === undefined) files.delete(path);
      else files.set(path, their);
    }
    return { files, conflicts };
  }
}

const textOf = (files: Tree) =>
  `tree ${JSON.stringify([...files].sort(([a], [b]) => (a < b ? -1 : 1)))}`;
