import { fileURLToPath } from 'node:url';

/** Beside this file in the bundle, too. */
const SERVER = fileURLToPath(new URL('./report-server.js', import.meta.url));

/** How the server is started that has the tool which writes into this outbox. It needs nothing of an environment. */
export const reportCommand = (outbox: string): readonly [program: string, ...string[]] => [
  process.execPath,
  SERVER,
  outbox,
];
