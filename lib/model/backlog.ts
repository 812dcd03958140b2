/** What the tickets of a run come from: the ticket index, or what a workflow tool has collected. */
export const backlogs = ['tickets', 'requirements', 'implement'] as const;
export type Backlog = (typeof backlogs)[number];

/** The index in which the states of a backlog stand, relative to the checkout: `.sage/tickets/index.json`. */
export const indexPathOf = (backlog: Backlog) => `.sage/${backlog}/index.json`;

/** The call that works a backlog off. */
export const callOf = (backlog: Backlog) =>
  backlog === 'tickets' ? 'sage stream --auto' : `sage ${backlog}`;

/** The call that says why something of a backlog waits. */
export const explainCallOf = (backlog: Backlog, id: string) =>
  backlog === 'tickets' ? `sage stream --explain ${id}` : `sage ${backlog} --dry-run`;
