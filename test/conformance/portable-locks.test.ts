import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../rig/home.js';

const portable = /^(node:(fs\/promises|path|timers\/promises)|proper-lockfile|\.{1,2}\/.*)$/;

describe('locks', () => {
  test.each(['lib/journal/owner.ts', 'lib/land/lander-lock.ts'])(
    '002-11.1 %s is built on folders and times alone, which Linux and macOS share',
    (file) => {
      const source = readFileSync(join(repositoryRoot, file), 'utf8');
      const imported = [...source.matchAll(/from '([^']+)'/g)].map((match) => match[1]!);
      expect(imported).toContain('proper-lockfile');
      expect(imported.filter((name) => !portable.test(name))).toEqual([]);
      expect(source).not.toMatch(/process\.platform|\/proc\/|flock|execa|child_process/);
    },
  );

  test('002-11.1 who is alive is asked in one place, which knows a way for each system', () => {
    const source = readFileSync(join(repositoryRoot, 'lib/process/identity.ts'), 'utf8');
    expect(source).toMatch(/process\.platform === 'linux'/);
    expect(source).toMatch(/execFileSync\('ps'/);
  });
});
