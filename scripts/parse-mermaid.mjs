// Reads a JSON array of Mermaid texts from standard input and prints one of what Mermaid itself says of each: null for a
// text that it can draw, else its complaint. A process of its own, since Mermaid wants a browser's global names.
import { text } from 'node:stream/consumers';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('');
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import('mermaid');
const said = [];
for (const diagram of JSON.parse(await text(process.stdin))) {
  said.push(
    await mermaid.parse(diagram).then(
      () => null,
      (error) => String(error),
    ),
  );
}
process.stdout.write(JSON.stringify(said));
