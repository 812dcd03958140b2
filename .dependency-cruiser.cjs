// The layers of lib/ (ARCHITECTURE.md): imports go down only, and each outside library has one home.
const layers = [
  ['model'],
  ['graph', 'workflow', 'engine', 'plan'],
  ['config', 'tickets', 'secrets', 'journal', 'process', 'git'],
  ['lanes', 'agents', 'checks', 'land', 'execute', 'items'],
  ['run', 'audit', 'clean', 'show', 'serve'],
  ['cli'],
];

const upward = layers.flatMap((folders, level) => {
  const above = layers.slice(level + 1).flat();
  return above.length === 0
    ? []
    : [
        {
          name: `layer-${level}-imports-down-only`,
          severity: 'error',
          from: { path: `^lib/(${folders.join('|')})/` },
          to: { path: `^lib/(${above.join('|')})/` },
        },
      ];
});

const homes = {
  zod: ['model', 'config'],
  '@dagrejs/graphlib': ['graph'],
  execa: ['process'],
  'proper-lockfile': ['journal', 'land'],
  chalk: ['show'],
  'string-width': ['show'],
  yargs: ['cli'],
  yaml: ['workflow', 'config'],
  ws: ['serve'],
};
const walls = Object.entries(homes).map(([library, folders]) => ({
  name: `only-${folders.join('-and-')}-may-import-${library.replace(/[@/]/g, '')}`,
  severity: 'error',
  from: { path: '^lib/', pathNot: `^lib/(${folders.join('|')})/` },
  to: { path: `node_modules/${library}/` },
}));

/** Folders of one layer that must not know each other. */
const apart = ['lanes', 'agents', 'checks', 'land', 'execute', 'items'].map((folder) => ({
  name: `${folder}-stands-alone`,
  severity: 'error',
  from: { path: `^lib/${folder}/` },
  to: {
    path: '^lib/(lanes|agents|checks|land|execute|items)/',
    pathNot: `^lib/${folder}/`,
  },
}));

module.exports = {
  forbidden: [
    ...upward,
    ...walls,
    ...apart,
    {
      name: 'pure-layers-have-no-outside',
      severity: 'error',
      from: { path: '^lib/(model|graph|workflow|engine|plan)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'graph-knows-nothing-above',
      severity: 'error',
      from: { path: '^lib/graph/' },
      to: { path: '^lib/(workflow|engine|plan)/' },
    },
    {
      name: 'engine-does-not-know-plan',
      severity: 'error',
      from: { path: '^lib/engine/' },
      to: { path: '^lib/plan/' },
    },
    {
      name: 'workflow-tools-know-no-engine',
      comment: 'A tool says what there is to do; running it is the one engine (003-1.2).',
      severity: 'error',
      from: { path: '^lib/items/' },
      to: { path: '^lib/(graph|engine|plan|journal|process)/' },
    },
    {
      name: 'readers-do-not-touch-doers',
      severity: 'error',
      from: { path: '^lib/(show|serve)/' },
      to: { path: '^lib/(run|clean|lanes|agents|checks|land|execute|items|git|process|tickets)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
