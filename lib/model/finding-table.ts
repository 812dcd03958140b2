import { entry, type TableEntry } from './table-entry.js';

/** Every finding that `sage validate` can report beside the failures. Codes are stable and sorted. */
export const findingTable = {
  'agent/little-memory': entry(
    'As many agents at once as the plan has work for would need more memory, by estimate, than is free.',
    'Run fewer with `--parallel`, or free some.',
  ),
  'agent/unknown-version': entry(
    'The agent CLI has a version that sage is not known to work with.',
    'It may work all the same: try it on one ticket, or install a version that docs/agents.md names.',
  ),
  'checks/none': entry(
    'The configuration says `verify: none`.',
    'Nothing is wrong if landing unverified work is what you want.',
  ),
  'config/agent-without-command': entry(
    'An agent of kind command says no command.',
    'Add `command: [program, argument]` to it.',
  ),
  'config/credentials': entry(
    'The keys of an agent cannot be used: one is missing, empty, too short or given twice, or their file or command fails.',
    'The finding names the key by its id and its place. Mend `credentials.AGENT.from`, or what it names.',
  ),
  'config/credentials-open': entry(
    'A file with keys can be read by other users.',
    'Close it: `chmod 600 FILE`.',
  ),
  'config/invalid-value': entry(
    'A key of the configuration has a value that it cannot have.',
    'The finding says which values it takes; docs/configuration.md lists all.',
  ),
  'config/invalid-variable': entry(
    'A `SAGE_…` environment variable has a value that it cannot have.',
    'Correct or unset it.',
  ),
  'config/invalid-variable-name': entry(
    'An agent should see a variable whose name cannot be one.',
    'List names only; the values come from your environment.',
  ),
  'config/not-a-map': entry(
    'The configuration is not a set of keys with values.',
    'Write lines such as `agent: claude`.',
  ),
  'config/not-read': entry(
    'A file looks like a configuration but has a name that is not read.',
    'Rename it to `.sage/config.yaml`.',
  ),
  'config/not-yaml': entry('The configuration is not valid YAML.', 'The place is named.'),
  'config/output-of-all': entry(
    '`requirements.output` names one file for all issues.',
    'Put `{issue}` where the number shall stand.',
  ),
  'config/path-outside': entry(
    'A file to copy into lanes, or a folder of issues or documents, lies outside the repository.',
    'Write paths relative to the top of the repository, without `..`.',
  ),
  'config/prices-without-date': entry(
    '`prices` names prices and not the day on which they held.',
    'Add `dated: YYYY-MM-DD`: every cost that is computed says of which day its prices are.',
  ),
  'config/token-source': entry(
    '`requirements.token` says no place of the token, or two.',
    'Say `environment: NAME` or `command: [program]`, never the token itself.',
  ),
  'config/unknown-agent': entry(
    'The configured agent is neither an adapter nor defined under `agents`.',
    'Correct the name or define it.',
  ),
  'config/unknown-key': entry(
    'The configuration has a key that does not exist.',
    'The nearest known one is named. Unknown keys are faults because a mistyped limit would limit nothing.',
  ),
  'config/unknown-variable': entry(
    'An environment variable looks like a mistyped one of ours.',
    'The nearest known one is named.',
  ),
  'config/unreadable': entry('The configuration cannot be read.', 'The finding says why.'),
  'git/changes': entry(
    'The checkout has changed or untracked files.',
    'Nothing is wrong: a run starts from the commit and leaves them alone.',
  ),
  'git/partial': entry(
    'The clone is partial, so files may be fetched while lanes are made.',
    'Keep the network up, or make the clone whole: `git fetch --refetch --no-filter`.',
  ),
  'git/shallow': entry(
    'The clone is shallow, so agents do not see the whole history.',
    '`git fetch --unshallow` if they should.',
  ),
  'git/submodules': entry(
    'The repository has submodules, which are empty folders in a lane.',
    'Fill them under `setup.run` if the checks need them.',
  ),
  'git/unfinished-operation': entry(
    'A rebase, merge or the like was begun in the checkout and not finished.',
    'Finish or abort it: a run cannot deliver into such a checkout.',
  ),
  'index/ambiguous-id': entry(
    'Two ids differ only in case or in their Unicode form.',
    'Rename one: file names and branches would collide.',
  ),
  'index/bad-reference': entry(
    'A field that names other tickets holds something that cannot be an id.',
    'Write ids as texts.',
  ),
  'index/bad-state': entry(
    'A ticket has a state that means nothing here.',
    'Use UNPROCESSED, IN_PROGRESS, COMPLETED or DEFERRED.',
  ),
  'index/bad-subtask': entry('A sub-task is not an object with fields.', 'Correct it.'),
  'index/completed-too-early': entry(
    'A ticket is COMPLETED while something it waits for is not.',
    'Legal and left alone; look whether the states are right.',
  ),
  'index/deferred-but-ready': entry(
    'A ticket is DEFERRED although nothing it waited for is missing any more.',
    'Set it to UNPROCESSED to have it tried again.',
  ),
  'index/duplicate-id': entry('Two tickets have one id.', 'Rename or remove one of them.'),
  'index/duplicate-key': entry(
    'An object of the index has one key twice.',
    'Remove one: readers disagree about which counts.',
  ),
  'index/duplicate-subtask': entry('Two sub-tasks of a ticket have one id.', 'Rename one.'),
  'index/empty-script': entry(
    'A validation script is empty, so it proves nothing.',
    'Write the command or remove the field.',
  ),
  'index/id-control-character': entry('An id holds control characters.', 'Rename the ticket.'),
  'index/id-mismatch': entry(
    'In an index that is a map, a ticket names another id than its key.',
    'Make them equal.',
  ),
  'index/in-progress': entry(
    'A ticket is IN_PROGRESS and no run of ours works on it.',
    'Set it to UNPROCESSED if nobody does: a run leaves it alone.',
  ),
  'index/incomplete-subtask': entry('A sub-task lacks a field.', 'Other tools demand it.'),
  'index/missing-field': entry(
    'A ticket lacks a field that other tools demand.',
    'sage does without; under --strict it is an error.',
  ),
  'index/no-id': entry('A ticket has no id.', 'Give it one: it cannot be named otherwise.'),
  'index/no-markdown': entry(
    'A ticket has no Markdown file beside the index.',
    'Only people read it; sage does without.',
  ),
  'index/no-state': entry('A ticket has no state.', 'Give it one: UNPROCESSED is to be done.'),
  'index/not-json': entry('The index is not valid JSON.', 'The place is named; mend it there.'),
  'index/odd-id': entry(
    'An id does not look like COMPONENT-NUMBER.',
    'sage takes any; other tools may not.',
  ),
  'index/odd-priority': entry('A priority is not P0 to P4.', 'It is read as the finding says.'),
  'index/odd-reference': entry(
    'A reference to a ticket is written in an unusual way.',
    'It is understood; other tools may not.',
  ),
  'index/odd-state': entry(
    'A state is spelled in an unusual way.',
    'It is read as the finding says.',
  ),
  'index/own-parent': entry('A ticket is its own parent.', 'Remove the field.'),
  'index/parent-deferred': entry(
    'A ticket stands below a DEFERRED one.',
    'It does not run before its parent is taken up again.',
  ),
  'index/shape': entry(
    'The index, or a field of it, has another shape than expected.',
    'The finding says what stands there and what should.',
  ),
  'index/started-too-early': entry(
    'A ticket is IN_PROGRESS while something it waits for is not done.',
    'Look whether the states are right.',
  ),
  'index/totals': entry('How many tickets there are, by state.', 'Nothing is to be done.'),
  'index/two-parents': entry('Two tickets name one child.', 'Remove it from one of them.'),
  'index/unknown-checkpoint': entry(
    'A checkpoint names a commit that the repository does not have.',
    'Correct or remove it; sage does not use it.',
  ),
  'index/unknown-child': entry('A child is not in the index.', 'Correct the id or remove it.'),
  'index/unknown-dependency': entry(
    'A dependency is not in the index, so the ticket would wait forever.',
    'Correct the id or remove it.',
  ),
  'index/unknown-parent': entry('A parent is not in the index.', 'Correct the id or remove it.'),
  'index/unknown-reference': entry(
    'A related ticket is not in the index.',
    'Correct the id or remove it.',
  ),
  'index/unknown-type': entry(
    'The type of a ticket is none that other tools know.',
    'It decides nothing here.',
  ),
  'index/unknown-validation-type': entry(
    'The validation type of a ticket is none that other tools know.',
    'It decides nothing here.',
  ),
  'journal/not-writable': entry(
    'The folder for locks and journals cannot be written.',
    'Make `sage` in the git directory a folder that you may write.',
  ),
  'lane/little-space': entry(
    'The disk may be too small for the lanes.',
    'Make room, use fewer agents, or set XDG_STATE_HOME to a larger disk.',
  ),
  'lane/not-writable': entry(
    'The folder for lanes cannot be written.',
    'Make it writable, or set XDG_STATE_HOME to one that is.',
  ),
  'plan/note': entry('Something worth knowing about the plan.', 'Nothing is to be done.'),
  'run/stale-owner': entry(
    'A run ended without saying so: it was killed, or the machine was.',
    'Start again; the next run takes its place and goes on. Remove nothing by hand.',
  ),
  'run/undelivered': entry(
    'A run landed work on its own branch that your branch does not have.',
    '`sage deliver`, or build on it with `--target`.',
  ),
  'workflow/no-mode': entry(
    'There is no `.sage/workflow-mode`.',
    'Nothing is wrong: the tickets are taken as the way of working.',
  ),
  'workflow/other-mode': entry(
    '`.sage/workflow-mode` names another way of working than TICKET_BASED.',
    'Change it if the tickets are the way to work here.',
  ),
  'workflow/upstream-lock': entry(
    "Another tool's commit lock lies in `.sage`.",
    'End that tool, or remove the lock if it is a leftover; sage does not use it.',
  ),
} as const satisfies Record<string, TableEntry>;
