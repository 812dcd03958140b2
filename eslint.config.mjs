import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Rules that keep the house in order; the layers themselves are in .dependency-cruiser.cjs. */
const house = {
  'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
  'no-restricted-syntax': [
    'error',
    { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
    {
      selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
      message: 'Set process.exitCode and return.',
    },
  ],
  eqeqeq: 'error',
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/no-unnecessary-condition': 'error',
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/consistent-type-definitions': 'off',
};

const env = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only config/ reads the environment; pass values in.',
};
const printing = {
  selector: "CallExpression[callee.object.name='console']",
  message: 'Only show/ and cli/ print.',
};
const clock = {
  selector:
    "CallExpression[callee.object.name='Date'][callee.property.name='now'], NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.object.name='Math'][callee.property.name='random']",
  message: 'Pure layer: the clock and randomness arrive as arguments.',
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test/fixtures/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: house,
  },
  {
    files: ['lib/**/*.ts'],
    ignores: ['lib/config/**', 'lib/cli/**', 'lib/show/**'],
    rules: {
      'no-restricted-syntax': [...house['no-restricted-syntax'], env, printing],
    },
  },
  {
    files: ['lib/{model,graph,engine,plan,workflow}/**/*.ts'],
    rules: {
      'no-restricted-syntax': [...house['no-restricted-syntax'], env, printing, clock],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      'max-lines': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', 'bin/sage'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        exports: 'readonly',
        __dirname: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
  { files: ['bin/sage'], languageOptions: { sourceType: 'commonjs' } },
);
