import ora from 'ora';
import { allSlots } from '../engine/slots.js';
import type { RunState } from '../engine/state.js';
import type { AgentMessage } from '../model/agent.js';
import { clean } from './clean.js';
import { duration } from './duration.js';
import { countLanded } from './public-events.js';

/** One calm line below the scrollback: how far, who works, what the last one said. */
export interface StatusLine {
  show(state: RunState): void;
  message(attempt: string, message: AgentMessage): void;
  clear(): void;
  close(): void;
}

export function createStatusLine(stream: NodeJS.WriteStream, now: () => number): StatusLine {
  const spinner = ora({ stream, discardStdin: false, hideCursor: false });
  let head = '';
  let said = '';
  let isClosed = false;
  const draw = () => {
    if (isClosed) return;
    const width = stream.columns || 80;
    const text = said === '' ? head : `${head} · ${said}`;
    spinner.text = text.length > width - 4 ? `${text.slice(0, Math.max(0, width - 5))}…` : text;
    if (!spinner.isSpinning) spinner.start();
  };
  return {
    show(state) {
      if (state.finished) return;
      const waiting = state.landing.queue.length;
      const landing = state.landing.chain.map(({ ticket }) => clean(ticket)).join(', ');
      head = [
        `${countLanded(state)}/${state.tickets.size} landed`,
        state.active.size > 0
          ? `${[...state.active.values()].map(({ ticket }) => clean(ticket)).join(', ')} running`
          : '',
        landing === '' ? '' : `${landing} landing`,
        fewerSlots(state),
        waiting > 0 ? `${waiting} waiting to land` : '',
        duration(Math.max(0, now() - Date.parse(state.startedAt))),
      ]
        .filter((part) => part !== '')
        .join(' · ');
      draw();
    },
    message(attempt, message) {
      const ticket = clean(attempt.slice(0, attempt.lastIndexOf('#')));
      if (message.type === 'text') said = `${ticket}: ${clean(message.text)}`;
      else if (message.type === 'tool')
        said = `${ticket}: ${clean(message.name)} ${clean(message.summary)}`;
      else if (message.type === 'retrying') said = `${ticket}: retrying, ${clean(message.reason)}`;
      else return;
      draw();
    },
    clear() {
      spinner.clear();
    },
    close() {
      isClosed = true;
      spinner.stop();
    },
  };
}

/** While the machine or the API grants fewer agents at once than the run was started with. */
function fewerSlots(state: RunState): string {
  const all = allSlots(state);
  const why = state.limited.at(-1)?.code;
  if (state.slots >= all || why === undefined) return '';
  return `slots ${all} → ${state.slots}: ${why === 'agent/rate-limited' ? 'rate limited' : why}`;
}
