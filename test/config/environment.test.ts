import { homedir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { readEnvironment } from '../../lib/config/environment.js';

describe('the environment', () => {
  test('state lives under XDG_STATE_HOME when that is absolute, as the specification demands', () => {
    expect(readEnvironment({ HOME: '/h', XDG_STATE_HOME: '/s' }).stateHome).toBe('/s');
    expect(readEnvironment({ HOME: '/h', XDG_STATE_HOME: 's' }).stateHome).toBe('/h/.local/state');
    expect(readEnvironment({ HOME: '/h' }).stateHome).toBe('/h/.local/state');
  });

  test('a missing or empty HOME is asked of the system', () => {
    expect(readEnvironment({}).home).toBe(homedir());
    expect(readEnvironment({ HOME: '' }).home).not.toBe('');
  });

  test.each([
    [{}, 'terminal'],
    [{ NO_COLOR: '1' }, 'never'],
    [{ NO_COLOR: '' }, 'terminal'],
    [{ FORCE_COLOR: '1' }, 'always'],
    [{ FORCE_COLOR: '0' }, 'never'],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, 'never'],
  ])('%j wishes colour %s', (variables, colour) => {
    expect(readEnvironment(variables).colour).toBe(colour);
  });

  test('only a sensible COLUMNS counts', () => {
    expect(readEnvironment({ COLUMNS: '120' }).columns).toBe(120);
    expect(readEnvironment({ COLUMNS: '3' }).columns).toBeUndefined();
    expect(readEnvironment({ COLUMNS: 'wide' }).columns).toBeUndefined();
  });

  test('it is a snapshot: later changes of the source do not show', () => {
    const variables: NodeJS.ProcessEnv = { A: '1' };
    const environment = readEnvironment(variables);
    variables['A'] = '2';
    expect(environment.variables['A']).toBe('1');
  });
});
