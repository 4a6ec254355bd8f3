import { expect, test } from 'vitest';
import { countsOf, summaryLine } from './testRun.mjs';

test('passed, failed and skipped tests are counted', () => {
  expect(
    check(
      [
        ['passed', 'passed'],
        ['failed', 'pending', 'todo'],
      ],
      1,
    ),
  ).toBe('2 passed, 1 failed, 2 skipped');
});

test('nothing is said of skipped tests where there are none', () => {
  expect(check([['passed']], 0)).toBe('1 passed, 0 failed');
});

test('a file that could not be loaded counts as one failure', () => {
  expect(check([['passed'], []], 1, 1)).toBe('1 passed, 1 failed');
});

test('a run that fails although each test passed counts as one failure', () => {
  expect(check([['passed']], 1)).toBe('1 passed, 1 failed');
});

test('a runner that crashes before it reports counts as one failure', () => {
  expect(summaryLine([countsOf('', 134)]).line).toBe('0 passed, 1 failed');
  expect(summaryLine([countsOf('{"testRes', 0)]).line).toBe('0 passed, 1 failed');
});

/** The line for one file per list of test states; `broken` is the index of a file that failed as a whole. */
function check(files: readonly (readonly string[])[], exitCode: number, broken?: number): string {
  const testResults = files.map((states, index) => ({
    status: index === broken || states.includes('failed') ? 'failed' : 'passed',
    assertionResults: states.map((status) => ({ status })),
  }));
  return summaryLine([countsOf(JSON.stringify({ testResults }), exitCode)]).line;
}
