import { describe, expect, test } from '@jest/globals';
import type { Rig } from '../rig/rig.js';
import { claudeRig } from './claude-rig.js';
import { LIMIT_MS, opencodeRig } from './opencode-rig.js';

interface Reply {
  readonly use: readonly { readonly tool: string; readonly input: Record<string, unknown> }[];
}

/** Reports badly, then well, then writes a file; each step by a tool of that CLI. */
const script =
  (tool: string, write: Reply['use'][number]) =>
  ({ turn }: { readonly turn: number }): Reply | { readonly say: string } => {
    const followUp = { kind: 'follow-up', title: 'Renew the key', priority: 'P1' };
    if (turn === 0) return { use: [{ tool, input: { ...followUp, priority: 'urgent' } }] };
    if (turn === 1) return { use: [{ tool, input: followUp }] };
    return turn === 2 ? { use: [write] } : { say: 'Done.' };
  };

interface World extends AsyncDisposable {
  readonly rig: Rig;
  readonly model: { readonly requests: readonly { readonly results: readonly unknown[] }[] };
}

const worlds: Readonly<
  Record<string, readonly [tool: string, make: (tool: string) => Promise<World>]>
> = {
  claude: [
    'mcp__sage__report',
    (tool) =>
      claudeRig(script(tool, { tool: 'Write', input: { file_path: 'a.txt', content: 'a\n' } })),
  ],
  opencode: [
    'sage_report',
    (tool) =>
      opencodeRig(script(tool, { tool: 'write', input: { filePath: 'a.txt', content: 'a\n' } })),
  ],
};

describe.each(Object.entries(worlds))('the real %s', (agent, [tool, make]) => {
  test(
    '001-6.6 reports a follow-up by the tool that it is lent, without a yes; what is wrong with a report is told to its model, and the index stays alone',
    async () => {
      await using world = await make(tool);
      const { rig, model } = world;
      await rig.tickets([{ id: 'T-1' }]);
      const { summary } = await rig.stream('--agent', agent, '--verify', 'none');
      expect(summary.landed.map(({ id }) => id)).toEqual(['T-1']);
      expect(summary.reports).toEqual([
        expect.objectContaining({
          ticket: 'T-1',
          kind: 'follow-up',
          title: 'Renew the key',
          priority: 'P1',
        }),
      ]);
      expect(Object.keys(rig.index())).toEqual(['T-1']);
      const answers = JSON.stringify(model.requests.map(({ results }) => results));
      expect(answers).toContain('Not noted: priority must be one of P0, P1, P2, P3, P4');
      expect(answers).toContain('Noted.');
      expect(rig.processes()).toEqual([]);
    },
    LIMIT_MS,
  );
});
