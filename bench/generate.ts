/** A generated index as text: `size` tickets, about `edges` dependencies on earlier ones, no cycle. Deterministic. */
export function generateIndex(size: number, edges: number): string {
  const random = randomFrom(size + edges);
  const below = (limit: number) => Math.floor(random() * limit);
  const tickets = Array.from({ length: size }, (_, index) => {
    const wanted = index === 0 ? 0 : Math.round((edges / size) * 2 * random());
    // Most dependencies are near, as in real queues; that also makes the graph deep.
    const dependencies = Array.from({ length: wanted }, () =>
      name(below(4) === 0 ? below(index) : Math.max(0, index - 1 - below(200))),
    );
    return {
      id: name(index),
      title: `Ticket number ${index}`,
      state: 'UNPROCESSED',
      priority: `P${below(3)}`,
      type: 'implementation',
      validation_type: 'generic',
      dependencies: [...new Set(dependencies)],
      effort: [1, 3, 8][below(3)],
      targetFiles: [{ path: `src/part-${below(size)}.ts`, action: 'modify', purpose: '' }],
    };
  });
  return JSON.stringify({ version: '1.0', tickets }, undefined, 2);
}

/** Numbers in 0…1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const name = (index: number) => `PART${Math.floor(index / 500)}-${String(index).padStart(3, '0')}`;
