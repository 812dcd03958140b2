import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** What the program takes from its environment: read once, then passed on as a value. */
export interface Environment {
  /** Every variable, for the allow-lists of what children may see. Never printed. */
  readonly variables: Readonly<Record<string, string>>;
  readonly home: string;
  /** `$XDG_STATE_HOME`, else `~/.local/state`: lanes live below it. */
  readonly stateHome: string;
  readonly path: string;
  /** Called from inside a Claude Code session, whose agent is then the natural choice. */
  readonly isClaudeCode: boolean;
  /** `NO_COLOR` (any text) forbids colour, `FORCE_COLOR` (not 0) demands it; else the terminal decides. */
  readonly colour: 'never' | 'always' | 'terminal';
  /** `COLUMNS`, where it is a sensible number. */
  readonly columns?: number;
  readonly isCi: boolean;
  /** `TERM=dumb`: no cursor movements. */
  readonly isDumbTerminal: boolean;
}

/** The only reader of `process.env`. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const home = variables['HOME'] || homedir();
  const columns = Number(variables['COLUMNS']);
  return {
    variables: Object.fromEntries(
      Object.entries(variables).filter(
        (variable): variable is [string, string] => variable[1] !== undefined,
      ),
    ),
    home,
    stateHome: absolute(variables['XDG_STATE_HOME']) ?? join(home, '.local', 'state'),
    path: variables['PATH'] ?? '',
    isClaudeCode: variables['CLAUDECODE'] === '1',
    colour: colourWish(variables),
    ...(Number.isInteger(columns) && columns >= 20 ? { columns } : {}),
    isCi: Boolean(variables['CI']) && variables['CI'] !== 'false',
    isDumbTerminal: variables['TERM'] === 'dumb',
  };
}

/** The XDG specification: "All paths set in these environment variables must be absolute", else ignored. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

function colourWish(variables: NodeJS.ProcessEnv): Environment['colour'] {
  if (variables['NO_COLOR']) return 'never';
  const force = variables['FORCE_COLOR'];
  if (force === undefined) return 'terminal';
  return force === '0' || force === 'false' ? 'never' : 'always';
}
