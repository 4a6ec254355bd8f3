import path from 'node:path';
import { expect, test } from 'vitest';
import { countsOf, filesToRunAgain, readRun, summaryOf } from './testRun.mjs';

test('passed, failed and skipped tests are counted, and those that failed are named', () => {
  check(
    [run({ 'a.test.ts': 'passed passed', 'b.test.ts': 'failed pending todo' })],
    ['Failed: b.test.ts: test 1', '2 passed, 1 failed, 2 skipped'],
  );
});

test('nothing is said of skipped tests where there are none', () => {
  check([run({ 'a.test.ts': 'passed' })], ['1 passed, 0 failed']);
});

test('a file that could not be loaded counts as one failure', () => {
  check([run({ 'a.test.ts': 'passed', 'b.test.ts': '' })], ['Failed: b.test.ts', '1 passed, 1 failed']);
});

test('a run that fails although each test passed counts as one failure', () => {
  check([run({ 'a.test.ts': 'passed' }, 1)], ['Failed: an error outside of any test', '1 passed, 1 failed']);
});

test('a runner that crashes before it reports counts as one failure', () => {
  const lines = ['Failed: the test runner ended without a report', '0 passed, 1 failed'];
  check([readRun('', 134)], lines);
  check([readRun('{"testRes', 0)], lines);
});

test('what passes when it is run again counts as passed, and is named', () => {
  check(
    [run({ 'a.test.ts': 'passed failed', 'b.test.ts': 'passed' }), run({ 'a.test.ts': 'passed passed' })],
    ['Passed only when run again: a.test.ts: test 2', '3 passed, 0 failed'],
  );
});

test('what fails again has failed, also where it is another test of that file', () => {
  check(
    [run({ 'a.test.ts': 'passed failed' }), run({ 'a.test.ts': 'failed passed' })],
    ['Passed only when run again: a.test.ts: test 2', 'Failed: a.test.ts: test 1', '1 passed, 1 failed'],
  );
});

test('a second run that crashes leaves what failed in the first', () => {
  check([run({ 'a.test.ts': 'passed failed' }), readRun('', 134)], ['Failed: a.test.ts: test 2', '1 passed, 1 failed']);
});

test('a second run that breaks outside of any test has failed', () => {
  check(
    [run({ 'a.test.ts': 'failed' }), run({ 'a.test.ts': 'passed' }, 1)],
    ['Passed only when run again: a.test.ts: test 1', 'Failed: an error outside of any test', '1 passed, 1 failed'],
  );
});

test('a file runs again where a test of it failed or its hooks did', () => {
  checkRunAgain(run({ 'a.test.ts': 'failed', 'b.test.ts': 'passed', 'c.test.ts': '' }), 'a.test.ts c.test.ts');
});

test('a counterexample of a property is not tried again', () => {
  checkRunAgain(run({ 'a.test.ts': 'failed' }, 1, 'Property failed after 3 tests'), '');
});

test('nothing runs again where many files failed, or no report was written', () => {
  checkRunAgain(run(Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [`${name}.test.ts`, 'failed']))), '');
  checkRunAgain(readRun('', 1), '');
});

type Run = ReturnType<typeof readRun>;

/** A run of those files, each with the states of its tests; its exit code is vitest's own unless it is given. */
function run(files: Record<string, string>, exitCode?: number, message = 'expected 1 to be 2'): Run {
  const testResults = Object.entries(files).map(([file, states]) => ({
    name: path.resolve(file),
    status: states === '' || states.includes('failed') ? 'failed' : 'passed',
    assertionResults: states
      .split(' ')
      .filter((status) => status !== '')
      .map((status, index) => ({
        fullName: `test ${index + 1}`,
        status,
        failureMessages: status === 'failed' ? [message] : [],
      })),
  }));
  const isFailed = testResults.some(({ status }) => status === 'failed');
  return readRun(JSON.stringify({ testResults }), exitCode ?? Number(isFailed));
}

/** Compares what is printed after one run, or after a first run and that of its failed files. */
function check([first, again]: readonly Run[], lines: readonly string[]): void {
  if (first === undefined) throw new Error('no run');
  expect(summaryOf([countsOf(first, again)]).text).toBe(lines.join('\n'));
}

function checkRunAgain(first: Run, files: string): void {
  expect(
    filesToRunAgain(first)
      .map((file: string) => path.basename(file))
      .join(' '),
  ).toBe(files);
}
