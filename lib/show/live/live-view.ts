import type { ChalkInstance } from 'chalk';
import { remainingMinutes } from '../../engine/outlook.js';
import type { RunState } from '../../engine/state.js';
import type { AgentMessage } from '../../model/agent.js';
import type { RunEvent } from '../../model/event.js';
import type { TicketId } from '../../model/ids.js';
import { clean } from '../clean.js';
import { width } from '../width.js';
import { hear, nothingHeard, type Heard } from './heard.js';
import { liveLines } from './lines.js';
import { createPainter } from './painter.js';
import { press, type Key } from './press.js';
import type { Screen, Seat, Size, Wish } from './screen.js';

/** The part of the screen below the scrollback, while a run goes on. */
export interface LiveView {
  event(event: RunEvent, state: RunState): void;
  message(attempt: string, message: AgentMessage): void;
  /** Text for the scrollback, whole lines. */
  print(text: string): void;
  /** A key; what it asks of the run. */
  press(key: Key): Wish | undefined;
  /** From now on keys are listened to, or not. */
  setKeys(hasKeys: boolean): void;
  /** Takes itself off the screen until it is shown again; what is printed meanwhile is printed plainly. */
  hide(): void;
  show(): void;
  /** The screen has another size. */
  redraw(): void;
  /** Takes itself off the screen for good; what was to be printed is printed. */
  close(): void;
}

export interface LiveSettings {
  readonly write: (text: string) => void;
  readonly size: () => Size;
  readonly paint: ChalkInstance;
  readonly now: () => number;
}

/** At most ten frames a second, however much happens. */
const FRAME_MS = 100;
/** How often it is looked whether time alone changed something: seconds count. */
const TICK_MS = 1_000;
/** How often the time left is estimated anew: at once after an event, and again with the minutes. */
const OUTLOOK_MS = 20_000;

export function createLiveView({ write, size, paint, now }: LiveSettings): LiveView {
  const painter = createPainter(write, () => size().columns);
  const heard = new Map<string, Heard>();
  const reasons = new Map<TicketId, string>();
  let state: RunState | undefined;
  let seat: Seat = { at: 'lanes' };
  let hasKeys = false;
  let idWidth = 0;
  let above = '';
  let isHidden = false;
  let isClosed = false;
  let outlook = { at: -Infinity, seq: -1, expectedAt: undefined as number | undefined };
  let lastFrame = -Infinity;
  let waiting: NodeJS.Timeout | undefined;

  const expectedAt = (run: RunState, at: number) => {
    const isOld =
      at - outlook.at > OUTLOOK_MS || (run.seq !== outlook.seq && at - outlook.at > TICK_MS);
    if (isOld) {
      const minutes = remainingMinutes(run, new Date(at).toISOString());
      const expected = minutes === undefined ? undefined : at + minutes * 60_000;
      outlook = { at, seq: run.seq, expectedAt: expected };
    }
    return outlook.expectedAt;
  };
  const screen = (run: RunState): Screen => {
    const at = now();
    const expected = expectedAt(run, at);
    return {
      ...{ state: run, heard, reasons, now: at, size: size(), paint, seat, hasKeys, idWidth },
      ...(expected === undefined ? {} : { expectedAt: expected }),
    };
  };
  const frame = () => {
    clearTimeout(waiting);
    waiting = undefined;
    if (isHidden || isClosed || !state) {
      if (above !== '') write(above);
    } else {
      lastFrame = now();
      painter.paint(liveLines(screen(state)), above);
    }
    above = '';
  };
  /** Soon, but not sooner after the last frame than a tenth of a second. */
  const soon = () => {
    if (isClosed) return;
    const passed = now() - lastFrame;
    waiting ??= setTimeout(frame, Math.min(FRAME_MS, Math.max(0, FRAME_MS - passed)));
  };
  const tick = setInterval(soon, TICK_MS);
  tick.unref();

  return {
    event(event, after) {
      if (!state) idWidth = longestId(after);
      state = after;
      if (event.type === 'attempt.started') {
        reasons.set(event.ticket, event.reason);
        heard.set(event.attempt, nothingHeard(now()));
      } else if (event.type === 'agent.finished') {
        // The journal counts what it used from now on.
        const one = heard.get(event.attempt);
        if (one) heard.set(event.attempt, { ...one, tokens: 0, costMicroUsd: 0 });
      } else if (event.type === 'attempt.finished') {
        if (seat.at !== 'log' || seat.attempt !== event.attempt) heard.delete(event.attempt);
      }
      soon();
    },
    message(attempt, message) {
      heard.set(attempt, hear(heard.get(attempt) ?? nothingHeard(now()), message, now()));
      soon();
    },
    print(text) {
      if (isClosed) {
        write(text);
        return;
      }
      above += text;
      soon();
    },
    press(key) {
      if (!state) return undefined;
      const pressed = press({ state, seat }, key);
      if (seat.at === 'log' && !state.active.has(seat.attempt as never)) heard.delete(seat.attempt);
      seat = pressed.seat;
      soon();
      return pressed.wish;
    },
    setKeys(has) {
      hasKeys = has;
      if (!has) seat = { at: 'lanes' };
      soon();
    },
    hide() {
      if (isHidden) return;
      frame();
      isHidden = true;
      painter.clear();
    },
    show() {
      isHidden = false;
      soon();
    },
    redraw() {
      soon();
    },
    close() {
      if (isClosed) return;
      clearInterval(tick);
      clearTimeout(waiting);
      if (!isHidden) painter.clear();
      if (above !== '') write(above);
      above = '';
      isClosed = true;
    },
  };
}

const longestId = ({ tickets }: RunState) =>
  [...tickets.keys()].reduce((most, id) => Math.max(most, width(clean(id))), 0);
