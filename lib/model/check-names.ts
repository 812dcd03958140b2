/** Groups of checks of `sage validate`, in the order they are shown; each can be chosen with `--check`. */
export const checkNames = [
  'schema',
  'duplicates',
  'dependencies',
  'configuration',
  'repository',
  'agent',
  'base',
  'parallel',
] as const;

export type CheckName = (typeof checkNames)[number];
