import type { Diagnostic } from '../model/diagnostic.js';
import { parseConfig } from './parse.js';

/** What a first configuration says; the rest stays as it is by default. */
export interface ConfigDraft {
  /** Absent: chosen at each start. */
  readonly agent?: string;
  /** Empty: not decided yet, and a run refuses. */
  readonly verify: 'none' | readonly string[];
  /** Checks that were found, too, and not taken. */
  readonly otherChecks: readonly string[];
  readonly setupRun: readonly string[];
  readonly setupCopy: readonly string[];
  readonly access: string;
}

/** The text of `.sage/config.yaml`, with a word on each key, and what is wrong with it: an unknown agent, say. */
export function draftConfig(draft: ConfigDraft): {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { agent, verify, otherChecks, setupRun, setupCopy, access } = draft;
  const setup = [
    ...(setupCopy.length > 0 ? [`copy: ${list(setupCopy)}`] : []),
    ...(setupRun.length > 0 ? [`run: ${list(setupRun)}`] : []),
  ].join(', ');
  const text = [
    '# How sage works in this repository. Every key is optional; all of them: docs/configuration.md.',
    '# `sage config --explain` says what holds, `sage validate` checks it.',
    '',
    '# Who works on tickets: an agent CLI, or a name under `agents`.',
    agent === undefined
      ? '# agent: claude   # without it: the first agent CLI on the PATH'
      : `agent: ${scalar(agent)}`,
    '',
    '# What every commit must pass before it lands: command lines, or none.',
    verify === 'none'
      ? 'verify: none'
      : verify.length === 0
        ? '# verify: [make test]   # a run refuses as long as nothing is said here'
        : `verify: ${list(verify)}`,
    ...otherChecks.map((check) => `#        found, too: ${check}`),
    '',
    '# What makes a fresh worktree usable: files that git does not carry, and command lines.',
    setup === '' ? '# setup: { copy: [.env], run: [npm ci] }' : `setup: { ${setup} }`,
    '',
    '# What agents may do without asking. edits: read, edit and run what their adapter allows;',
    '# full: anything, as you. What is contained and what is not: docs/limits.md.',
    `access: ${scalar(access)}`,
    '',
    '# Agents at once, with --auto; 0 is one after the other.',
    '# parallel: auto',
    '',
    '# Nothing more is started once the agents have cost so much.',
    '# limits: { maxCostUsd: 20, ticketMinutes: 60 }',
    '',
  ].join('\n');
  return { text, diagnostics: parseConfig(text).diagnostics };
}

const list = (values: readonly string[]) => `[${values.map(scalar).join(', ')}]`;

/** Plain where YAML reads it as that very text, else in double quotes, which are JSON's. */
const scalar = (value: string) =>
  /^[A-Za-z.][A-Za-z0-9 ./_-]*$/.test(value) &&
  !/^(true|false|null|yes|no|on|off|y|n|~|[.]?(nan|inf))$/i.test(value) &&
  !/ $/.test(value)
    ? value
    : JSON.stringify(value);
