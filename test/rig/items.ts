import type { Rig } from './rig.js';

/** Writes an issue file for each number, committed nowhere. */
export const issues = (rig: Rig, ...numbers: readonly number[]) =>
  rig.write(
    Object.fromEntries(
      numbers.map((number) => [
        `.sage/issues/${number}-it.md`,
        `# ${number} - Feature ${number}\n\nPlease do ${number}.\n`,
      ]),
    ),
  );

/** Where the document of an issue stands by default. */
export const lldOf = (number: number) => `docs/lld/LLD-${String(number).padStart(3, '0')}.md`;

/** Writes and commits a design document for each number. */
export async function llds(rig: Rig, ...numbers: readonly number[]): Promise<void> {
  await rig.write(
    Object.fromEntries(
      numbers.map((number) => [
        lldOf(number),
        `# LLD-${number}: Feature ${number}\n\n* **Status:** Draft\n\nBuild it.\n`,
      ]),
    ),
  );
  await rig.git('add', 'docs');
  await rig.git('commit', '--quiet', '--message', 'designs');
}

/** What agents do for issues of these numbers: each writes its document. */
export const writesDocuments = (...numbers: readonly number[]) =>
  Object.fromEntries(
    numbers.map((number) => [
      `issue-${number}`,
      [{ write: { [lldOf(number)]: `# LLD of ${number}\n` } }],
    ]),
  );

/** Item → state, as the index of `sage requirements` says now. */
export function statesOf(rig: Rig): Readonly<Record<string, string>> {
  const text = rig.read('.sage/requirements/index.json');
  const { tickets } = JSON.parse(text) as { tickets: { id: string; state: string }[] };
  return Object.fromEntries(tickets.map(({ id, state }) => [id, state]));
}
