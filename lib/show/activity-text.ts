import type { ChalkInstance } from 'chalk';
import type { AgentMessage } from '../model/agent.js';
import { clean } from './clean.js';
import { duration } from './duration.js';

/** What an agent said or did, as lines for people; nothing for what only counts. */
export function activityLines(message: AgentMessage, paint: ChalkInstance): string[] {
  switch (message.type) {
    case 'text':
      return message.text.split('\n').map(clean);
    case 'tool':
      return [paint.cyan(`· ${clean(message.name)} ${clean(message.summary)}`.trimEnd())];
    case 'retrying': {
      const delay = message.delayMs === undefined ? '' : `, in ${duration(message.delayMs)}`;
      return [paint.yellow(`! tries again: ${clean(message.reason)}${delay}`)];
    }
    case 'waiting':
      return [paint.yellow(`! waits for you: ${clean(message.reason)}`)];
    case 'session':
      return message.model === undefined ? [] : [paint.dim(`(${clean(message.model)})`)];
    case 'ended':
      return [
        message.ok ? paint.dim('(it ended)') : paint.red(`(it failed: ${clean(message.message)})`),
      ];
    case 'usage':
      return [];
  }
}
