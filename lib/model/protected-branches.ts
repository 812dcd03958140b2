/** Branches that are never moved by a run (decision D3). */
const PROTECTED = new Set(['main', 'master']);

export const isProtected = (branch: string) => PROTECTED.has(branch);
