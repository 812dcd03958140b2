import { createHash } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const HEAD_BYTES = 16 * 1024 * 1024;
const TAIL_BYTES = 4 * 1024 * 1024;
const COPY_BYTES = 64 * 1024;

/** What a closed log holds. */
export interface LogSummary {
  /** Bytes that the program printed, whether kept or not. */
  readonly seenBytes: number;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly hash: string;
  /** Why it stopped being written: a full disk, say. */
  readonly error?: string;
}

/** A log file with a bound on disk and memory; see {@link openOutputLog}. */
export interface OutputLog {
  /** Settles when the chunk is written: waiting for it is the back-pressure. Never rejects. */
  write(chunk: Buffer): Promise<void>;
  close(): Promise<LogSummary>;
}

/**
 * Makes `path` (and its folder) anew. It gets the first 16 MiB as they come; what follows goes round in a 4 MiB ring
 * beside it (`<path>.tail`), which is appended at the end, after a line that says how many bytes were left out. So the
 * log only ever grows, and a crash leaves it readable. A disk error ends the writing, not the program.
 */
export async function openOutputLog(path: string): Promise<OutputLog> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  const ringPath = `${path}.tail`;
  const hash = createHash('sha256');
  let ring: FileHandle | undefined;
  let seen = 0;
  let error: string | undefined;
  let queue = Promise.resolve();

  const append = async (bytes: Buffer) => {
    await writeAll(file, bytes);
    hash.update(bytes);
  };

  const store = async (chunk: Buffer) => {
    const at = seen;
    seen += chunk.length;
    if (error !== undefined) return;
    const head = chunk.subarray(0, Math.max(0, HEAD_BYTES - at));
    if (head.length > 0) await append(head);
    let rest = chunk.subarray(head.length);
    let position = at + head.length - HEAD_BYTES;
    while (rest.length > 0) {
      ring ??= await open(ringPath, 'w+');
      const offset = position % TAIL_BYTES;
      const part = rest.subarray(0, TAIL_BYTES - offset);
      await writeAll(ring, part, offset);
      rest = rest.subarray(part.length);
      position += part.length;
    }
  };

  const appendRing = async (from: FileHandle) => {
    const beyond = seen - HEAD_BYTES;
    const kept = Math.min(beyond, TAIL_BYTES);
    const leftOut = beyond - kept;
    if (leftOut > 0) {
      await append(Buffer.from(`\n[sage: ${leftOut} bytes of output left out here]\n`));
    }
    const buffer = Buffer.alloc(COPY_BYTES);
    for (let done = 0; done < kept;) {
      const offset = (leftOut + done) % TAIL_BYTES;
      const length = Math.min(COPY_BYTES, kept - done, TAIL_BYTES - offset);
      const { bytesRead } = await from.read(buffer, 0, length, offset);
      if (bytesRead === 0) break;
      await append(buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
  };

  const guarded = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (thrown) {
      error ??= thrown instanceof Error ? thrown.message : String(thrown);
    }
  };

  return {
    write(chunk) {
      queue = queue.then(() => guarded(() => store(chunk)));
      return queue;
    },
    async close() {
      await queue;
      const from = ring;
      if (from && error === undefined) await guarded(() => appendRing(from));
      if (from) {
        await guarded(() => from.close());
        await guarded(() => rm(ringPath, { force: true }));
      }
      await guarded(() => file.close());
      const summary = { seenBytes: seen, hash: hash.digest('hex') };
      return error === undefined ? summary : { ...summary, error };
    },
  };
}

async function writeAll(file: FileHandle, bytes: Buffer, position?: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const at = position === undefined ? null : position + done;
    done += (await file.write(bytes, done, bytes.length - done, at)).bytesWritten;
  }
}
