import { join } from 'node:path';
import { readTemplates } from '../agents/templates.js';
import type { Backlog } from '../model/backlog.js';
import type { Surroundings } from './surroundings.js';

/** The prompt templates of a run of that backlog: `.sage/templates/` of the checkout, else ours. */
export const templatesOf = ({ templates, repository }: Surroundings, backlog: Backlog) =>
  readTemplates(
    templates,
    join(repository.root, '.sage/templates'),
    backlog === 'tickets' ? 'ticket' : backlog,
  );
