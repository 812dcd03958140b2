import type { EventOf } from '../../lib/model/event.js';
import { ticketId, type TicketId } from '../../lib/model/ids.js';
import type { Confirm } from '../../lib/model/question.js';
import type { RunTicket } from '../../lib/model/run.js';
import { planned, ticket } from '../engine/plans.js';
import { seeded } from '../engine/seeded.js';

/** What becomes of a ticket whenever somebody works on it: the same in every order, so that ends can be compared. */
export interface Fate {
  readonly work: 'good' | 'red' | 'none' | 'crashes';
  /** A file that another ticket changes too. */
  readonly shared?: string;
  /** Its script is red until the agent was asked so often to mend it. */
  readonly fixesWanted: number;
  /** So many of its calls meet a limit before one is served; only where its agent has keys. */
  readonly limits?: number;
  /** What its model's answers to a call cost, half by half, in micro-dollars; only where there is a cost limit. */
  readonly costs?: readonly [number, number];
}

/** What a human says, whoever asks and however often: the same in every order, too. */
export interface Opinion {
  readonly start: 'go' | 'defer';
  /** It is sent back so often before it may land, or is put off. */
  readonly sendBacks: number;
  readonly land: 'go' | 'defer';
}

/** What a human writes who sends a ticket back for the nth time. */
export const noteFor = (ticket: TicketId, nth: number) => `${ticket}: note ${nth}`;

/** A queue and the world it meets. */
export interface Scene {
  readonly seed: number;
  readonly planned: EventOf<'run.planned'>;
  readonly fates: ReadonlyMap<TicketId, Fate>;
  /** By ticket and by component; empty where nobody is asked. */
  readonly opinions: ReadonlyMap<string, Opinion>;
}

const MOST_FIXES = 1;

/** Draws a scene, as {@link drawQueue}; a third of them ask a human, a fifth have keys. */
export function drawScene(seed: number, tickets?: number): Scene {
  const drawn = drawQueue(seed, tickets);
  const scene = seed % 5 === 3 ? pooled(drawn, seeded(seed ^ 0x9001)) : drawn;
  const random = seeded(seed ^ 0xa51);
  const confirm = (['ticket', 'component'] as const)[Math.floor(random() * 6) - 4];
  return confirm === undefined ? scene : asking(scene, confirm, random);
}

/** The same scene with one or two keys, and an API that refuses some calls for a limit. */
function pooled(scene: Scene, random: () => number): Scene {
  const pick = (limit: number) => Math.floor(random() * limit);
  const keys = Array.from({ length: 1 + pick(2) }, (_, index) => ({
    id: `key-${index + 1}`,
    maxConcurrent: 1 + pick(2),
    ...(random() < 0.3 ? { perMinute: 2 } : {}),
  }));
  const pools = [{ agent: 'test', keys, waitMs: 24 * 3600_000 }];
  const fates = [...scene.fates].map(
    ([id, fate]) => [id, random() < 0.5 ? { ...fate, limits: 1 + pick(2) } : fate] as const,
  );
  const { planned: plan } = scene;
  return {
    ...scene,
    fates: new Map(fates),
    planned: { ...plan, options: { ...plan.options, pools } },
  };
}

/** The scene of a seed with a cost limit that few of its tickets are in reach of, and answers whose cost is told as they come. */
export function limitedScene(seed: number): Scene {
  const scene = drawQueue(seed);
  const random = seeded(seed ^ 0xb0d9e7);
  const cost = () => 1 + Math.floor(random() * DEAREST);
  const fates = [...scene.fates].map(
    ([id, fate]) => [id, { ...fate, costs: [cost(), cost()] as const }] as const,
  );
  const { planned: plan } = scene;
  const microUsd = DEAREST / 2;
  const options = {
    ...plan.options,
    slots: 3,
    maxCostMicroUsd: Math.floor((0.3 + random()) * fates.length * DEAREST),
    budget: { calls: [{ agent: 'test', microUsd, because: 'drawn' }] },
  };
  return { ...scene, fates: new Map(fates), planned: { ...plan, options } };
}

/** No answer costs more, in micro-dollars. */
export const DEAREST = 1_000;

/** The same scene with a human. */
export function asking(scene: Scene, confirm: Confirm, random: () => number): Scene {
  const pick = (limit: number) => Math.floor(random() * limit);
  const tickets = scene.planned.tickets.map((one) => ({ ...one, component: `C${pick(3)}` }));
  const opinion = (): Opinion => ({
    start: random() < 0.15 ? 'defer' : 'go',
    sendBacks: random() < 0.3 ? 1 + pick(2) : 0,
    land: random() < 0.15 ? 'defer' : 'go',
  });
  const names = tickets.flatMap(({ id, component }) => [id, component]);
  return {
    ...scene,
    opinions: new Map(names.map((name) => [name, opinion()])),
    planned: { ...scene.planned, tickets, options: { ...scene.planned.options, confirm } },
  };
}

/** Draws a queue: dependencies, conflicts in pairs or epics, red checks, scripts, containers; up to seven tickets, or so many. */
function drawQueue(seed: number, tickets?: number): Scene {
  const random = seeded(seed);
  const pick = (limit: number) => Math.floor(random() * limit);
  const count = tickets ?? 1 + pick(7);
  const hasEpics = random() < 0.2;
  const fates = new Map<TicketId, Fate>();
  const drawn: RunTicket[] = [];
  for (let order = 0; order < count; order += 1) {
    const id = ticketId(`T-${order}`);
    const before = drawn
      .slice(-7)
      .filter(() => random() < 0.25)
      .map((other) => other.id);
    const batch =
      1 + Math.max(0, ...drawn.filter((t) => before.includes(t.id)).map((t) => t.batch));
    // At most two tickets a file: a third would make the end depend on the order.
    // Of epics none: which of two is kept depends on the order, too.
    const shared = random() < 0.4 && !hasEpics ? `shared/${order >> 1}` : undefined;
    const fixesWanted = random() < 0.2 ? 1 + pick(2) : 0;
    const script = {
      name: 'own',
      command: 'own',
      timeoutMs: 1000,
      retries: 0,
      autoFix: true,
      maxFixes: MOST_FIXES,
    };
    fates.set(id, {
      work:
        (['good', 'good', 'good', 'good', 'good', 'good', 'red', 'none', 'crashes'] as const)[
          pick(9)
        ] ?? 'good',
      fixesWanted,
      ...(shared === undefined ? {} : { shared }),
    });
    drawn.push(
      ticket(id, {
        dependsOn: before,
        batch,
        order,
        ...(hasEpics ? { epic: `E${pick(3)}` } : {}),
        scripts: fixesWanted > 0 || random() < 0.2 ? [script] : [],
      }),
    );
  }
  const containers =
    random() < 0.3
      ? [
          { id: ticketId('EPIC'), open: drawn.map(({ id }) => id) },
          { id: ticketId('TOP'), open: [ticketId('EPIC')] },
        ]
      : [];
  return {
    seed,
    fates,
    opinions: new Map(),
    planned: planned(
      drawn,
      {
        slots: 1 + pick(3),
        schedule: random() < 0.3 ? 'batch' : 'rolling',
        hasChecks: random() < 0.85,
        checkSlots: 1 + pick(4),
        landVerify: random() < 0.4 ? 'tips' : 'each',
      },
      containers,
    ),
  };
}
