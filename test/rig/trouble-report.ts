import type { RunEvent } from '../../lib/model/event.js';
import type { RigProcess } from './processes.js';
import type { Program } from './program.js';

/** What a rig knows when a test fails: living processes, what the programs said, the journal; each bounded. */
export function troubleReport(
  processes: readonly RigProcess[],
  programs: readonly Program[],
  journal: readonly RunEvent[],
): string {
  const lines = [
    '──── the rig when the test failed ────',
    ...processes.map(({ pid, command, cwd }) => `process ${pid} in ${cwd}: ${command}`),
    ...programs.flatMap(({ name, end, stdout, stderr }) => [
      `program "${name}": ${end ? `ended with ${end.code ?? end.signal ?? ''}` : 'runs'}`,
      ...stdout.slice(-4_000).split('\n'),
      ...stderr.slice(-4_000).split('\n'),
    ]),
    `journal: ${journal.length} events, the last are`,
    ...journal.slice(-40).map((event) => JSON.stringify(event).slice(0, 300)),
    '──────────────────────────────────────',
  ];
  return `${lines.join('\n')}\n`;
}
