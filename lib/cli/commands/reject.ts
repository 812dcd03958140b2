import type { Failure } from '../../model/failure.js';
import { NOTE_LIMIT, type Answer } from '../../model/question.js';
import { answerOptions, giveAnswer } from '../answer-command.js';
import type { Arguments, CliCommand } from '../command.js';
import { spanFaults } from '../span.js';

/** `sage reject`: no to what the run asks, and what instead. */
export const command: CliCommand = {
  name: 'reject',
  describe: 'Say no to what the run asks: send the work back, put the ticket off, or end the run',
  usage: [
    'sage reject ID --note "what to change"',
    'sage reject ID --defer [--note "why"]',
    'sage reject ID --stop',
  ],
  positionals: ['ID'],
  options: {
    note: {
      type: 'value',
      placeholder: 'TEXT',
      describe: 'Give the work to the agent again, with this; with --defer: the reason',
      needs: 'Say what to change: `--note "…"`.',
    },
    defer: {
      type: 'flag',
      describe: 'Put the ticket off: DEFERRED, its work is kept; a component is left out',
    },
    stop: { type: 'flag', describe: 'End the run here: nothing more begins or lands' },
    ...answerOptions,
  },
  epilogue:
    'ID: the ticket that is asked about, or the run. Goes to the next question or the end, as `sage approve` does.',
  check: (given) => [...spanFaults(given), ...rejectFaults(given)],
  run: (context, given) => giveAnswer(context, given, answerOf(given), 'sage reject'),
};

const noteOf = ({ values }: Arguments) => values['note']?.at(-1);

function answerOf(given: Arguments): Answer {
  const note = noteOf(given);
  if (given.flags.has('stop')) return { kind: 'stop' };
  if (given.flags.has('defer')) return { kind: 'defer', ...(note === undefined ? {} : { note }) };
  return { kind: 'send-back', note: note ?? '' };
}

function rejectFaults(given: Arguments): readonly Failure[] {
  const { flags } = given;
  const note = noteOf(given);
  const usage = (message: string, hint: string): Failure => ({
    code: 'usage/invalid',
    message,
    hint,
  });
  const ways = command.usage.map((line) => `\`${line}\``).join(', ');
  if (flags.has('stop') && (flags.has('defer') || note !== undefined))
    return [usage('--stop ends the run, and goes with nothing else.', `One of: ${ways}.`)];
  if (note !== undefined && note.length > NOTE_LIMIT)
    return [
      usage(
        `--note takes at most ${NOTE_LIMIT} characters, but got ${note.length}.`,
        'Put the rest into the ticket, or into a file that the note names.',
      ),
    ];
  if (note !== undefined && note.trim() === '' && note !== '')
    return [usage('--note says nothing.', 'Say what to change.')];
  if (note === undefined && !flags.has('defer') && !flags.has('stop'))
    return [usage('`sage reject` needs to know what instead.', `One of: ${ways}.`)];
  return [];
}
