import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, success, type Failure, type Result } from '../model/failure.js';

/** The texts that prompts are made from; `{{name}}` stands for a value. */
export interface PromptTemplates {
  readonly ticket: string;
  readonly conflict: string;
  readonly review: string;
  readonly fix: string;
  readonly continue: string;
}

/** The values each template may use, and those it cannot do without. */
const VALUES = {
  ticket: {
    known: ['id', 'fence', 'ticket', 'documents', 'checks', 'telling'],
    needed: ['ticket'],
  },
  conflict: { known: ['id', 'fence', 'work', 'files', 'diff'], needed: ['work', 'files'] },
  review: { known: ['id', 'fence', 'work', 'note', 'place', 'diff'], needed: ['note'] },
  fix: { known: ['id', 'fence', 'output'], needed: ['output'] },
  continue: { known: ['id', 'fence'], needed: [] },
} as const satisfies Record<keyof PromptTemplates, unknown>;

const NAME = /\{\{\s*(\w+)\s*\}\}/g;

/**
 * Reads the templates: those of the user's repository (`.sage/templates/ticket.md`, …) where there are any, else ours.
 * `work` names the one that says what is wanted. A value that does not exist, or a missing one that a prompt cannot do without, is a fault with its place.
 */
export async function readTemplates(
  ours: string,
  users: string,
  work = 'ticket',
): Promise<Result<PromptTemplates>> {
  const read = async (
    name: keyof PromptTemplates,
    file: string = name,
  ): Promise<Result<string>> => {
    const own = join(users, `${file}.md`);
    try {
      const text = await readFile(own, 'utf8');
      const fault = faultOf(name, own, text);
      return fault ? failed(fault) : success(text);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') {
        return success(await readFile(join(ours, `${file}.md`), 'utf8'));
      }
      return failed({ code: 'config/invalid', message, where: { file: own } });
    }
  };
  const [ticket, conflict, review, fix, goOn] = await Promise.all([
    read('ticket', work),
    read('conflict'),
    read('review'),
    read('fix'),
    read('continue'),
  ]);
  if (!ticket.ok) return ticket;
  if (!conflict.ok) return conflict;
  if (!review.ok) return review;
  if (!fix.ok) return fix;
  if (!goOn.ok) return goOn;
  return success({
    ticket: ticket.value,
    conflict: conflict.value,
    review: review.value,
    fix: fix.value,
    continue: goOn.value,
  });
}

function faultOf(name: keyof PromptTemplates, file: string, text: string): Failure | undefined {
  const { known, needed } = VALUES[name];
  const used: string[] = [];
  for (const match of text.matchAll(NAME)) {
    const value = match[1] ?? '';
    used.push(value);
    if ((known as readonly string[]).includes(value)) continue;
    const line = text.slice(0, match.index).split('\n').length;
    return {
      code: 'config/invalid',
      message: `the template uses {{${value}}}, which does not exist`,
      hint: `It may use ${known.map((one) => `{{${one}}}`).join(', ')}.`,
      where: { file, line },
    };
  }
  const missing = needed.find((value: string) => !used.includes(value));
  if (missing === undefined) return undefined;
  return {
    code: 'config/invalid',
    message: `the template does not use {{${missing}}}, without which the agent knows nothing of its work`,
    hint: `Put {{${missing}}} where it shall stand.`,
    where: { file },
  };
}

/** Puts the values in, in one pass: what looks like a placeholder inside a value stays as it is. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template
    .replace(NAME, (whole, name: string) => values[name] ?? whole)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
