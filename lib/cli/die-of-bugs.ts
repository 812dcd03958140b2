import { writeSync } from 'node:fs';
import { exitCode } from './exit-code.js';

/**
 * What escapes every promise and handler is a bug of ours: it is said calmly, with the stack as evidence, and the process
 * ends at once with 70. Recovery treats that like any crash; going on with a state nobody understands would be worse.
 */
export function dieOfBugs(version: string): void {
  process.on('uncaughtException', (error) => {
    const evidence = error.stack ?? String(error);
    try {
      writeSync(2, `${bugText(version, evidence.slice(0, 4_000))}\n`);
    } catch {
      // Nobody reads standard error any more; the exit code says it.
    }
    // eslint-disable-next-line no-restricted-syntax -- the one place: open handles would keep a broken process, and its locks, alive
    process.exit(exitCode.bug);
  });
}

function bugText(version: string, evidence: string): string {
  return [
    `error sage ${version} made a mistake and stopped. internal/bug`,
    '  → What landed stays landed, and kept work is kept. Please report this with the lines below.',
    ...evidence.split('\n').map((line) => `  │ ${line}`),
  ].join('\n');
}
