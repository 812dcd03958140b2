import { orders, schedules } from '../../config/values.js';
import type { Overrides } from '../../config/overrides.js';
import { agentCliNames } from '../../model/agent-cli.js';
import type { Confirm } from '../../model/question.js';
import type { Option } from '../command.js';

/** How `--parallel` is written, for hints. */
export const PARALLEL_FORMS =
  '`--parallel=3` for three agents, `--parallel auto` to let sage choose';

/** The flags of `sage stream`. */
export const streamOptionTable = {
  auto: { type: 'flag', describe: 'Work without asking: run the agents, land what passes' },
  parallel: {
    type: 'value',
    placeholder: 'N|auto',
    describe:
      'Agents at once, with --auto: 1 to 10, auto (half the CPUs, at most 8); 0 is sequential',
    needs: `Say how many: ${PARALLEL_FORMS}.`,
  },
  'dry-run': { type: 'flag', describe: 'Show the plan; changes nothing' },
  explain: {
    type: 'value',
    placeholder: 'ID',
    describe: 'Say why a ticket can or cannot run; changes nothing',
  },
  only: { type: 'values', placeholder: 'ID', describe: 'Work on this ticket only (repeatable)' },
  component: {
    type: 'values',
    placeholder: 'NAME',
    describe: 'Work on this component only (repeatable)',
  },
  limit: { type: 'value', placeholder: 'N', describe: 'Start at most N tickets' },
  'max-cost': {
    type: 'value',
    placeholder: 'USD',
    describe: 'Cost limit: start nothing that may pass it, stop what does',
  },
  verify: {
    type: 'values',
    placeholder: 'COMMAND',
    describe: 'Check that every landed commit must pass (repeatable), or none',
  },
  agent: {
    type: 'value',
    placeholder: 'NAME',
    describe: `Agent: ${agentCliNames.join(', ')}, or a name under agents in the configuration`,
  },
  target: {
    type: 'value',
    placeholder: 'BRANCH',
    describe: 'Branch to start from and deliver to; default: the current one',
  },
  schedule: {
    type: 'value',
    placeholder: 'HOW',
    choices: schedules,
    describe: 'rolling: start as soon as dependencies landed; batch: one batch after the other',
  },
  order: {
    type: 'value',
    placeholder: 'HOW',
    choices: orders,
    describe: 'Among ready tickets: slack (longest way to the end first) or priority',
  },
  format: {
    type: 'value',
    placeholder: 'FORM',
    choices: ['text', 'mermaid', 'json'],
    describe: 'Of --dry-run: text, mermaid or json',
  },
  json: { type: 'flag', describe: 'Speak JSON (schemas in tickets-schema/)' },
  quiet: { type: 'flag', alias: 'q', describe: 'Only the summary and what went wrong' },
  plain: { type: 'flag', describe: 'Lines instead of a live view' },
  detach: {
    type: 'flag',
    describe:
      'With --auto: answer when the run has begun; it outlives this shell, its output goes to a file',
  },
  detached: { type: 'value', hidden: true, describe: 'In the process that --detach starts' },
  interactive: {
    type: 'flag',
    describe: 'Ask before each ticket and each landing; on a terminal this is the default',
  },
  'semi-auto': {
    type: 'flag',
    alias: 'component-auto',
    describe: 'Ask once before the first ticket of each component, and not at landings',
  },
  step: {
    type: 'flag',
    describe:
      'Ask without a terminal: go to the next question and answer with it; then sage approve, sage reject',
  },
  for: {
    type: 'value',
    placeholder: 'TIME',
    describe: 'With --step: wait so long for the question (90s, 9m); exit code 75: it still runs',
    needs: 'Say how long: `--for 9m`.',
  },
  stepping: { type: 'value', hidden: true, describe: 'In the process that --step starts' },
} as const satisfies Record<string, Option>;

/** What `sage stream` was asked for, in types. Absent: not said on the command line. */
export interface StreamOptions {
  readonly mode: 'run' | 'plan' | 'dry-run' | 'explain';
  /** Of mode explain: the ticket's id as typed. */
  readonly explain?: string;
  /** Of mode dry-run: whether the run it previews would be an --auto one. */
  readonly auto: boolean;
  /** Empty: all. */
  readonly only: readonly string[];
  readonly components: readonly string[];
  readonly limit?: number;
  readonly target?: string;
  readonly format: 'text' | 'mermaid' | 'json';
  readonly quiet: boolean;
  readonly plain: boolean;
  /** Of mode run: in a session of its own. */
  readonly detach?: true;
  /** In the process that --detach started: the files of its output, without their endings. */
  readonly detached?: string;
  /** Of mode run: where its human is asked. */
  readonly confirm?: Confirm;
  /** Asked from outside of the process that runs. */
  readonly step?: true;
  /** In the process that --step started: the file of its output. */
  readonly stepping?: string;
  /** Of --step: how long to wait, in milliseconds. */
  readonly forMs?: number;
  /** Flags that override the configuration; for readConfig. */
  readonly overrides: Overrides;
}
