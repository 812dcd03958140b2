import { Chalk, type ChalkInstance } from 'chalk';

/** Colour, or none: decided once, where the output is known. */
export const createPaint = (hasColour: boolean): ChalkInstance =>
  new Chalk({ level: hasColour ? 1 : 0 });
