/**
 * A fetch into the user's repository that keeps to what it is asked for, whatever their configuration says. Where from and
 * the refspecs follow.
 */
export const PLAIN_FETCH = [
  '-c',
  'protocol.file.allow=always',
  '-c',
  'fetch.writeCommitGraph=false',
  // Older protocols give no commit that is not the tip of a ref.
  '-c',
  'protocol.version=2',
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-prune',
  '--no-recurse-submodules',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
];
