import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failure } from '../model/failure.js';

/** As system calls and git say it: a full disk (of bytes, files or quota), and one that cannot be written at all. */
const FULL = /\bENOSPC\b|\bEDQUOT\b|No space left on device|Disk quota exceeded/i;
const NOT_WRITABLE = /\bEROFS\b|\bEIO\b|Read-only file system|Input\/output error/i;

/** Less than this is as good as nothing: a program that fails beside it may well fail for that. */
const LEAST_BYTES = 256 * 1024;
const LEAST_FILES = 16;

/**
 * The failure behind an error, or behind another failure, of a disk that is full, write-protected or broken: where, how
 * much is free and the way out. Nothing for any other trouble. `folder` is named when the error names no file.
 */
export async function diskTrouble(trouble: unknown, folder: string): Promise<Failure | undefined> {
  for (const { text, code, file } of chain(trouble)) {
    if (code === 'ENOENT' && file !== undefined && / mkdir '/.test(text)) {
      // How node tells of a folder that it cannot make, parents and all, on a write-protected disk.
      if (await isProtected(file)) return notWritable(file, `EROFS: read-only file system, mkdir`);
    }
    if (FULL.test(`${text} ${code}`)) return diskFull(file ?? folder, text);
    if (NOT_WRITABLE.test(`${text} ${code}`)) return notWritable(file ?? folder, text);
  }
  return undefined;
}

/** `disk/full` where next to nothing is free on the disk of one of the folders: what failed there proves nothing. */
export async function fullDisk(folders: readonly string[]): Promise<Failure | undefined> {
  for (const folder of folders) {
    const room = await roomAt(folder);
    if (room && (room.bytes < LEAST_BYTES || (room.files ?? LEAST_FILES) < LEAST_FILES)) {
      return diskFull(folder);
    }
  }
  return undefined;
}

async function diskFull(place: string, said?: string): Promise<Failure> {
  return {
    code: 'disk/full',
    message: `the disk of ${place} is full: ${await freeAt(place)}${said === undefined ? '' : ` (${said.slice(0, 300)})`}`,
    hint: `make room there (\`df -h '${place}'\`, \`df -i\`), then \`sage resume\` goes on; nothing that was done is lost`,
    retryable: true,
  };
}

const notWritable = (place: string, said: string): Failure => ({
  code: 'disk/not-writable',
  message: `the disk of ${place} cannot be written: ${said.slice(0, 300)}`,
  hint: `see why (\`findmnt -T '${place}'\`, the system's log), make it writable, then \`sage resume\` goes on; nothing that was done is lost`,
  retryable: true,
});

interface Link {
  readonly text: string;
  readonly code: string;
  readonly file: string | undefined;
}

const LONGEST = 10;

/** An error and what it hides: causes, and what was thrown while it was being cleaned up after. */
function chain(trouble: unknown): readonly Link[] {
  const found: Link[] = [];
  const waiting = [trouble];
  while (waiting.length > 0 && found.length < LONGEST) {
    const one = waiting.shift() as { readonly [member: string]: unknown } | null | undefined;
    if (typeof one !== 'object' || one === null) continue;
    const { message, code, path, where } = one;
    const file = (where as Failure['where'])?.file ?? words(path);
    found.push({ text: words(message) ?? '', code: words(code) ?? '', file });
    waiting.push(one['cause'], one['error'], one['suppressed']);
  }
  return found;
}

const words = (value: unknown) => (typeof value === 'string' ? value : undefined);

async function isProtected(place: string): Promise<boolean> {
  for (let path = place; ; path = dirname(path)) {
    const trouble = await access(path, constants.W_OK).then(
      () => 'none',
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    if (trouble !== 'ENOENT' || path === dirname(path)) return trouble === 'EROFS';
  }
}

interface Room {
  readonly bytes: number;
  /** Absent: the file system does not count them. */
  readonly files?: number;
}

async function roomAt(place: string): Promise<Room | undefined> {
  for (let path = place; ; path = dirname(path)) {
    const found = await statfs(path).catch(() => undefined);
    if (found) {
      const bytes = found.bavail * found.bsize;
      return { bytes, ...(found.files > 0 ? { files: found.ffree } : {}) };
    }
    if (path === dirname(path)) return undefined;
  }
}

async function freeAt(place: string): Promise<string> {
  const room = await roomAt(place);
  if (!room) return 'how much is free cannot be told';
  const files = room.files === undefined ? '' : ` and ${room.files} files`;
  return `${amount(room.bytes)}${files} free`;
}

const amount = (bytes: number) =>
  bytes < 1024 * 1024
    ? `${Math.floor(bytes / 1024)} KiB`
    : `${Math.floor(bytes / 1024 / 1024)} MiB`;
