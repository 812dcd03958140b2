import type { LiveView } from '../../show/live/live-view.js';
import type { Wish } from '../../show/live/screen.js';
import { isInForeground } from './foreground.js';
import { createKeyboard } from './keyboard.js';

/** How often a process that went into the background looks whether it is back, where the shell does not tell. */
const LOOK_MS = 1_000;

/**
 * Joins a live view to its terminal, until disposed: keys, where standard input is a terminal, too; sizes; Ctrl-Z and
 * `fg`. In the background the view is hidden, and no key is read. Whatever way the process ends by itself (an end, a
 * signal, a bug), the terminal is left as it was found.
 */
export function takeSeat(view: LiveView, onWish: (wish: Wish) => void): Disposable {
  const { stdin, stdout } = process;
  const onKey = (key: string) => {
    const wish = view.press(key);
    if (wish) onWish(wish);
  };
  // Not a boolean when it is a pipe or a file, whatever the types say.
  const hasKeys = (stdin as { isTTY?: boolean }).isTTY === true;
  const keyboard = hasKeys ? createKeyboard(stdin, onKey) : undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const enter = () => {
    clearInterval(timer);
    if (isOver) return;
    if (!isInForeground()) {
      view.hide();
      timer = setInterval(() => isInForeground() && enter(), LOOK_MS);
      timer.unref();
      return;
    }
    view.setKeys(keyboard?.take() === true);
    view.show();
  };
  const leave = () => {
    clearInterval(timer);
    keyboard?.release();
    view.hide();
  };
  const onStop = () => {
    leave();
    process.off('SIGTSTP', onStop);
    // With nobody listening this stops us here, as ever; where no shell could wake us, the kernel does nothing.
    process.kill(process.pid, 'SIGTSTP');
    setImmediate(() => {
      if (isOver) return;
      process.on('SIGTSTP', onStop);
      enter();
    });
  };
  const onResize = () => view.redraw();
  const close = () => {
    isOver = true;
    clearInterval(timer);
    keyboard?.release();
    view.close();
  };

  process.on('SIGTSTP', onStop);
  process.on('SIGCONT', enter);
  process.on('SIGQUIT', onQuit);
  process.on('exit', close);
  // Before the words about a bug are written, which go past the view.
  process.on('uncaughtExceptionMonitor', close);
  stdout.on('resize', onResize);
  enter();

  function onQuit() {
    dispose();
    process.kill(process.pid, 'SIGQUIT');
  }
  function dispose() {
    process.off('SIGTSTP', onStop).off('SIGCONT', enter).off('SIGQUIT', onQuit);
    process.off('exit', close).off('uncaughtExceptionMonitor', close);
    stdout.off('resize', onResize);
    close();
  }
  return { [Symbol.dispose]: dispose };
}
