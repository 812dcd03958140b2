import { readFile, realpath } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { failed, success, type Result } from '../model/failure.js';
import { addTicketText, type NewTicket } from './add-ticket.js';
import { readIndexText } from './read.js';

/** Ids of the tickets that a call wanted in the index, in its order. */
export interface AddedTicket {
  readonly id: string;
  readonly wasThere: boolean;
}

/**
 * Adds tickets to an index file by one write, for the owner of the repository alone; those that are there are not added
 * again. A broken index, or one that somebody saves at that moment, is `index/write-failed` and stays as it is.
 */
export async function addToIndex(
  file: string,
  tickets: readonly NewTicket[],
): Promise<Result<readonly AddedTicket[]>> {
  try {
    const target = await realpath(file);
    const before = await readFile(target);
    let text = before.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(before)) return refused(file, 'it is not UTF-8');
    const { isUsable, diagnostics } = readIndexText(text, file);
    if (!isUsable) return refused(file, diagnostics[0]?.message ?? 'it cannot be read');
    const added = tickets.map((ticket) => {
      const { id, wasThere, text: after } = addTicketText(text, ticket);
      text = after;
      return { id, wasThere };
    });
    if (!(await readFile(target)).equals(before)) return refused(file, 'somebody is saving it');
    if (added.some(({ wasThere }) => !wasThere)) await writeFileAtomic(target, text);
    return success(added);
  } catch (error) {
    return refused(file, (error as Error).message);
  }
}

const refused = (file: string, why: string) =>
  failed({
    code: 'index/write-failed',
    message: `No ticket could be added to ${file}: ${why}`,
    hint: 'The reports stay where they are; mend the file and say it again.',
    retryable: true,
    where: { file },
  });
