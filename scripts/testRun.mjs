// Runs of vitest, and what they counted.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** More broken files than these are no accident of a busy machine. */
const maxFilesRunAgain = 4;

/**
 * Runs the tests of a configuration file, their output on this terminal. Files that failed run once more, by themselves: editors, engines and programs of others
 * share few cores here. What passes only then counts as passed and is named as such. A counterexample of a property is never tried again, since other values
 * would be drawn. A runner that crashes counts as one failure.
 */
export async function runTests(config, filters) {
  const first = await runOnce(config, filters);
  const files = filesToRunAgain(first);
  if (files.length === 0) return countsOf(first);
  console.log(`\nRunning again what failed: ${files.map((file) => path.relative(root, file)).join(', ')}`);
  return countsOf(first, await runOnce(config, files));
}

async function runOnce(config, filters) {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-test-'));
  const report = path.join(folder, 'report.json');
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const args = ['run', '--config', config, '--passWithNoTests', ...filters];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const child = spawn(process.execPath, [vitest, ...args, ...reporters], { cwd: root, stdio: 'inherit' });
    const code = await new Promise((resolve) => {
      child.once('close', resolve);
      child.once('error', resolve);
    });
    return readRun(existsSync(report) ? readFileSync(report, 'utf8') : '', code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What vitest's JSON report says of each file; `files` is undefined where there is no whole report, as after a crash. */
export function readRun(report, exitCode) {
  try {
    return { files: JSON.parse(report).testResults, exitCode };
  } catch {
    return { files: undefined, exitCode };
  }
}

function isCounterexample({ failureMessages = [] }) {
  return failureMessages.some((text) => text.includes('Property failed'));
}

/** The paths of the files that may have failed by accident. */
export function filesToRunAgain({ files = [] }) {
  const failed = files.filter(({ status }) => status === 'failed');
  const again = failed.filter(({ assertionResults }) => !assertionResults.some(isCounterexample));
  return failed.length > maxFilesRunAgain ? [] : again.map(({ name }) => name);
}

/** The numbers of a run and the names of what failed; `again` is the run of the files that failed in the first one. */
export function countsOf(first, again = { files: [], exitCode: 0 }) {
  if (first.files === undefined) {
    // No report, or half of one: the runner crashed, which the exit code says too.
    return { passed: 0, failed: 1, skipped: 0, failures: ['the test runner ended without a report'], flaky: [] };
  }
  const second = new Map((again.files ?? []).map((file) => [file.name, file]));
  const files = first.files.map((file) => second.get(file.name) ?? file);
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const count = (wanted) => tests.filter(({ status }) => status === wanted).length;
  const failures = failuresOf(files);
  // An error outside of any test fails the run and no test.
  const isUnaccounted = failures.length === 0 && (again.exitCode !== 0 || (first.exitCode !== 0 && second.size === 0));
  if (isUnaccounted) failures.push('an error outside of any test');
  return {
    passed: count('passed'),
    failed: failures.length,
    skipped: tests.length - count('passed') - count('failed'),
    failures,
    flaky: failuresOf(first.files).filter((name) => !failures.includes(name)),
  };
}

function failuresOf(files) {
  return files.flatMap(({ name, status, assertionResults }) => {
    const file = path.relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    // A file that could not be loaded, or whose hooks failed, has no failed test to show for it.
    if (status === 'failed' && failed.length === 0) return [file];
    return failed.map(({ fullName }) => `${file}: ${fullName}`);
  });
}

/** All counts as the one line that ends a run, and before it the names of what failed or passed only the second time. */
export function summaryOf(counts) {
  const sum = (key) => counts.reduce((total, each) => total + each[key], 0);
  const names = (key, title) => counts.flatMap((each) => each[key] ?? []).map((name) => `${title}: ${name}`);
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return {
    text: [...names('flaky', 'Passed only when run again'), ...names('failures', 'Failed'), line].join('\n'),
    failed,
  };
}
