// One run of vitest, and what it counted.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the tests of a configuration file, their output on this terminal. A runner that crashes counts as one failure. */
export async function runTests(config, filters) {
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
    const text = existsSync(report) ? readFileSync(report, 'utf8') : '';
    return countsOf(text, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The numbers of a run, out of vitest's JSON report and its exit code. */
export function countsOf(report, exitCode) {
  let tests = [];
  let brokenFiles = 0;
  try {
    const files = JSON.parse(report).testResults;
    tests = files.flatMap(({ assertionResults }) => assertionResults);
    // A file that could not be loaded, or whose hooks failed, has no failed test to show for it.
    brokenFiles = files.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    ).length;
  } catch {
    // No report, or half of one: the runner crashed, which the exit code says too.
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const failed = tests.filter(({ status }) => status === 'failed').length + brokenFiles;
  // An error outside of any test fails the run and no test.
  const unaccounted = exitCode !== 0 && failed === 0 ? 1 : 0;
  return { passed, failed: failed + unaccounted, skipped: tests.length - passed - (failed - brokenFiles) };
}

/** All counts as the one line that ends a run. */
export function summaryLine(counts) {
  const sum = (key) => counts.reduce((total, each) => total + each[key], 0);
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
  return { line: `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`, failed };
}
