import { join } from 'node:path';
import { createAgentRun } from '../agents/run-agent.js';
import type { PromptTemplates } from '../agents/templates.js';
import { createScriptsRun } from '../checks/run-scripts.js';
import type { VerdictCache } from '../checks/verdict-cache.js';
import type { RunState } from '../engine/state.js';
import { pinBase } from '../git/depot.js';
import type { Depot, Repository } from '../git/places.js';
import { readRef } from '../git/refs.js';
import { attemptDirectory, type RunDirectory } from '../journal/run-directory.js';
import { createIndexCommit } from '../land/bookkeeping.js';
import { createCandidateBuild } from '../land/candidate.js';
import { createRunDeliver } from '../land/deliver.js';
import type { LanderLock } from '../land/lander-lock.js';
import { createRefMove } from '../land/move-ref.js';
import { createTargetLook } from '../land/target.js';
import type { Publisher } from '../land/publisher.js';
import { gitFolders } from '../lanes/git-folders.js';
import { createWorkHarvest } from '../lanes/harvest.js';
import { laneAt, type LaneYard } from '../lanes/lane.js';
import { createLanePrepare } from '../lanes/prepare.js';
import { indexPathOf } from '../model/backlog.js';
import type { Effects } from '../model/effect.js';
import type { EventDraft } from '../model/event.js';
import { success } from '../model/failure.js';
import { isProtected } from '../model/protected-branches.js';
import type { Oid } from '../model/ids.js';
import { costOf, pricesOf } from '../plan/price.js';
import { editIndexText } from '../tickets/write.js';
import { fenced, fencedLock, type CheckFence } from './fenced.js';
import { createTicketProject } from './project-tickets.js';
import type { Life } from './life.js';
import { createCredentialRest, createCredentialWait } from './rest.js';
import type { RunFiles } from './run-files.js';
import type { Secrecy } from './secrecy.js';
import type { Surroundings } from './surroundings.js';
import { trackedIndex } from './tracked-index.js';
import { createVerification } from './verification.js';
import { watchCosts } from './watch-costs.js';

/** What the effects of one run share. */
export interface EffectParts {
  readonly life: Life;
  readonly surroundings: Surroundings;
  readonly directory: RunDirectory;
  readonly files: RunFiles;
  readonly state: RunState;
  readonly yard: LaneYard;
  readonly secrecy: Secrecy;
  readonly templates: PromptTemplates;
  readonly verdicts: VerdictCache;
  readonly publisher: Publisher;
  readonly lander: LanderLock;
  readonly checkFence: CheckFence;
  /** Tells the run what becomes true while an effect goes on. */
  readonly tell: (events: readonly EventDraft[]) => void;
}

const MINUTE_MS = 60_000;

/** The table: for each kind of intent the code that performs and reconciles it, in the folder that knows. */
export function createEffects(parts: EffectParts): Effects {
  const { surroundings, directory, files, state, yard, verdicts, checkFence } = parts;
  const { repository, clock, variables } = surroundings;
  const { config } = files;
  const { depot, identity, runProcess } = yard;
  const { branch, run } = state;
  const indexPath = indexPathOf(state.backlog);
  const candidate = `${run}/bookkeeping`;
  const commands = Array.isArray(config.verify) ? config.verify : [];
  const prices = pricesOf(config.prices);
  const inLane = { runProcess, env: variables, run, runDirectory: directory.path };
  return {
    'lane.prepare': createLanePrepare(yard),
    'agent.run': createAgentRun({
      ...agentParts(parts),
      checks: commands,
      access: config.access,
      costOf: (usage, model) => costOf(usage, model, prices),
      onCost: watchCosts(state, parts.tell),
      limits: {
        limitMs: config.limits.ticketMinutes * MINUTE_MS,
        silenceMs: config.limits.silenceMinutes * MINUTE_MS,
      },
    }),
    'credential.rest': createCredentialRest(clock),
    'credential.wait': createCredentialWait(clock),
    'work.harvest': createWorkHarvest(yard),
    'scripts.run': createScriptsRun({
      ...inLane,
      lane: ({ lane }) => Promise.resolve(success(laneAt(yard.root, lane))),
    }),
    'candidate.build': createCandidateBuild({
      depot,
      identity,
      pin: (commit) => pinBase(repository, commit),
    }),
    'checks.run': createVerification(yard, config, verdicts, {
      baseline: () => state.baseline,
    }),
    'ref.move': createRefMove({
      depot,
      publisher: parts.publisher,
      branch,
      clock,
      ...(isProtected(state.target) && !state.reopened
        ? {}
        : { target: () => movedTarget(repository, state) }),
      lock: fencedLock(checkFence, parts.lander),
    }),
    'target.look': createTargetLook(repository),
    'ticket.project': fenced(
      checkFence,
      createTicketProject({
        root: repository.root,
        indexFile: join(repository.root, indexPath),
        clock,
        state: () => state,
      }),
    ),
    'index.commit': fenced(
      checkFence,
      createIndexCommit({
        depot,
        identity,
        indexPath,
        candidate,
        finalIndexText: (text) => success(editIndexText(text, state.projection.done).text),
      }),
    ),
    'run.deliver': fenced(
      checkFence,
      createRunDeliver({
        repository,
        depot,
        branch,
        publisher: parts.publisher,
        index: trackedIndex(state, files.indexWasUnchanged),
      }),
    ),
  };
}

function agentParts(parts: EffectParts) {
  const { life, surroundings, directory, files, state, yard, templates, secrecy } = parts;
  const { clock, variables, onMessage } = surroundings;
  const { redaction } = secrecy;
  return {
    run: state.run,
    marker: life,
    runDirectory: directory.path,
    attemptFolder: (attempt: Parameters<typeof attemptDirectory>[1]) =>
      attemptDirectory(directory, attempt),
    tickets: new Map(files.tickets.map((ticket) => [ticket.id, ticket])),
    documents: (ticket: keyof RunFiles['documents']) => files.documents[ticket] ?? [],
    agentFor: (ticket: keyof RunFiles['documents']) =>
      surroundings.agent(files.config, state.tickets.get(ticket)?.ticket.agent ?? ''),
    templates,
    variables,
    secretOf: (agent: string, key: string) => secrecy.secretOf(agent, key),
    withheld: secrecy.withheld,
    ...(redaction ? { redact: (text: string) => redaction.text(text) } : {}),
    identity: yard.identity,
    gitFolders: (lane: string) => gitFolders(yard, laneAt(yard.root, lane)),
    lanePath: (lane: string) => laneAt(yard.root, lane).path,
    temporaryFolder: (lane: string) => laneAt(yard.root, lane).env['TMPDIR'] ?? '',
    portBase: (lane: string) => Number(laneAt(yard.root, lane).env['SAGE_PORT_BASE']),
    runProcess: yard.runProcess,
    clock,
    onMessage,
    diffOf: (work: Oid) => diffOf(yard.depot, work),
  };
}

/** Where the target stands when that is not where the run knows it to be. */
async function movedTarget(
  { git, root }: Repository,
  { target, intake }: RunState,
): Promise<Oid | undefined> {
  const tip = await readRef(git, root, `refs/heads/${target}`);
  return tip.ok && tip.value !== intake.known ? tip.value : undefined;
}

/** Earlier work as a diff for a prompt; nothing when git has none to show. */
async function diffOf({ git, path }: Depot, work: Oid): Promise<string> {
  const answer = await git(['diff', '--no-ext-diff', '--no-textconv', `${work}^`, work], {
    cwd: path,
  });
  return answer.ok ? answer.value.stdout : '';
}
