/** Outputs of runners that are not installed here, as their documentation shows them; recorded ones are in recorded.ts. */
interface Output {
  readonly of: string;
  readonly text: string;
  readonly failures: readonly string[];
}

export const outputs: readonly Output[] = [
  {
    of: 'dotnet test',
    text: `  Failed P.Tests.Sum.Adds [12 ms]
  Error Message:
   Assert.Equal() Failure
  Failed P.Tests.Sum.Takes(a: 1, b: 2) [< 1 ms]
  Error Message:
   no

Failed!  - Failed:     2, Passed:     3, Skipped:     0, Total:     5, Duration: 21 ms - P.Tests.dll (net8.0)
`,
    failures: ['P.Tests.Sum.Adds', 'P.Tests.Sum.Takes(a: 1, b: 2)'],
  },
  {
    of: 'JUnit by Maven',
    text: `[INFO] Running org.p.SumTest
[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.031 s <<< FAILURE! -- in org.p.SumTest
[ERROR] org.p.SumTest.adds -- Time elapsed: 0.006 s <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <3> but was: <4>
[ERROR] org.p.SumTest.takes -- Time elapsed: 0.001 s <<< ERROR!
[INFO] Results:
[ERROR] Failures:
[ERROR]   SumTest.adds:12 expected: <3> but was: <4>
[ERROR] Errors:
[ERROR]   SumTest.takes:20 NullPointer
[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0
`,
    failures: ['org.p.SumTest.adds', 'org.p.SumTest.takes'],
  },
  {
    of: 'JUnit by Gradle',
    text: `> Task :test FAILED

SumTest > adds() FAILED
    org.opentest4j.AssertionFailedError at SumTest.java:12

3 tests completed, 1 failed

FAILURE: Build failed with an exception.
`,
    failures: ['SumTest › adds()'],
  },
  {
    of: 'MSBuild',
    text: `/w/p/Sum.cs(3,5): error CS1002: ; expected [/w/p/p.csproj]
`,
    failures: ['/w/p/Sum.cs CS1002 ; expected'],
  },
  {
    of: 'tape',
    text: `TAP version 13
# adds
ok 1 should be equal
not ok 2 should be equal
  ---
    operator: equal
    expected: 4
    actual:   3
  ...
# takes
not ok 3 should be equal

1..3
# tests 3
# pass  1
# fail  2
`,
    failures: ['adds › should be equal', 'takes › should be equal'],
  },
  {
    of: 'bats',
    text: `1..3
ok 1 is there
not ok 2 adds in 4ms
# (in test file test/a.bats, line 3)
#   \`false' failed
not ok 3 later # TODO some day
`,
    failures: ['adds in 4ms'],
  },
  {
    of: 'unittest',
    text: `F.E
======================================================================
ERROR: test_takes (test_a.Sum.test_takes)
----------------------------------------------------------------------
Traceback (most recent call last):
NameError: name 'x' is not defined

======================================================================
FAIL: test_adds (test_a.Sum.test_adds)
----------------------------------------------------------------------
AssertionError: 3 != 4

----------------------------------------------------------------------
Ran 3 tests in 0.001s

FAILED (failures=1, errors=1)
`,
    failures: ['test_adds (test_a.Sum.test_adds)', 'test_takes (test_a.Sum.test_takes)'],
  },
  {
    of: 'automake',
    text: `PASS: one.sh
FAIL: two.sh
# TOTAL: 2
# PASS:  1
# FAIL:  1
# ERROR: 0
`,
    failures: ['two.sh'],
  },
  {
    of: 'a runner of somebody',
    text: 'ok adds\nFAIL takes (12 ms)\nFAIL: gives\n',
    failures: ['gives', 'takes'],
  },
];
