import type { CommandEntry } from './command.js';

/** All commands, in the order of the help. Their modules are loaded only when called. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'stream',
    describe: 'Work off the ticket queue: plan it, run agents side by side, land what passes',
    load: () => import('./commands/stream.js'),
  },
  {
    name: 'requirements',
    describe: 'Let agents write the design document of each issue that has none',
    load: () => import('./commands/requirements.js'),
  },
  {
    name: 'implement',
    describe: 'Let agents implement each design document (LLD) that is not implemented yet',
    load: () => import('./commands/implement.js'),
  },
  {
    name: 'validate',
    describe: 'Check the ticket index, the configuration and what a run needs; changes nothing',
    load: () => import('./commands/validate.js'),
  },
  {
    name: 'rescue',
    describe: 'Restore the kept work of a ticket that did not land, on a branch',
    load: () => import('./commands/rescue.js'),
  },
  {
    name: 'deliver',
    describe: "Bring a finished run's branch into the branch it started from",
    load: () => import('./commands/deliver.js'),
  },
  {
    name: 'approve',
    describe: 'Say yes to what the run asks, and go to its next question or its end',
    load: () => import('./commands/approve.js'),
  },
  {
    name: 'reject',
    describe: 'Say no to what the run asks: send the work back, put the ticket off, or end the run',
    load: () => import('./commands/reject.js'),
  },
  {
    name: 'status',
    describe: 'Say how the run stands: who works on what, what landed, what needs you',
    load: () => import('./commands/status.js'),
  },
  {
    name: 'logs',
    describe: 'Show what the agent of a ticket said, or what its checks printed',
    load: () => import('./commands/logs.js'),
  },
  {
    name: 'sessions',
    describe: 'List the calls of agents: time, messages, tools, tokens, cost, how each ended',
    load: () => import('./commands/sessions.js'),
  },
  {
    name: 'runs',
    describe: 'List the runs of this repository: state, time, what landed, cost, delivered or not',
    load: () => import('./commands/runs.js'),
  },
  {
    name: 'costs',
    describe: 'Say what the agents have used and cost: by ticket, model, day, run or attempt',
    load: () => import('./commands/costs.js'),
  },
  {
    name: 'stop',
    describe: 'Let the run that goes on here finish what it has begun, and end',
    load: () => import('./commands/stop.js'),
  },
  {
    name: 'pause',
    describe: 'Start nothing new in the run that goes on here until `sage resume`',
    load: () => import('./commands/pause.js'),
  },
  {
    name: 'cancel',
    describe: 'End the agents of the run that goes on here, or of some tickets; work is kept',
    load: () => import('./commands/cancel.js'),
  },
  {
    name: 'retry',
    describe: 'Try deferred tickets again, in the run that goes on or in the next one',
    load: () => import('./commands/retry.js'),
  },
  {
    name: 'accept',
    describe: 'Make tickets of the follow-ups that agents told; without any, list them',
    load: () => import('./commands/accept.js'),
  },
  {
    name: 'dismiss',
    describe: 'Note that nobody wants these follow-ups: `sage accept` lists them no more',
    load: () => import('./commands/dismiss.js'),
  },
  {
    name: 'resume',
    describe: 'Go on with the run that is paused or was interrupted here',
    load: () => import('./commands/resume.js'),
  },
  {
    name: 'salvage',
    describe: 'End a run whose journal is damaged or lost: its branch says what landed',
    load: () => import('./commands/salvage.js'),
  },
  {
    name: 'verify-run',
    describe: "Check a run's claims again from git and its journal alone; changes nothing",
    load: () => import('./commands/verify-run.js'),
  },
  {
    name: 'clean',
    describe: 'Free what is proven to be no longer needed: logs, lanes and refs of landed work',
    load: () => import('./commands/clean.js'),
  },
  {
    name: 'init',
    describe: 'Write .sage/config.yaml from what is found here and what you answer',
    load: () => import('./commands/init.js'),
  },
  {
    name: 'install',
    describe: 'Put /stream and its like into Claude Code, Codex, Gemini CLI or OpenCode',
    load: () => import('./commands/install.js'),
  },
  {
    name: 'config',
    describe: 'Show each setting, its value and where it comes from',
    load: () => import('./commands/config.js'),
  },
  {
    name: 'completion',
    describe: 'Print what teaches bash, zsh or fish to complete commands, flags and ids',
    load: () => import('./commands/completion.js'),
  },
  {
    name: 'demo',
    describe: 'Watch agents build a small program, offline, in a temporary folder',
    load: () => import('./commands/demo.js'),
  },
  {
    name: 'explain',
    describe: 'Say what a failure code means and what to do about it',
    load: () => import('./commands/explain-code.js'),
  },
];
