import { inSeconds, times, type Figure } from './figure.js';
import { createScratch } from './scratch.js';

const TICKETS = 12;
const SECONDS = 2;

/** Twelve independent tickets of two seconds: three workers against one. Both run at once: sleeping costs nothing. */
export async function benchSpeedUp(): Promise<readonly Figure[]> {
  const [three, one] = await Promise.all([wall(['--parallel=3']), wall([])]);
  return [
    {
      what: `${TICKETS} independent ${SECONDS} s tickets, 3 workers against sequential`,
      figure: `${times(one / three)} (${inSeconds(three)} against ${inSeconds(one)})`,
      aim: '≥ 2.8 ×',
    },
  ];
}

async function wall(flags: readonly string[]): Promise<number> {
  await using scratch = await createScratch(200);
  const tickets = Array.from({ length: TICKETS }, (_, number) => ({ id: `T-${number}` }));
  await scratch.queue(tickets, `sleep ${SECONDS}; echo done > "done-$SAGE_TICKET.txt"`);
  return (await scratch.stream(flags)).wallMs;
}
