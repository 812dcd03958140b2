import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../rig/home.js';
import { within } from '../rig/within.js';
import { claudeRig, hostCalls, isWorker, ticketOf, workAndCommit } from './claude-rig.js';
import { Gate } from './gate.js';
import { followCommand } from './host-model.js';
import { Terminal } from './terminal.js';

describe('the plugin in an interactive session, typed into a terminal', () => {
  test('002-1.1 /stream --auto --parallel=3 in the mode that a new user has: starts, follows, reports; then /sage:status', async () => {
    await using world = await claudeRig((request) =>
      isWorker(request) ? workAndCommit(request) : followCommand(request),
    );
    const { rig, model } = world;
    await rig.config({ agents: {}, agent: 'claude' });
    await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }, { id: 'T-3' }]);
    const isAsked = (name: string) => () =>
      model.requests.some(({ command }) => command?.name === name);
    {
      await using terminal = await Terminal.open(rig, '--plugin-dir', repositoryRoot);
      await terminal.type('/stream --auto --parallel=3', isAsked('sage:stream'));
      await terminal.shows('delivered: work now stands at', 50_000);
      expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', 'T-2': 'COMPLETED', 'T-3': 'COMPLETED' });

      // The bare name belongs to a panel of Claude Code's own (docs/plugin.md).
      await terminal.type('/status', () => terminal.text.includes('Session ID'));
      await terminal.press('\u001b');
      expect(isAsked('sage:status')()).toBe(false);
      const said = terminal.text.length;
      await terminal.type('/sage:status', isAsked('sage:status'));
      await terminal.shows('delivered: work now stands at');
      expect(terminal.text.length).toBeGreaterThan(said);
    }
    // Nobody was asked for a permission: every call came back with sage's own words.
    const refused = model.requests.flatMap(({ results }) =>
      results.filter(({ isError }) => isError),
    );
    expect(refused).toEqual([]);
  });

  test('002-1.3 /stream and a yes to each of its questions: nothing else is asked, the work lands', async () => {
    await using world = await claudeRig((request) =>
      isWorker(request) ? workAndCommit(request) : followCommand(request),
    );
    const { rig, model } = world;
    await rig.config({ agents: {}, agent: 'claude' });
    await rig.tickets([{ id: 'T-1' }]);
    {
      await using terminal = await Terminal.open(rig, '--plugin-dir', repositoryRoot);
      const called = (call: string, times: number) => () =>
        hostCalls(model).filter(({ command }) => String(command).startsWith(call)).length === times;
      await terminal.type('/stream', called('sage stream --step', 1));
      await terminal.shows('why now:');
      await terminal.type('yes', called('sage approve T-1', 1));
      await terminal.shows('Ready to land: T-1', 40_000);
      await terminal.type('yes', called('sage approve T-1', 2));
      await terminal.shows('delivered: work now stands at', 40_000);
      expect(terminal.text).not.toContain('Do you want to proceed');
    }
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED' });
  });

  test('Esc ends the following and not the run; /sage:stop then lets it finish what it has begun', async () => {
    const gate = new Gate();
    await using world = await claudeRig(async (request) => {
      if (!isWorker(request)) return followCommand(request);
      if (request.turn === 0) await gate.pass(ticketOf(request.said));
      return workAndCommit(request);
    });
    const { rig, model } = world;
    await rig.config({ agents: {}, agent: 'claude' });
    await rig.tickets([{ id: 'T-1' }, { id: 'T-2' }]);
    {
      await using terminal = await Terminal.open(rig, '--plugin-dir', repositoryRoot);
      const isAsked = (name: string) => () =>
        model.requests.some(({ command }) => command?.name === name);
      await terminal.type('/stream --auto', isAsked('sage:stream'));
      await terminal.shows('sage status --for 9m');
      await within(gate.full(1), 20_000, () => 'no worker came');
      await terminal.press('\u001b');
      await terminal.shows('Interrupted');
      await terminal.type('/sage:stop', isAsked('sage:stop'));
      await terminal.shows('stops: nothing new starts; 1 agent');
      gate.open();
      expect((await rig.run('status', '--follow')).code).toBe(0);
    }
    expect(rig.states()).toEqual({ 'T-1': 'COMPLETED', 'T-2': 'UNPROCESSED' });
  });
});
