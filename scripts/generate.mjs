// Writes what is generated from the model: `node scripts/generate.mjs`; with --check only says what is stale (exit 1).
// Needs the compiled sources: run `npm run build` before.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { INDEX, pagesOf, withLinks } from './pages.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const isCheck = process.argv.includes('--check');
const load = (path) => import(pathToFileURL(join(root, 'dist/lib', path)).href);

/** Schema files by name: module, export and a title. */
const documents = {
  acceptance: ['model/answer-schemas.js', 'acceptanceSchema', 'sage accept --json'],
  begun: ['model/answer-schemas.js', 'begunSchema', 'sage stream --auto --detach --json'],
  cleaning: ['model/cleaning-schema.js', 'cleaningSchema', 'sage clean --json'],
  config: ['model/config.js', 'configSchema', '.sage/config.yaml'],
  control: [
    'model/answer-schemas.js',
    'controlSchema',
    'sage stop, pause, cancel or resume --json',
  ],
  costs: ['model/costs-schema.js', 'costsSchema', 'sage costs --json'],
  delivery: ['model/answer-schemas.js', 'deliverySchema', 'sage deliver --json'],
  dismissal: ['model/answer-schemas.js', 'dismissalSchema', 'sage dismiss --json'],
  explanation: [
    'model/explanation-schema.js',
    'explanationSchema',
    'sage stream --explain ID --json',
  ],
  'failure-entries': [
    'model/answer-schemas.js',
    'failureEntriesSchema',
    'sage explain CODE --json',
  ],
  failures: [
    'model/failures-schema.js',
    'failuresSchema',
    'a command with --json that could not begin',
  ],
  installation: ['model/installation-schema.js', 'installationSchema', 'sage install --json'],
  'item-list': [
    'model/items-schema.js',
    'itemListSchema',
    'sage requirements or implement --dry-run --json',
  ],
  'kept-list': ['model/answer-schemas.js', 'keptListSchema', 'sage rescue --list --json'],
  plan: ['model/plan-schema.js', 'planSchema', 'sage stream --dry-run --json'],
  'public-event': [
    'model/public-event.js',
    'publicEventSchema',
    'a line of sage stream --auto --json',
  ],
  rescue: ['model/answer-schemas.js', 'rescueSchema', 'sage rescue ID --json'],
  salvage: ['model/answer-schemas.js', 'salvageSchema', 'sage salvage --json'],
  retry: ['model/answer-schemas.js', 'retrySchema', 'sage retry ID… --json'],
  'run-list': ['model/status-schema.js', 'runListSchema', 'sage runs --json'],
  'session-list': ['model/session-schema.js', 'sessionListSchema', 'sage sessions --json'],
  settings: ['model/answer-schemas.js', 'settingsSchema', 'sage config --json'],
  status: ['model/status-schema.js', 'statusSchema', 'sage status --json'],
  step: [
    'model/question-schema.js',
    'stepSchema',
    'sage stream --step, sage approve or sage reject --json',
  ],
  summary: ['model/summary.js', 'summarySchema', "a run's summary"],
  verification: ['model/verification-schema.js', 'verificationSchema', 'sage verify-run --json'],
  validation: ['model/validation-schema.js', 'validationSchema', 'sage validate --json'],
};

const files = new Map();
for (const [name, [module, exported, title]] of Object.entries(documents)) {
  const schema = (await load(module))[exported];
  // io input: readers must accept fields that a later version adds; only the configuration is closed.
  const json = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  const { $schema, ...rest } = json;
  files.set(
    `tickets-schema/${name}.json`,
    `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`,
  );
}

const { failureTable } = await load('model/failure-table.js');
const { findingTable } = await load('model/finding-table.js');
files.set('docs/failures.md', failuresPage(failureTable, findingTable));

const { publicEventSchema } = await load('model/public-event.js');
files.set('docs/events.md', eventsPage(z.toJSONSchema(publicEventSchema, { io: 'input' })));

const configuration = 'docs/configuration.md';
const { configSchema } = await load('model/config.js');
const { configVariables } = await load('config/overrides.js');
const { streamOptionTable } = await load('cli/options/stream.js');
let page = readFileSync(join(root, configuration), 'utf8');
page = section(page, 'keys', keysTable(z.toJSONSchema(configSchema, { io: 'input' })));
page = section(page, 'variables', variablesTable(configVariables));
page = section(page, 'flags', flagsTable(streamOptionTable));
files.set(configuration, page);

const { commandTable } = await load('cli/command-table.js');
const loaded = await Promise.all(commandTable.map(async (entry) => (await entry.load()).command));
files.set('docs/commands.md', commandsPage(loaded));

const pages = pagesOf(read(INDEX));
for (const { path } of pages) {
  files.set(path, withLinks(pages, path, files.get(path) ?? read(path)));
}

const stale = [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path);
const orphans = namesIn('tickets-schema').filter((path) => !files.has(path));
const unlisted = namesIn('docs').filter(
  (path) => /\.md$/.test(path) && path !== INDEX && !files.has(path),
);
if (!isCheck) {
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path));
    console.log(`written ${path}`);
  }
}
for (const path of orphans) console.error(`not generated by anything: ${path}`);
for (const path of unlisted) console.error(`not listed in ${INDEX}: ${path}`);
if (isCheck)
  for (const path of stale) console.error(`stale: ${path} (run node scripts/generate.mjs)`);
process.exitCode = orphans.length + unlisted.length > 0 || (isCheck && stale.length > 0) ? 1 : 0;

function read(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}

/** Paths of what lies in a folder of the repository. */
function namesIn(folder) {
  return existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)
    : [];
}

/** Replaces what stands between the two marks of a section. */
function section(text, name, content) {
  const begin = `<!-- generated: ${name} -->`;
  const end = `<!-- end: ${name} -->`;
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${configuration} has no section ${name}`);
  return `${before}${begin}\n\n${content}\n\n${end}${after}`;
}

function failuresPage(failures, findings) {
  const entries = (table) =>
    Object.entries(table)
      .map(([code, { means, wayOut }]) => `### \`${code}\`\n\n${means}\n\n→ ${wayOut}\n`)
      .join('\n');
  return `# Failures

Every failure has a code that stays the same from version to version. \`sage explain CODE\` prints its entry.
This page is generated from \`lib/model/failure-table.ts\` and \`lib/model/finding-table.ts\`.

## Exit codes

| Code | Meaning |
| --- | --- |
| 0 | done, or stopped as asked after the running tickets landed |
| 1 | some tickets did not land; \`validate\`: errors |
| 2 | wrong usage or invalid input; \`validate\`: only warnings |
| 3 | nothing can run: a cycle, or every open ticket is blocked |
| 4 | the budget, or the keys or the account of an agent, are exhausted |
| 64 | \`validate\`: wrong usage |
| 70 | a bug of sage |
| 75 | \`status --for\`: the time is over, the run goes on |
| 130 | cancelled by Ctrl-C, or killed |

When several apply, the first of 130, 70, 4, 3, 1, 0 is told.

## Codes

${entries(failures)}
## Findings of \`sage validate\`

Beside these it reports failures that a run would end with.

${entries(findings)}`;
}

/** One row for each event, in the order in which they may come. */
function eventsPage({ oneOf, anyOf }) {
  const common = ['v', 'run', 'seq', 'at', 'type'];
  const rows = (oneOf ?? anyOf).map(({ description, properties, required }) => [
    `\`${properties.type.const}\``,
    Object.keys(properties)
      .filter((name) => !common.includes(name))
      .map((name) => `\`${name}${required.includes(name) ? '' : '?'}\``)
      .join(', '),
    description,
  ]);
  return `# Events of \`--json\`

\`sage stream --auto --json\` and \`sage resume --json\` tell one event a line, as JSON, while the run goes on. Each has \`v\` (1),
\`run\`, \`seq\` (its number in the journal: increasing, with gaps), \`at\` and \`type\`, and the fields below; those with \`?\` may
be absent. Types and fields stay within a major version, new ones may come: ignore what you do not know. The schema is
\`tickets-schema/public-event.json\`. This page is generated from \`lib/model/public-event.ts\`.

${table(['Type', 'Fields', 'Meaning'], rows)}
`;
}

/** One row for each key, nested ones with their path. */
function keysTable(schema, path = '') {
  const rows = keyRows(schema, path);
  return table(['Key', 'Values', 'Default', 'Meaning'], rows);
}

function keyRows(schema, path) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const key = path ? `${path}.${name}` : name;
    if (inner.properties) return keyRows(inner, key);
    const entries = inner.additionalProperties;
    const rest = entries?.properties ? keyRows(entries, `${key}.NAME`) : [];
    const row = [
      `\`${key}\``,
      values(inner),
      inner.default === undefined
        ? 'none'
        : `\`${JSON.stringify(inner.default).replaceAll('"', '')}\``,
      inner.description ?? entries?.description ?? '',
    ];
    return rest.length > 0 ? rest : [row];
  });
}

function values(schema) {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(values).join(' or ');
  if (schema.type === 'array') return `list of ${values(schema.items)}`;
  if (schema.type === 'integer') return `whole number from ${schema.minimum ?? 0}`;
  if (schema.type === 'number') return schema.exclusiveMinimum === 0 ? 'number above 0' : 'number';
  return schema.type === 'string' ? 'text' : (schema.type ?? '');
}

function variablesTable(variables) {
  const rows = Object.entries(variables).map(([name, { path, expects }]) => [
    `\`${name}\``,
    `\`${path}\``,
    expects,
  ]);
  return table(['Variable', 'Sets', 'Value'], rows);
}

function flagsTable(options) {
  const rows = Object.entries(options)
    .filter(([, option]) => !option.hidden)
    .map(([name, { placeholder, describe }]) => [
      `\`--${name}${placeholder ? `=${placeholder}` : ''}\``,
      describe,
    ]);
  return table(['Flag', 'Meaning'], rows);
}

function commandsPage(commands) {
  const links = commands.map(({ name, describe }) => [
    `[\`sage ${name}\`](#sage-${name})`,
    describe,
  ]);
  const parts = commands.map((command) => {
    const rows = Object.entries(command.options)
      .filter(([, option]) => !option.hidden)
      .map(([name, { alias, placeholder, describe }]) => [
        `\`--${name}${placeholder ? `=${placeholder}` : ''}\`${alias?.length === 1 ? `, \`-${alias}\`` : ''}`,
        describe,
      ]);
    return [
      `## \`sage ${command.name}\``,
      `${command.describe}.`,
      ['```text', ...command.usage, '```'].join('\n'),
      ...(rows.length > 0 ? [table(['Flag', 'Meaning'], rows)] : []),
      ...(command.epilogue
        ? [
            command.epilogue.includes('\n')
              ? `\`\`\`text\n${command.epilogue}\n\`\`\``
              : command.epilogue,
          ]
        : []),
    ].join('\n\n');
  });
  return `# Commands

What \`sage COMMAND --help\` says, on one page: generated from the program by \`npm run generate\`. More of the two that matter
most: [\`sage stream\`](stream.md), [\`sage validate\`](validate.md); used together: [Examples](../EXAMPLES.md). Exit codes:
[failures.md](failures.md#exit-codes); settings: [configuration.md](configuration.md).

${table(['Command', 'What it does'], links)}

${parts.join('\n\n')}
`;
}

/** A Markdown table as prettier would write it. */
function table(head, rows) {
  const clean = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...clean.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [first, ...others] = clean;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join(
    '\n',
  );
}
