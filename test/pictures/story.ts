import type { AgentCall } from '../rig/agent-call.js';
import type { Terminal } from '../rig/terminal.js';
import type { Frame } from './drawing.js';
import { Stage } from './stage.js';
import { recording, still, type Moment } from './svg.js';

/** A small queue with all that a run shows: chains, a file that two declare, work that will not pass. */
const TICKETS = [
  ticket('AUTH-1', 'Sign in with a passkey', 5, [], 'src/auth.mjs'),
  ticket('AUTH-2', 'Log out everywhere', 3, ['AUTH-1'], 'src/auth.mjs'),
  ticket('CART-1', 'Keep the cart between visits', 3, [], 'src/cart.mjs'),
  ticket('CART-2', 'Redeem coupons', 2, ['CART-1'], 'src/cart.mjs'),
  ticket('PAY-1', 'Charge cards', 5, [], 'src/pay.mjs'),
  ticket('PAY-2', 'Refund an order', 3, ['PAY-1'], 'src/pay.mjs'),
  ticket('DOCS-1', 'Describe the API', 1, [], 'docs/api.md'),
];

function ticket(id: string, title: string, effort: number, dependencies: string[], path: string) {
  return { id, title, effort, dependencies, targetFiles: [{ path }] };
}

/** What the story shows, as it was on the screen. */
export interface Story {
  readonly plan: Frame;
  readonly live: Frame;
  readonly summary: Frame;
  readonly moments: readonly Moment[];
}

/** Plays a queue of seven tickets at three agents in a real terminal, and looks at the moments that tell most. */
export async function tellStory(): Promise<Story> {
  await using stage = await Stage.create(TICKETS);
  const plan = await showPlan(stage);
  const terminal = await stage.shell({ columns: 100, rows: 30 });
  const moments: Moment[] = [];
  const keep = (seconds: number) => {
    moments.push({ frame: terminal.cells, seconds });
    return terminal.cells;
  };

  terminal.type('sage stream --auto --parallel=3');
  await terminal.says('--parallel=3');
  keep(1.5);
  terminal.type('\r');
  const pay = await stage.agent.for('PAY-1');
  const auth = await stage.agent.for('AUTH-1');
  const cart = await stage.agent.for('CART-1');
  await says(terminal, auth, 'Reads src/auth.mjs');
  await says(terminal, cart, 'Edits src/cart.mjs');
  await says(terminal, pay, 'Plans the charge');
  keep(2);

  stage.holdChecks();
  await says(terminal, auth, 'Runs node --test');
  await auth.usage({ costUsd: 0.42, inputTokens: 61_000, outputTokens: 2_300 });
  await finish(auth);
  const docs = await stage.agent.for('DOCS-1');
  await says(terminal, docs, 'Writes docs/api.md');
  await pay.print('{"sage":"waiting","reason":"asks for permission: npm i stripe"}');
  await terminal.shows(has('WAITING asks for permission'));
  await terminal.shows(has('AUTH-1 verifies'));
  await terminal.shows(has('left (estimate)'));
  const live = keep(3);

  await finish(docs);
  await terminal.shows(has('DOCS-1 merged'));
  stage.releaseChecks();
  await terminal.says('[DOCS-1] landed');
  const logOut = await stage.agent.for('AUTH-2');
  await says(terminal, logOut, 'Reads src/sessions.mjs');
  await says(terminal, pay, 'Charges a test card');
  await pay.usage({ costUsd: 0.61, inputTokens: 88_000, outputTokens: 3_100 });
  await terminal.shows(has('1.03 USD'));
  keep(2);

  await finish(cart);
  await terminal.says('[CART-1] landed');
  const coupons = await stage.agent.for('CART-2');
  await finish(pay);
  await terminal.says('[PAY-1] landed');
  const refund = await stage.agent.for('PAY-2');
  await says(terminal, coupons, 'Adds src/coupons.mjs');
  await says(terminal, refund, 'Reads src/pay.mjs');
  keep(2);

  await finish(logOut);
  await terminal.says('[AUTH-2] landed');
  await finish(coupons, 'src/order.mjs');
  await terminal.says('[CART-2] landed');
  await says(terminal, refund, 'Edits src/order.mjs');
  keep(2);
  // It began before the coupons landed, and writes the same lines of the same file.
  await finish(refund, 'src/order.mjs');
  await terminal.says(/delivered:[\s\S]*~\/shop \$ *$/);
  const summary = keep(4);
  await leave(terminal);
  return { plan, live, summary, moments };
}

async function showPlan(stage: Stage): Promise<Frame> {
  const terminal = await stage.shell({ columns: 100, rows: 60 });
  terminal.type('sage stream --auto --parallel=3 --dry-run\r');
  await terminal.says(/batches[\s\S]*~\/shop \$ *$/);
  const plan = terminal.cells;
  await leave(terminal);
  return plan;
}

async function leave(terminal: Terminal): Promise<void> {
  terminal.type('exit\r');
  await terminal.wait();
}

const has = (text: string) => (view: readonly string[]) => view.some((line) => line.includes(text));

async function says(terminal: Terminal, call: AgentCall, words: string): Promise<void> {
  await call.print(words);
  await terminal.shows(has(words));
}

const finish = (call: AgentCall, path = `src/${call.ticket.toLowerCase()}.mjs`) =>
  call.succeed({ [path]: `// ${call.ticket}\n` });

/** The pictures by the names of their files. */
export function picturesOf({ plan, live, summary, moments }: Story): ReadonlyMap<string, string> {
  return new Map([
    ['recording.svg', recording('sage stream --auto --parallel=3', moments)],
    ['plan.svg', still('sage stream --auto --parallel=3 --dry-run', plan)],
    ['live-view.svg', still('sage stream --auto --parallel=3', live)],
    ['summary.svg', still('sage stream --auto --parallel=3', summary)],
  ]);
}
