import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../rig/home.js';

interface Recorded {
  /** In `recorded/`: what the tool printed to both streams, whole; only the machine's folders are called `/w/p`. */
  readonly file: string;
  /** Tool, version and command line. */
  readonly by: string;
  readonly failures?: readonly string[];
  /** Why it is not read. */
  readonly unnamed?: string;
}

const PYTEST = [
  'tests/test_a.py::TestAll::test_in',
  'tests/test_a.py::test_adds',
  'tests/test_a.py::test_many[a[b]]',
  'tests/test_a.py::test_many[new\\nline]',
  'tests/test_a.py::test_many[one two - three]',
  'tests/test_a.py::test_set_up (error)',
  'tests/test_a.py::test_torn_down (error)',
  'tests/test_a.py::test_unexpected',
  'tests/test_b.py (error)',
];
const STOPPED = 'it stopped before all tests had run';

/** Real outputs of tools that are not installed here, each of a small project that fails in many ways. */
export const recorded: readonly Recorded[] = [
  {
    file: 'pytest.txt',
    by: 'pytest 9.0.3: python -m pytest --continue-on-collection-errors',
    failures: PYTEST,
  },
  {
    file: 'pytest-quiet.txt',
    by: 'pytest 7.2.1: python -m pytest -q --continue-on-collection-errors',
    failures: PYTEST,
  },
  {
    file: 'pytest-interrupted.txt',
    by: 'pytest 9.0.3: python -m pytest',
    unnamed: STOPPED,
  },
  {
    file: 'pytest-first.txt',
    by: 'pytest 9.0.3: python -m pytest -x',
    unnamed: STOPPED,
  },
  {
    file: 'go-test.txt',
    by: 'go 1.19.8: go test ./...',
    // The first line of TestAdds stands behind what it printed; a logged `--- FAIL: TestNot` is none.
    failures: [
      'example.com/p/a › ExampleSum',
      'example.com/p/a › TestAdds',
      'example.com/p/a › TestAdds/twice_or_more',
      'example.com/p/a › TestLogs',
      'example.com/p/b [build failed]',
      'example.com/p/c › TestPanics',
      'example.com/p/c › panic',
    ],
  },
  {
    file: 'go-test-folder.txt',
    by: 'go 1.19.8: go test, in the folder c',
    failures: [
      'example.com/p/c › TestPanics',
      'example.com/p/c › exit status 2',
      'example.com/p/c › panic',
    ],
  },
  {
    file: 'cargo-test.txt',
    by: 'cargo 1.95.0: cargo test --no-fail-fast',
    // A printed `test tests::not ... FAILED` is none.
    failures: [
      'doc-tests of p › src/lib.rs - twice',
      'src/lib.rs › tests::adds',
      'src/lib.rs › tests::panics',
      'src/lib.rs › tests::returns',
      'tests/outside.rs › works',
    ],
  },
  {
    file: 'cargo-test-stops.txt',
    by: 'cargo 1.95.0: cargo test',
    unnamed: STOPPED,
  },
  {
    file: 'mocha.txt',
    by: "mocha 12.0.3: mocha '*.test.js'",
    failures: [
      'each › "before each" hook: named for "does not run"',
      'hooks › "before all" hook for "never runs"',
      'slow',
      'sum › #deep › when asked: twice',
      'sum › adds',
    ],
  },
  {
    file: 'vitest.txt',
    by: 'vitest 4.1.12, CI=1: vitest run',
    // A printed ` FAIL  not this` is none.
    failures: [
      'broken.test.js [ broken.test.js ]',
      'sum.test.js > each 2',
      'sum.test.js > hook',
      'sum.test.js > sum > adds',
      'sum.test.js > sum > deep > er > subtracts',
    ],
  },
];

export const textOf = ({ file }: Recorded) =>
  readFileSync(join(repositoryRoot, 'test/checks/recorded', file), 'utf8');
