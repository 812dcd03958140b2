// What the demo's agent changes in files that several tickets touch, as a person with an editor would: it looks at
// the file as it stands in its worktree and adds its own part, unless a call that was cut off has done so.
import { readFileSync, writeFileSync } from 'node:fs';

/** Ticket → its edit of a file that is already there. */
export const edits = {
  'CLI-001': () => addCommand('help', '() => help(commands)', "import { help } from './help.mjs';"),
  'CLI-002': () =>
    addCommand(
      'lines',
      '(text) => String(lines(text).length)',
      "import { lines } from './lines.mjs';",
    ),
  'CLI-003': () =>
    addCommand(
      'count',
      "(text) => Object.entries(count(text)).map((pair) => pair.join(' ')).join('\\n')",
      "import { count } from './count.mjs';",
    ),
  'CLI-004': () =>
    addCommand(
      'top',
      "(text) => frequency(text).slice(0, 10).map(([word, times]) => `${times} ${word}`).join('\\n')",
      "import { frequency } from './frequency.mjs';",
    ),
  'CLI-005': () =>
    addCommand(
      'report',
      '(text) => JSON.stringify({ ...count(text), wordsInSentence: readability(text), top: frequency(text).slice(0, 10).map(([word]) => word) })',
      "import { readability } from './readability.mjs';",
    ),
  'DOC-001': nameCommandsInReadme,
};

const table = 'src/commands.mjs';

/** The order of the commands, and of their imports: the same, whoever comes first. */
const commandOrder = ['version', 'help', 'lines', 'count', 'top', 'report'];
const moduleOrder = ['help', 'lines', 'count', 'frequency', 'readability'];

/** Puts a command and its import in their places. */
function addCommand(name, code, imported) {
  const text = readFileSync(table, 'utf8');
  if (text.includes(imported)) return;
  const imports = inOrder(text.match(/^import .*\n/gm) ?? [], `${imported}\n`, moduleOrder);
  const commands = text.match(/^ {2}\w+: .*\n/gm) ?? [];
  const start = '/** The program';
  const head = text.slice(text.indexOf(start), text.indexOf(commands[0]));
  const body = inOrder(commands, `  ${name}: ${code},\n`, commandOrder);
  writeFileSync(table, `${imports.join('')}\n${head}${body.join('')}};\n`);
}

/** Lines with one more, by the first name of `order` that stands in each as a whole word. */
function inOrder(lines, line, order) {
  const place = (one) => order.indexOf(one.match(/\w+(?=\.mjs|:)/)[0]);
  return [...lines, line].sort((left, right) => place(left) - place(right));
}

function nameCommandsInReadme() {
  const names = readFileSync(table, 'utf8').matchAll(/^ {2}(\w+):/gm);
  const list = [...names].map(([, name]) => `- \`${name}\``).join('\n');
  const readme = readFileSync('README.md', 'utf8').split('\n## Commands\n')[0];
  writeFileSync('README.md', `${readme}\n## Commands\n\n${list}\n`);
}
