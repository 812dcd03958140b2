/** A stretch of a stream that shows a secret, by places in the stream. */
interface Run {
  start: number;
  end: number;
  /** What may stand for it: those whose parts were all of it so far. */
  labels: readonly string[];
  /** Bytes of it were left out in the present line, and nothing stands for them yet. */
  isOwed: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The stretches of a stream that must not be seen, and the stream without them. */
export class RedactRuns {
  readonly #runs: Run[] = [];

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** From `start` up to, not including, `end`; ends never go back. */
  mark(start: number, end: number, labels: readonly string[]): void {
    const last = this.#runs.at(-1);
    if (!last || start > last.end) {
      this.#runs.push({ start, end, labels, isOwed: false });
      return;
    }
    const common = last.labels.filter((label) => labels.includes(label));
    if (common.length > 0) {
      last.labels = common;
      last.start = Math.min(last.start, start);
      last.end = Math.max(last.end, end);
    } else if (end > last.end) {
      this.#runs.push({ start: last.end, end, labels, isOwed: false });
    }
  }

  /**
   * What may be seen of `bytes`, which begin at `from` in the stream. The ends of lines stay. What stands for a stretch
   * comes when it has ended, in each line of it; `isLast`: nothing follows.
   */
  release(bytes: Buffer, from: number, isLast: boolean): Buffer {
    if (this.isEmpty) return bytes;
    const to = from + bytes.length;
    const shown: Buffer[] = [];
    let at = from;
    for (let run; (run = this.#runs[0]) && run.start < to;) {
      if (run.start > at) shown.push(bytes.subarray(at - from, run.start - from));
      const end = Math.min(run.end, to);
      this.#leaveOut(run, bytes.subarray(Math.max(at, run.start) - from, end - from), shown);
      at = Math.max(at, end);
      // The next byte may belong to it, too.
      if (run.end >= to && !isLast) break;
      if (run.isOwed) shown.push(labelOf(run));
      this.#runs.shift();
    }
    if (isLast) for (const run of this.#runs.splice(0)) if (run.isOwed) shown.push(labelOf(run));
    if (at < to) shown.push(bytes.subarray(at - from));
    return Buffer.concat(shown);
  }

  #leaveOut(run: Run, bytes: Buffer, shown: Buffer[]): void {
    for (const byte of bytes) {
      if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) {
        run.isOwed = true;
        continue;
      }
      if (run.isOwed) shown.push(labelOf(run));
      run.isOwed = false;
      shown.push(Buffer.from([byte]));
    }
  }
}

const labelOf = ({ labels }: Run) => Buffer.from(labels[0] ?? '');
