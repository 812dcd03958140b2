import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream } from 'node:tty';

/** Listens to the keys of a terminal, one by one, until it is let go. */
export interface Keyboard {
  /** Takes the keys; false where that is not possible. May be called again after `release`. */
  take(): boolean;
  /** The terminal passes keys on in lines again, and echoes them. */
  release(): void;
}

/**
 * Without line editing the terminal makes no signals of Ctrl-C, Ctrl-Z and Ctrl-\ either: they are made here, for the
 * whole process group, as the terminal would.
 */
export function createKeyboard(stdin: ReadStream, onKey: (key: string) => void): Keyboard {
  let isTaken = false;
  let isBroken = false;
  const onPress = (text: string | undefined, { name, ctrl, meta }: Key) => {
    if (ctrl) {
      const signal = SIGNALS[name ?? ''];
      if (signal !== undefined) process.kill(0, signal);
      return;
    }
    const named = name === 'return' ? 'enter' : name;
    // A lone escape is told as the begin of nothing: with meta.
    if (named === 'escape') onKey(named);
    else if (meta) return;
    else if (named === 'enter' || named === 'backspace') onKey(named);
    else if (text !== undefined && text.length === 1) onKey(text);
  };
  /** A terminal that has gone (a closed window) is none; the hang-up is told by its signal. */
  const onError = () => {
    isBroken = true;
  };
  stdin.on('error', onError);
  return {
    take() {
      if (isTaken) return true;
      if (isBroken) return false;
      stdin.setRawMode(true);
      emitKeypressEvents(stdin);
      stdin.on('keypress', onPress);
      stdin.resume();
      isTaken = true;
      return true;
    },
    release() {
      if (!isTaken) return;
      isTaken = false;
      stdin.off('keypress', onPress);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}

const SIGNALS: Readonly<Record<string, NodeJS.Signals>> = {
  c: 'SIGINT',
  z: 'SIGTSTP',
  '\\': 'SIGQUIT',
};
