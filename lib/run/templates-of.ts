import { join } from 'node:path';
import { readTemplates } from '../agents/templates.js';
import type { Surroundings } from './surroundings.js';

/** The prompt templates of a run: `.sage/templates/` of the checkout, else ours. */
export const templatesOf = ({ templates, repository }: Surroundings) =>
  readTemplates(templates, join(repository.root, '.sage/templates'));
