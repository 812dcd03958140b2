import { setTimeout as sleep } from 'node:timers/promises';

/** What a system says that has no process, memory or file left: it may have some later. */
export const isUsedUp = (message: string) => /\b(EAGAIN|ENOMEM|EMFILE|ENFILE)\b/.test(message);

/** For what must be done lest work in hand is lost: agents that end make room. */
export const PATIENCE_MS = 30_000;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** Starts something, again and again while the machine is used up, for so long; answers the last try. */
export async function patiently<Answer>(
  start: () => Promise<Answer>,
  isToTryAgain: (answer: Answer) => boolean,
  forMs: number,
): Promise<Answer> {
  let end: number | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const answer = await start();
    if (!isToTryAgain(answer)) return answer;
    const now = performance.now();
    end ??= now + forMs;
    if (now + pause > end) return answer;
    await sleep(pause);
  }
}
