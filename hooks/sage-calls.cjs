// Claude Code asks this before its shell tool calls `sage` (front matter of commands/*/SKILL.md), for the rest of a session
// in which one of the commands was typed. It answers which program is meant, this plugin's own, whatever else is called
// sage; and with the argument `walk` (/stream), which calls need no further yes: those that look, and one answer to a
// question for each message of the person's. About anything else it says nothing: Claude Code's own rules decide.
'use strict';
const {
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { homedir } = require('node:os');
const { join } = require('node:path');

/** One plain call: words, as they are or in quotes, in which the shell finds nothing to do. */
const QUOTED = /'[^']*'|"[^"$`\\!]*"|\\'/u;
const WORD = new RegExp(`(?:${QUOTED.source}|[\\p{L}\\p{N}_\\-=.,/:@%+])+`, 'u');
const CALL = new RegExp(`^${WORD.source}(?:[ \\t]+${WORD.source})*$`, 'u');

/** How long it is remembered in which message a session was asked. */
const KEPT_MS = 7 * 86_400_000;

function main({ session_id: session, prompt_id: message, tool_input: input }) {
  const command = String(input?.command ?? '').trim();
  if (!/^sage(?=[ \t]|$)/.test(command)) return;
  const isGranted = process.argv[2] === 'walk' && CALL.test(command) && grants(wordsOf(command));
  const own = ownProgram();
  const answer = {
    hookEventName: 'PreToolUse',
    ...(isGranted ? { permissionDecision: 'allow' } : {}),
    ...(own ? { updatedInput: { ...input, command: own + command.slice('sage'.length) } } : {}),
  };
  console.log(JSON.stringify({ hookSpecificOutput: answer }));

  function grants([, verb, ...args]) {
    if (verb === 'status') return true;
    if (verb === 'stream') {
      const isBare = args.every((word) => /^(--step|--semi-auto|--for(=.*)?|\d+[smh])$/.test(word));
      if (args.includes('--step')) askedIn(session, message);
      return isBare && args.includes('--step');
    }
    if (verb !== 'approve' && verb !== 'reject') return false;
    // What was asked in answer to this very message, nobody has seen yet.
    const before = askedIn(session, message);
    return before !== undefined && before !== message;
  }
}

/** As the shell and the permissions of the commands read it; nothing where the path cannot be said in plain quotes. */
function ownProgram() {
  const path = join(process.env.CLAUDE_PLUGIN_ROOT ?? join(__dirname, '..'), 'bin/sage');
  if (/^[\w./-]+$/.test(path)) return path;
  return /["$`\\!]/.test(path) ? undefined : `"${path}"`;
}

const wordsOf = (command) =>
  command
    .match(new RegExp(WORD, 'gu'))
    .map((word) =>
      word.replace(new RegExp(QUOTED, 'gu'), (part) => (part === "\\'" ? "'" : part.slice(1, -1))),
    );

/** Notes that this session is asked in answer to a message, and answers in which one it was before. */
function askedIn(session, message) {
  if (!/^[\w-]+$/.test(session ?? '') || typeof message !== 'string') return undefined;
  const folder = join(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'sage/asked');
  const note = join(folder, session);
  let before;
  try {
    before = readFileSync(note, 'utf8');
  } catch {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const old = join(folder, name);
      if (Date.now() - statSync(old).mtimeMs > KEPT_MS) rmSync(old, { force: true });
    }
  }
  writeFileSync(note, message);
  return before;
}

main(JSON.parse(readFileSync(0, 'utf8')));
