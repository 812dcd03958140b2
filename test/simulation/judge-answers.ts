import type { RunEvent } from '../../lib/model/event.js';
import { isIntake, type Oid } from '../../lib/model/ids.js';
import type { Confirm } from '../../lib/model/question.js';
import { noteFile } from './imagined-agent.js';
import type { Story } from './live.js';

type Answered = Extract<RunEvent, { readonly type: 'question.answered' }>;

/** What a story breaks between a run and its human, told by what was really said, done and landed. */
export function answerFaults(story: Story): string[] {
  return [...saidSo(story), ...askedAgain(story), ...workedUnasked(story), ...wishes(story)];
}

const answersOf = (events: readonly RunEvent[]) =>
  events.filter((event): event is Answered => event.type === 'question.answered');

/** What counts was said, to this question; and it counts once. */
function saidSo({ events, human }: Story): string[] {
  const counted = new Set<number>();
  return answersOf(events).flatMap(({ asked, answer }) => {
    const isSecond = counted.has(asked);
    counted.add(asked);
    const isGiven = human.given.some(
      (one) => one.asked === asked && JSON.stringify(one.answer) === JSON.stringify(answer),
    );
    return [
      ...(isSecond ? [`question ${asked} was answered twice`] : []),
      ...(isGiven ? [] : [`nobody said ${answer.kind} to question ${asked}`]),
    ];
  });
}

/** Nobody is asked twice whether the same may be begun, or land. */
function askedAgain({ events }: Story): string[] {
  const told = new Set<string>();
  const faults: string[] = [];
  for (const event of events) {
    if (event.type !== 'question.asked' && event.type !== 'question.answered') continue;
    const { question } = event;
    const about =
      question.about === 'land'
        ? `landing ${question.commit}`
        : `beginning ${question.component ?? question.ticket}`;
    if (event.type === 'question.asked' && told.has(about))
      faults.push(`seq ${event.seq} asks once more about ${about}`);
    if (event.type === 'question.answered' && event.answer.kind !== 'stop') told.add(about);
  }
  return faults;
}

/** Where it was asked in one way all the time: whose agent was called may begin, and what is on the branch may land. */
function workedUnasked({ events, world }: Story): string[] {
  const confirm = onlyWay(events);
  if (confirm === undefined) return [];
  const begun = new Set<string>();
  const landed = new Set<Oid>();
  for (const { question, answer } of answersOf(events)) {
    if (answer.kind !== 'go') continue;
    if (question.about === 'land') landed.add(question.commit);
    else begun.add(question.component ?? question.ticket);
  }
  const { tickets, base } = world.scene.planned;
  const mayBegin = new Set<string>(
    tickets
      .filter((one) => begun.has(confirm === 'component' ? one.component : one.id))
      .map(({ id }) => id),
  );
  const faults = world.calls
    .filter(({ intent }) => !mayBegin.has(intent.ticket))
    .map(({ intent }) => `${intent.key} was called and nobody said that it may begin`);
  if (confirm === 'component') return faults;
  for (const id of world.git.history(world.tip, base)) {
    const ticket = /Land-Id: [^/\s]+\/(\S+)\n/.exec(world.git.commit(id).message)?.[1];
    if (ticket === undefined || ticket === 'bookkeeping' || isIntake(ticket)) continue;
    if (!landed.has(id)) faults.push(`${ticket} is on the branch and nobody said that it may land`);
  }
  return faults;
}

/** Where every life of a run asked; nothing when some asked elsewhere, or none did. */
function onlyWay(events: readonly RunEvent[]): Confirm | undefined {
  const ways = events.flatMap((event) =>
    event.type === 'run.planned'
      ? [event.options.confirm]
      : event.type === 'run.resumed' && event.confirm !== undefined
        ? [event.confirm]
        : [],
  );
  const [way] = ways;
  return way !== 'nowhere' && ways.every((one) => one === way) ? way : undefined;
}

/** What was sent back landed as the last note says; what was put off did not land. */
function wishes({ events, world, state }: Story): string[] {
  const notes = new Map<string, string>();
  const faults: string[] = [];
  const landed = new Set(
    events.flatMap((event) => (event.type === 'landing.landed' ? [event.ticket] : [])),
  );
  for (const { question, answer } of answersOf(events)) {
    const { ticket } = question;
    if (answer.kind === 'send-back') notes.set(ticket, answer.note);
    const isWhole = question.about === 'start' && question.component !== undefined;
    if (answer.kind !== 'defer' || isWhole) continue;
    if (landed.has(ticket)) faults.push(`${ticket} was put off and landed`);
    if (state?.tickets.get(ticket)?.phase !== 'deferred')
      faults.push(`${ticket} was put off and is not deferred`);
  }
  const files = world.git.treeOf(world.tip);
  for (const ticket of landed) {
    const note = notes.get(ticket);
    const found = files.get(noteFile(ticket));
    if (note !== found)
      faults.push(`${ticket} landed with ${found ?? 'no note'} for ${note ?? 'none'}`);
  }
  return faults;
}
