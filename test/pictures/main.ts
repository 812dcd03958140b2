// Writes the pictures of the documents anew from a real run in a real terminal: `npm run pictures`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../rig/home.js';
import { picturesOf, tellStory } from './story.js';

const folder = join(repositoryRoot, 'docs/pictures');
mkdirSync(folder, { recursive: true });
for (const [name, text] of picturesOf(await tellStory())) {
  writeFileSync(join(folder, name), text);
  console.log(`written docs/pictures/${name}, ${Math.ceil(text.length / 1024)} KiB`);
}
