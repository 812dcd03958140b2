/** What can be told of an index without asking git. Names are bytes in latin1. */
export interface IndexLook {
  /** Marked "assume unchanged". */
  readonly assumed: readonly string[];
  /** Marked "skip worktree". */
  readonly skipped: readonly string[];
  /** `100644 <id> <stage>`, a tab and the path. */
  readonly unmerged: readonly string[];
  /** All folders that files are tracked in, the top left out. */
  readonly folders: readonly string[];
}

const STAT_BYTES = 40;
const [ASSUMED, EXTENDED, STAGE, LENGTH] = [0x8000, 0x4000, 0x3000, 0x0fff];
const SKIPPED = 0x4000;

/**
 * Reads an index as gitformat-index(5) tells, versions 2 to 4, without the entries' times and sizes: a tenth of the
 * cost of asking git for it. `idBytes`: 20, or 32 for SHA-256. Undefined where there is more to it (an index that is
 * split or sparse) or something is wrong: git shall look.
 */
export function lookAtIndex(bytes: Buffer, idBytes: number): IndexLook | undefined {
  try {
    return look(bytes, idBytes);
  } catch (error) {
    if ((error as Error).name === 'RangeError') return undefined;
    throw error;
  }
}

function look(bytes: Buffer, idBytes: number): IndexLook | undefined {
  const version = bytes.readUInt32BE(4);
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) return undefined;
  const end = bytes.length - idBytes;
  const assumed: string[] = [];
  const skipped: string[] = [];
  const unmerged: string[] = [];
  const folders = new Set<string>();
  let name = '';
  let folder = '';
  let at = 12;
  for (let left = bytes.readUInt32BE(8); left > 0; left -= 1) {
    const flags = bytes.readUInt16BE(at + STAT_BYTES + idBytes);
    const isExtended = (flags & EXTENDED) !== 0;
    if (isExtended && version === 2) return undefined;
    const more = isExtended ? bytes.readUInt16BE(at + STAT_BYTES + idBytes + 2) : 0;
    let start = at + STAT_BYTES + idBytes + (isExtended ? 4 : 2);
    let kept = '';
    if (version === 4) {
      const cut = readOffset(bytes, start);
      if (cut.value > name.length) return undefined;
      kept = name.slice(0, name.length - cut.value);
      start = cut.next;
    }
    const length = flags & LENGTH;
    const stop =
      length === LENGTH ? bytes.indexOf(0, start) : start + Math.max(0, length - kept.length);
    if (stop < start || stop >= end || bytes[stop] !== 0) return undefined;
    name = kept + bytes.toString('latin1', start, stop);
    // Up to version 3 one to eight NULs fill an entry up to a multiple of eight.
    const next = version === 4 ? stop + 1 : at + ((stop - at + 8) & ~7);

    if (flags & ASSUMED) assumed.push(name);
    if (more & SKIPPED) skipped.push(name);
    if (flags & STAGE) {
      const mode = bytes.readUInt32BE(at + 24).toString(8);
      const id = bytes.toString('hex', at + STAT_BYTES, at + STAT_BYTES + idBytes);
      unmerged.push(`${mode} ${id} ${(flags & STAGE) >> 12}\t${name}`);
    }
    const slash = name.lastIndexOf('/');
    if (slash !== folder.length || !name.startsWith(folder)) {
      folder = slash < 0 ? '' : name.slice(0, slash);
      addFolder(folders, folder);
    }
    at = next;
  }
  return areOptional(bytes, at, end)
    ? { assumed, skipped, unmerged, folders: [...folders] }
    : undefined;
}

function addFolder(folders: Set<string>, folder: string): void {
  for (let at = folder; at !== '' && !folders.has(at); at = parentOf(at)) folders.add(at);
}

const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** git's number of variable width: each further byte counts from one more than it says. */
function readOffset(
  bytes: Buffer,
  from: number,
): { readonly value: number; readonly next: number } {
  let at = from;
  let byte = bytes.readUInt8(at);
  let value = byte & 0x7f;
  while (byte & 0x80) {
    at += 1;
    byte = bytes.readUInt8(at);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next: at + 1 };
}

/** Whether none of the extensions behind the entries changes what these mean: such names begin with a small letter. */
function areOptional(bytes: Buffer, from: number, end: number): boolean {
  let at = from;
  while (at < end) {
    const first = bytes.readUInt8(at);
    if (first < 0x41 || first > 0x5a) return false;
    at += 8 + bytes.readUInt32BE(at + 4);
  }
  return at === end;
}
