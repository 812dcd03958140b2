import type { Failure } from '../../model/failure.js';
import type { Arguments } from '../command.js';

/** A fault of the command line. */
const usage = (message: string, hint: string): Failure => ({
  code: 'usage/invalid',
  message,
  hint,
});

/** What of `sage stream`'s flags does not go together, each with the calls that do. */
export function streamCombinations({ flags, values }: Arguments): readonly Failure[] {
  const has = (name: string) => flags.has(name) || values[name] !== undefined;
  const parallel = values['parallel']?.at(-1);
  return [
    ...askFaults(has),
    ...parallelFaults(has, parallel),
    ...explainFaults(has),
    ...formatFaults(has, values['format']?.at(-1)),
    ...verifyFaults(values['verify'] ?? []),
    ...detachFaults(has),
  ];
}

type Has = (name: string) => boolean;

/** Flags that make a run ask; `--step` says how, and may come with one of the others. */
const asking = ['interactive', 'semi-auto', 'step'];

function askFaults(has: Has): readonly Failure[] {
  const given = asking.filter(has).map((name) => `--${name}`);
  const faults: Failure[] = [];
  if (given.length > 0 && has('auto')) {
    faults.push(
      usage(
        `${given.join(', ')} and --auto contradict each other: --auto asks nothing.`,
        `Asked in between: \`sage stream ${given.join(' ')}\`. Not asked: \`sage stream --auto\`.`,
      ),
    );
  }
  if (has('interactive') && has('semi-auto')) {
    faults.push(
      usage(
        '--interactive and --semi-auto contradict each other.',
        'Before each ticket and landing: `sage stream --interactive`. Once for each component: `sage stream --semi-auto`.',
      ),
    );
  }
  if (has('for') && !has('step')) {
    faults.push(usage('--for is for --step.', 'Write `sage stream --step --for 9m`.'));
  }
  const isTerminalOnly = given.length > 0 && !has('step') && !has('dry-run');
  if (isTerminalOnly && (has('json') || has('format'))) {
    faults.push(
      usage(
        `${given.join(', ')} asks a person, and --json speaks to a program.`,
        `A program answers step by step: \`sage stream ${given.join(' ')} --step --json\`.`,
      ),
    );
  }
  return faults;
}

function parallelFaults(has: Has, parallel: string | undefined): readonly Failure[] {
  if (parallel === undefined || has('explain')) return [];
  const example = /^[1-9]\d?$|^auto$/.test(parallel) ? parallel : '3';
  const asks = asking.filter(has).map((name) => `--${name}`);
  if (asks.length > 0 && parallel !== '0') {
    return [
      usage(
        `${asks.join(', ')} and --parallel do not go together: agents side by side cannot wait for answers.`,
        `Side by side, not asked: \`sage stream --auto --parallel=${example}\`. Asked, one after the other: \`sage stream ${asks.join(' ')}\`.`,
      ),
    ];
  }
  // 0 is the sequential default, said aloud.
  if (has('auto') || parallel === '0') return [];
  const dryRun = has('dry-run') ? ' --dry-run' : '';
  return [
    usage(
      '--parallel works only together with --auto.',
      `Side by side: \`sage stream --auto --parallel=${example}${dryRun}\`. One after the other: \`sage stream${dryRun || ' --auto'}\`.`,
    ),
  ];
}

const notWithExplain = [
  ...[
    'auto',
    'interactive',
    'semi-auto',
    'step',
    'parallel',
    'dry-run',
    'only',
    'component',
    'limit',
    'max-cost',
  ],
  ...['verify', 'agent', 'schedule', 'order', 'format'],
];

/** `--explain` looks at one ticket; it goes with nothing else that acts or selects. */
function explainFaults(has: Has): readonly Failure[] {
  if (!has('explain')) return [];
  const others = notWithExplain.filter(has);
  if (others.length === 0) return [];
  return [
    usage(
      `--explain stands alone, but came with ${others.map((name) => `--${name}`).join(', ')}.`,
      'Write `sage stream --explain ID`, with --json if a program reads it.',
    ),
  ];
}

function formatFaults(has: Has, format: string | undefined): readonly Failure[] {
  if (format === undefined) return [];
  if ((has('auto') || has('step')) && !has('dry-run')) {
    return [
      usage(
        '--format is for the plan.',
        'Add --dry-run, or drop --format; a run speaks JSON with --json.',
      ),
    ];
  }
  if (has('json') && format !== 'json') {
    return [usage(`--json and --format ${format} contradict each other.`, 'Keep one of them.')];
  }
  return [];
}

function detachFaults(has: Has): readonly Failure[] {
  if (!has('detach') || (has('auto') && !has('dry-run'))) return [];
  return [
    usage(
      '--detach is for a run, and nothing else takes long.',
      'Write `sage stream --auto --detach`, or drop --detach.',
    ),
  ];
}

function verifyFaults(commands: readonly string[]): readonly Failure[] {
  if (commands.length < 2 || !commands.includes('none')) return [];
  return [
    usage(
      '--verify none and --verify with a command contradict each other.',
      'Give the commands, or `--verify none` alone.',
    ),
  ];
}
