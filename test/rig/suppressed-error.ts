/** Node 20 lacks it; without this the error of a test body would be hidden behind one of its `await using`. */
class BothErrors extends Error {
  readonly error: unknown;
  readonly suppressed: unknown;
  constructor(error: unknown, suppressed: unknown) {
    super(`${told(suppressed)}\n\nand, while putting the rig away: ${told(error)}`);
    this.name = 'SuppressedError';
    this.error = error;
    this.suppressed = suppressed;
  }
}

const told = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

Object.assign(globalThis, { SuppressedError: BothErrors });
