import { entry, type TableEntry } from './table-entry.js';

/** Every failure the program can report. Codes are `area/kebab-case` and stable. Sorted by code within an area. */
export const failureTable = {
  'agent/context-too-long': entry(
    'The conversation of the agent outgrew what its model can hold.',
    'Split the ticket, or name fewer documents in it; the work it left is kept: `sage rescue ID`.',
  ),
  'agent/crashed': entry(
    'The agent ended with a non-zero exit code or by a signal that sage did not send.',
    'Read its log (named in the summary). The work it left is kept: `sage rescue ID`.',
  ),
  'agent/forbidden': entry(
    'The API refused the account or key of the agent (403).',
    'Look whether it may use this model and endpoint; the work it left is kept.',
  ),
  'agent/no-key': entry(
    'None of the keys that the agent was given can be used any more.',
    'The message says what became of each; what is pending is taken up by the next run, with other keys.',
  ),
  'agent/no-sandbox': entry(
    'The sandbox of the agent CLI cannot start on this machine, so none of its tools ran.',
    'The message says why; often user namespaces are forbidden. Allow them, or use `access: full` where the lane is contained (docs/agents.md).',
  ),
  'agent/no-work': entry(
    'The agent ended without leaving a change outside `.sage/tickets/`, whatever it said.',
    'Read its log; often a permission was refused or the ticket is unclear.',
  ),
  'agent/not-answering': entry(
    'The agent CLI is there, but asking for its version fails.',
    'Call it yourself and read what it says; often it is not logged in or half installed.',
  ),
  'agent/not-found': entry(
    'No agent CLI could be found or the configured one is not on the PATH.',
    'Install one, or name one with `--agent` or `agent:` in `.sage/config.yaml`.',
  ),
  'agent/not-logged-in': entry(
    'The agent CLI has no account, or its key is not accepted.',
    'The message says how to log in; then start again.',
  ),
  'agent/overloaded': entry(
    'The API behind the agent said that it is overloaded.',
    'The ticket is not tried again by itself, unless `retry.on: [rate_limit]` says so. Start again later.',
  ),
  'agent/permission-needed': entry(
    'The agent asked for a permission that nobody was there to give, and left no work.',
    'Its log says which. Allow it in the settings of the agent CLI, or use `access: full` where the lane is contained (docs/limits.md).',
  ),
  'agent/quota-gone': entry(
    'The account of the agent has no credit or quota left.',
    'Look at its billing page or plan; then start again.',
  ),
  'agent/rate-limited': entry(
    'The agent CLI reported that the API refused it for a rate or usage limit.',
    'The ticket is not tried again by itself, unless `retry.on: [rate_limit]` says so. When that repeats, fewer run at once; with one left, the run drains.',
  ),
  'agent/refused': entry(
    'The model refused to work on the ticket.',
    'Say the ticket otherwise, or give it to another agent; the work it left is kept.',
  ),
  'agent/reported-failure': entry(
    'The agent CLI itself reported an error that has no code of its own.',
    'The message says which; the work it left is kept.',
  ),
  'agent/silent': entry(
    'The agent printed nothing for longer than `limits.silenceMinutes` and was stopped.',
    'Raise the limit if the work is really that quiet; its work is kept.',
  ),
  'agent/timed-out': entry(
    'The agent worked longer than `limits.ticketMinutes` and was stopped.',
    'Split the ticket or raise the limit; its work is kept.',
  ),
  'agent/unreachable': entry(
    'The agent could not reach its API, or got no answer from it.',
    'Look at the network, the proxy and the address of the endpoint; then start again.',
  ),
  'agent/unusable-work': entry(
    'The agent left a merge or rebase half done, or work on another history that conflicts with its base.',
    'Everything it left is kept: `sage rescue ID` restores it on a branch.',
  ),
  'budget/reached': entry(
    'The agents have cost as much as the limit allows, so no further ticket was started, or one was stopped at work.',
    'Raise `--max-cost` and start again; what is done stays done, what was stopped is kept (`sage rescue ID`).',
  ),
  'checks/not-configured': entry(
    'A run without checks would land unverified work.',
    'Set `verify:` in `.sage/config.yaml`, or pass `--verify "COMMAND"` or `--verify none`.',
  ),
  'checks/red': entry(
    'The checks failed twice on the tree that would have landed.',
    'The log is named in the summary; `sage rescue ID` restores the work on a branch.',
  ),
  'checks/red-base': entry(
    'The checks fail on the commit the run would start from, and what fails there cannot be told by name, twice the same.',
    'Make the base green first, use a check that names its failures (docs/configuration.md), or choose other checks.',
  ),
  'checks/script-red': entry(
    "A check that the ticket itself brings failed on the agent's work.",
    'The summary lists which; `sage rescue ID` restores the work on a branch.',
  ),
  'config/invalid': entry('The configuration has faults.', 'Each is listed with its place.'),
  'disk/full': entry(
    'A disk that the run needs has no room left: bytes, files (inodes) or quota.',
    'The run stops where it is and keeps everything. Make room where the message says, then `sage resume`.',
  ),
  'disk/not-writable': entry(
    'A disk that the run needs is write-protected or fails.',
    'The run stops where it is and keeps everything. Make it writable, then `sage resume`.',
  ),
  'git/bare': entry('The repository has no working tree.', 'Run sage in a clone with one.'),
  'git/branch-exists': entry(
    'The branch that should be made exists and holds something else.',
    'Name another with `--branch`, or rename yours.',
  ),
  'git/branch-in-the-way': entry(
    'A branch is called `sage`, and git cannot have `sage/<run>` beside it.',
    'Rename it: `git branch -m sage OTHER-NAME`.',
  ),
  'git/failed': entry('A git command failed unexpectedly.', 'The message holds what git said.'),
  'git/locked': entry(
    'A lock file in the repository is not let go, and nothing proves that it is one of ours.',
    'The message names it, since when it stands and who may hold it; then the same again.',
  ),
  'git/no-commit': entry('The branch has no commit yet.', 'Make a first commit, then start again.'),
  'git/no-identity': entry(
    'git knows no name and e-mail for commits.',
    '`git config user.name "…"` and `git config user.email "…"`.',
  ),
  'git/not-a-repository': entry(
    'The folder is not inside a git repository.',
    'Change into one, or `git init` and commit.',
  ),
  'git/too-old': entry('git is older than 2.39.', 'Install a newer git.'),
  'git/unsupported': entry(
    'The repository uses something that sage does not handle yet.',
    'The message names it.',
  ),
  'index/invalid': entry('The ticket index has faults.', 'Each is listed with its place.'),
  'index/not-found': entry(
    'There is no `.sage/tickets/index.json`.',
    'Create one with your ticket tool, or change into the right repository.',
  ),
  'index/write-failed': entry(
    'A ticket state could not be written back to the index.',
    'The message says why; the journal holds the state, and the next start writes it.',
  ),
  'install/changed': entry(
    'A file that `sage install` wrote was changed since, and stays as it is.',
    'Move it away or remove it yourself, as the message says, then call again.',
  ),
  'install/not-ours': entry(
    'Something else is where `sage install` would write, and stays as it is.',
    'Move it away, as the message says, then call again.',
  ),
  'install/not-possible': entry(
    'The commands could not be installed or removed; what was begun is taken back.',
    'The message says what is in the way.',
  ),
  'internal/bug': entry('The program broke a promise to itself.', 'Report it with the evidence.'),
  'items/invalid': entry(
    'An issue or a design document cannot be used.',
    'The message names the file and says why; two of one number are told with both places.',
  ),
  'items/not-found': entry(
    'The folder of issues or design documents is not there.',
    'Make it, or name another one under `requirements` or `implement` in `.sage/config.yaml`.',
  ),
  'items/not-listed': entry(
    'The API that `requirements.api` names did not list its issues.',
    'The message says what it answered; nothing was started.',
  ),
  'journal/broken': entry(
    'A record in the middle of a journal does not match its checksum.',
    "The file is kept as it is; the run's branch still says what landed: `sage salvage RUN`.",
  ),
  'journal/lost': entry(
    'A run left landed work on its branch, and its journal is gone.',
    '`sage salvage RUN` reads off the branch what landed and puts the ticket states right.',
  ),
  'journal/newer-version': entry(
    'The journal was written by a newer sage.',
    'Use that version, or finish the run with it.',
  ),
  'land/conflict': entry(
    'The work conflicts with what landed meanwhile, and the agent could not resolve it.',
    '`sage rescue ID` restores the work on a branch.',
  ),
  'land/epic-incomplete': entry(
    'With `isolation: epic`, another ticket of the same epic failed, and the epic lands whole or not at all.',
    'The work of all its tickets is kept, each on that of the one before: `sage rescue ID` of the last one has all of it.',
  ),
  'land/lock-busy': entry(
    'Another process holds the landing lock for longer than five minutes.',
    'The message names its owner. It is never broken while the owner lives.',
  ),
  'land/not-published': entry(
    "The run's branch could not be copied into your repository.",
    'What landed is safe in the depot; the message says what is in the way and how to fetch it.',
  ),
  'land/nothing-left': entry(
    'Merged onto what landed meanwhile, the work changes nothing any more.',
    'Check whether another ticket already did it.',
  ),
  'land/secret-in-work': entry(
    'The work holds a key that was leased to an agent, or the value of a secret variable, plain or in base64.',
    'Nothing of it lands or is published; it is kept in the vault. `sage rescue ID` puts it on a branch: take the secret out there.',
  ),
  'land/target-moved': entry(
    'The target branch moved meanwhile and what it has now was not merged into the run.',
    'The message says why: merge `sage/RUN` into the target yourself; the summary has the command.',
  ),
  'lane/not-created': entry('A lane could not be created.', 'The message says why.'),
  'lane/not-harvested': entry(
    'What an agent left in its lane could not be stored, often because the disk is full.',
    'Mend that and start again: the work stays in its lane and is kept before the lane is used again.',
  ),
  'lane/processes-left': entry(
    'Processes of an earlier attempt could not be ended in a lane.',
    'The message names them; end them and start again.',
  ),
  'lane/setup-failed': entry(
    'The set-up of a lane failed before an agent was started.',
    'Mend `setup:` in `.sage/config.yaml`; the log is named. No ticket is blamed for it.',
  ),
  'plan/all-blocked': entry(
    'Every open ticket waits for something.',
    '`sage stream --explain ID`.',
  ),
  'plan/cycle': entry(
    'Open tickets wait for each other in a circle.',
    'Remove one of the dependencies; sequentially, the others still run.',
  ),
  'plan/unknown-ticket': entry('The index has no such ticket.', 'The nearest ids are named.'),
  'run/cancelled': entry('The run was cancelled.', '`sage stream --auto` starts again.'),
  'run/not-answering': entry(
    'The run that goes on here did not take a command.',
    'Its process may be stopped or hang; the message says how to end it. `sage resume` goes on.',
  ),
  'run/nothing-asked': entry(
    'An answer was given, and no run that goes on here asks that now.',
    'The message says what is asked, if anything. `sage stream --step` goes to the next question.',
  ),
  'run/owned': entry(
    'Another sage runs in this repository.',
    'Wait for it or stop it; the message names it.',
  ),
  'ticket/deferred-by-hand': entry(
    'Whoever was asked before it began, or before it landed, put the ticket off.',
    'The reason stands in the index; work that there was is kept: `sage rescue ID`.',
  ),
  'ticket/nothing-kept': entry(
    'No work of this ticket is kept: no attempt was made, or it left nothing.',
    'The tickets of which there is work are named.',
  ),
  'ticket/partial': entry(
    'Only some of the sub-tasks of a ticket passed their checks.',
    'The list is in the summary; the work is kept: `sage rescue ID`.',
  ),
  'usage/invalid': entry('The command line has faults.', 'Each is listed.'),
} as const satisfies Record<string, TableEntry>;

export type FailureCode = keyof typeof failureTable;
