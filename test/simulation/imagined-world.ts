import type { RunState } from '../../lib/engine/state.js';
import type { AgentOutcome } from '../../lib/model/agent.js';
import type { AttemptAddress, LaneName, Oid, TicketId } from '../../lib/model/ids.js';
import type { AgentRun } from '../../lib/model/intent.js';
import type { TicketState } from '../../lib/model/ticket.js';
import { ImaginedDisk } from './imagined-disk.js';
import { ImaginedGit, type Tree } from './imagined-git.js';
import type { Scene } from './scene.js';
import type { Life } from './timeline.js';

/** One call of an agent. */
export interface Call {
  readonly life: Life;
  readonly intent: AgentRun;
  /** finished: it ended by itself and its end is on the disk, so it is paid and must not be repeated. */
  state: 'running' | 'ended' | 'finished' | 'killed';
  outcome?: AgentOutcome;
  /** The files of its lane, when it began and when it last wrote. */
  found: Tree;
  left: Tree;
  /** What it told while it worked, in micro-dollars: on the disk at once. */
  costMicroUsd: number;
}

export interface ImaginedLane {
  stand: Oid;
  files: Tree;
  guest: AttemptAddress;
  isHarvested: boolean;
}

/** Everything that outlives a process: what git, the disk and the user's checkout hold. */
export class ImaginedWorld {
  readonly git: ImaginedGit;
  readonly disk = new ImaginedDisk();
  /** Ticket states in the checkout's index. */
  readonly index = new Map<TicketId, TicketState>();
  readonly lanes = new Map<LaneName, ImaginedLane>();
  readonly calls: Call[] = [];
  /** Files kept under a ref, by attempt. */
  readonly kept = new Map<AttemptAddress, Tree>();
  /** Trees that checks really found green. */
  readonly verified = new Set<Oid>();
  /** Green verdicts on the disk. */
  readonly verdicts = new Set<Oid>();
  /** Commits that somebody else put on the run's branch. */
  readonly foreign = new Set<Oid>();
  /** Who may write the journal: what the owner file says. */
  owner: Life | undefined;
  /** Who holds the lander's lock; a dead holder's is taken at once. */
  lander: Life | undefined;
  /** Whether somebody asks once more for the delivery of the run when it has ended (`sage deliver`). */
  #delivery: 'to be asked' | 'asked' | 'no';
  readonly trouble: string[] = [];
  readonly scene: Scene;
  readonly branch: string;
  readonly target: string;
  readonly published: string;

  constructor(scene: Scene) {
    const { base, baseTree, branch, target, tickets, containers } = scene.planned;
    this.scene = scene;
    this.#delivery = scene.seed % 2 === 0 ? 'to be asked' : 'no';
    this.branch = `depot:${branch}`;
    this.target = `user:${target}`;
    this.published = `user:${branch}`;
    this.git = new ImaginedGit(base, baseTree, new Map([['README', 'start']]));
    this.git.refs.set(this.branch, base);
    this.git.refs.set(this.target, base);
    for (const { id } of [...tickets, ...containers]) this.index.set(id, 'UNPROCESSED');
  }

  /** Answers once whether it is asked for: of a run that landed something. */
  askForDelivery({ tip, base }: RunState): boolean {
    if (this.#delivery !== 'to be asked') return false;
    this.#delivery = tip === base ? 'no' : 'asked';
    return this.#delivery === 'asked';
  }

  /** Whether it is asked for and the run has not been opened again for it. */
  isDeliveryAsked({ reopened }: RunState): boolean {
    return this.#delivery === 'asked' && reopened === undefined;
  }

  get tip(): Oid {
    return this.git.refs.get(this.branch) ?? this.scene.planned.base;
  }

  /** Where the user's branch stands. */
  get userTip(): Oid {
    return this.git.refs.get(this.target) ?? this.scene.planned.base;
  }

  /** An idempotent fetch of what landed: forward only. */
  publish(landed: Oid): void {
    const there = this.git.refs.get(this.published);
    if (there === undefined || this.git.isAncestor(there, landed)) {
      this.git.refs.set(this.published, landed);
    }
  }

  /** A lane has one agent at a time. */
  startCall(life: Life, intent: AgentRun): Call {
    for (const other of this.calls) {
      if (other.state === 'running' && other.intent.lane === intent.lane) {
        this.trouble.push(`${intent.key} starts in ${intent.lane} beside ${other.intent.key}`);
      }
    }
    const found = this.lanes.get(intent.lane)?.files ?? new Map();
    const call: Call = { life, intent, state: 'running', found, left: found, costMicroUsd: 0 };
    this.calls.push(call);
    return call;
  }
}
