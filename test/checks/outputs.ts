/** Outputs of runners that are not installed here, as their documentation shows them, one failing project each. */
interface Output {
  readonly of: string;
  readonly text: string;
  readonly failures: readonly string[];
}

export const outputs: readonly Output[] = [
  {
    of: 'vitest',
    text: `
 ❯ src/sum.test.ts (3 tests | 2 failed) 5ms
   × adds 4ms
     → expected 3 to be 4

⎯⎯⎯⎯⎯⎯⎯ Failed Suites 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  src/broken.test.ts [ src/broken.test.ts ]
Error: Transform failed with 1 error

⎯⎯⎯⎯⎯⎯⎯ Failed Tests 2 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  src/sum.test.ts > adds
AssertionError: expected 3 to be 4
 ❯ src/sum.test.ts:4:19

 FAIL  src/sum.test.ts > deep > subtracts
AssertionError: expected 1 to be 2

 Test Files  2 failed | 1 passed (3)
      Tests  2 failed | 1 passed (3)
   Start at  10:00:00
   Duration  312ms
`,
    failures: [
      'src/broken.test.ts [ src/broken.test.ts ]',
      'src/sum.test.ts > adds',
      'src/sum.test.ts > deep > subtracts',
    ],
  },
  {
    of: 'mocha',
    text: `

  Array
    ✔ is there
    1) adds
    #deep
      2) when asked: twice


  1 passing (5ms)
  2 failing

  1) Array
       adds:

      AssertionError [ERR_ASSERTION]: 3 == 4
      + expected - actual

      at Context.<anonymous> (test/a.js:5:14)

  2) Array
       #deep
         when asked: twice:
     Error: no
      at Context.<anonymous> (test/a.js:9:14)


`,
    failures: ['Array › #deep › when asked: twice', 'Array › adds'],
  },
  {
    of: 'pytest',
    text: `============================= test session starts ==============================
collected 4 items / 1 error

=================================== FAILURES ===================================
_________________________________ test_adds ____________________________________
    def test_adds():
>       assert 1 == 2
E       assert 1 == 2

tests/test_a.py:4: AssertionError
=========================== short test summary info ============================
FAILED tests/test_a.py::test_adds - assert 1 == 2
FAILED tests/test_a.py::test_many[one two - three] - AssertionError: [no]
FAILED tests/test_a.py::TestAll::test_in
ERROR tests/test_b.py - ModuleNotFoundError: No module named 'nothing'
============== 3 failed, 1 passed, 1 warning, 1 error in 0.12s ===============
`,
    failures: [
      'tests/test_a.py::TestAll::test_in',
      'tests/test_a.py::test_adds',
      'tests/test_a.py::test_many[one two - three]',
      'tests/test_b.py (error)',
    ],
  },
  {
    of: 'go test',
    text: `--- FAIL: TestAdds (0.00s)
    --- FAIL: TestAdds/twice (0.00s)
        a_test.go:8: got 3
FAIL
FAIL\texample.com/p/a\t0.003s
# example.com/p/b
b/b.go:3:2: undefined: nothing
FAIL\texample.com/p/b [build failed]
--- FAIL: TestPanics (0.00s)
panic: no [recovered]
goroutine 6 [running]:
exit status 2
FAIL\texample.com/p/c\t0.005s
ok  \texample.com/p/d\t0.002s
FAIL
`,
    failures: [
      'example.com/p/a › TestAdds',
      'example.com/p/a › TestAdds/twice',
      'example.com/p/b [build failed]',
      'example.com/p/c › TestPanics',
      'example.com/p/c › exit status 2',
    ],
  },
  {
    of: 'cargo test',
    text: `   Compiling p v0.1.0 (/w/p)
    Finished \`test\` profile [unoptimized + debuginfo] target(s) in 0.41s
     Running unittests src/lib.rs (target/debug/deps/p-0f1e2d3c4b5a6978)

running 2 tests
test tests::adds ... FAILED
test tests::is ... ok

failures:
    tests::adds

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests p

running 1 test
test src/lib.rs - twice (line 3) ... FAILED

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.20s

error: 2 targets failed:
`,
    failures: ['doc-tests of p › src/lib.rs - twice', 'src/lib.rs › tests::adds'],
  },
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
