/**
 * Variables that differ from shell to shell and say nothing about the project: the terminal and its window, the session,
 * the shell's own, editors and pagers, and what our own lanes and calls set. Everything else may decide how a check
 * ends.
 */
const VOLATILE: readonly RegExp[] = [
  /^(?:PWD|OLDPWD|SHLVL|_|PS[0-4]|PROMPT_COMMAND|LINES|COLUMNS|HIST\w*|MAIL|MAILCHECK)$/,
  /^(?:TERM\w*|COLORTERM|COLORFGBG|VTE_VERSION|WINDOWID|TMUX\w*|STY|WINDOW|GPG_TTY|LS_COLORS|LESS\w*)$/,
  /^(?:EDITOR|VISUAL|PAGER|MANPATH|MANPAGER|INFOPATH|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_\w+)$/,
  /^(?:SSH_\w+|XDG_SESSION_\w+|XDG_RUNTIME_DIR|XDG_SEAT\w*|XDG_VTNR|DBUS_\w+|DESKTOP_\w+|SESSION_MANAGER)$/,
  /^(?:ITERM_|KITTY_|WEZTERM_|ALACRITTY_|KONSOLE_|GNOME_TERMINAL_|VSCODE_|ZELLIJ|GHOSTTY_|SECURITYSESSIONID)/,
  /^(?:CLAUDECODE|CLAUDE_CODE_\w+|SAGE_\w+|TMPDIR)$/,
  // npm, yarn and pnpm tell scripts which script they are.
  /^(?:npm_\w+|INIT_CWD|NODE_COMPILE_CACHE|BASH_FUNC_.*)$/,
];

/** What of an environment a verdict rests on: `NAME=value`, sorted by name. */
export const steadyVariables = (
  variables: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] =>
  Object.entries(variables)
    .filter(([name]) => !VOLATILE.some((pattern) => pattern.test(name)))
    .sort(([one], [other]) => (one < other ? -1 : 1));
