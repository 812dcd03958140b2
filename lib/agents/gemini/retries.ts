import type { AgentMessage } from '../../model/agent.js';
import { plainText } from '../../process/plain-text.js';
import { TEXT_LIMIT, toldInstant } from '../told.js';
import { wordsOf } from './words.js';

/** What Gemini CLI says of its retries; see {@link listenForRetries}. */
interface Retries {
  /** A line of standard error. */
  read(line: string): readonly AgentMessage[];
  /** What was said when it became hopeless. */
  readonly hopeless: string | undefined;
  /** Until when the API asked it to wait then; ISO 8601. */
  readonly until: string | undefined;
}

/** Of the first failure's line, with the API's own words; one with a reset time ends on a later line. */
const FAILED =
  /^Attempt (\d+) failed(?: with (?:status )?(\d+|5xx)[^.]*)?[.:](?: Retrying with backoff\.\.\.)? ?(.*)$/;
/** Its own words always go on with the error. */
const BACKOFF = /Retrying with backoff\.\.\. \w*Error\b/;
const DELAY = /Retrying after (\d+)ms/;
const OVER = /Max attempts reached$/;

/** One retry is its own; a longer wait than this is the orchestrator's, which knows what else there is to do. */
const PATIENCE_MS = 30_000;
/** Lines that the API's words of one failure may have. */
const LINES = 20;

/**
 * Follows the retries that Gemini CLI makes: ten for each request, within minutes, told on standard error alone. Hopeless
 * is the second failure of one request, and a long wait before the second try.
 */
export function listenForRetries(): Retries {
  let hopeless: string | undefined;
  let until: string | undefined;
  /** A failure whose words go on. */
  let open: { readonly attempt: number; readonly said: string; readonly lines: number } | undefined;

  const retrying = (attempt: number, said: string, delayMs?: number): AgentMessage[] => {
    const isLong = delayMs !== undefined && delayMs > PATIENCE_MS;
    if (hopeless === undefined && (attempt > 1 || isLong)) {
      hopeless = said;
      // A short one is its own patience, and says nothing of the limit.
      if (isLong) until = toldInstant(Date.now() + delayMs);
    }
    const delay = delayMs === undefined ? {} : { delayMs };
    return [{ type: 'retrying', reason: wordsOf(said), attempt, ...delay }];
  };

  return {
    read(line) {
      const failed = FAILED.exec(line);
      if (failed) {
        const [, attempt, status, words = ''] = failed;
        const said = `${status ?? ''} ${plainText(words)}`.trim().slice(0, TEXT_LIMIT);
        open = undefined;
        if (OVER.test(line)) return [];
        if (BACKOFF.test(line)) return retrying(Number(attempt), said);
        open = { attempt: Number(attempt), said, lines: 0 };
      } else if (open) {
        const said = `${open.said} ${plainText(line)}`.slice(0, TEXT_LIMIT);
        open = open.lines < LINES ? { ...open, said, lines: open.lines + 1 } : undefined;
      }
      const delay = open && DELAY.exec(line);
      if (!open || !delay) return [];
      const { attempt, said } = open;
      open = undefined;
      return retrying(attempt, said, Number(delay[1]));
    },
    get hopeless() {
      return hopeless;
    },
    get until() {
      return until;
    },
  };
}
