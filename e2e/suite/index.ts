/** Runs inside the extension host of a real VS Code on the sample workspace: the same file in the browser's and the desktop's editor. */
import { renameSync, writeFileSync } from 'node:fs';
import { hostTests } from './hostTests.ts';
import { reportVariable, type SuiteReport, type SuiteResult } from './report.ts';

/** The contract of `extensionTestsPath`: rejects when a test failed. */
export async function run(): Promise<void> {
  const tests: SuiteResult[] = [];
  for (const [name, body] of Object.entries(hostTests)) {
    const notes: string[] = [];
    const started = performance.now();
    const error = await body((note) => notes.push(note)).then(
      () => undefined,
      (reason: unknown) => describe(reason),
    );
    const result = { name, millis: performance.now() - started, notes };
    tests.push(error === undefined ? result : { ...result, error });
  }
  writeReport({ tests });
  const failed = tests.filter(({ error }) => error !== undefined);
  if (failed.length > 0) throw new Error(failed.map(({ name, error }) => `${name}\n${error}`).join('\n\n'));
}

function writeReport(report: SuiteReport): void {
  const file = process.env[reportVariable];
  if (file === undefined) return;
  // Renamed into place, so that a reader sees all of it or nothing.
  writeFileSync(`${file}.new`, JSON.stringify(report));
  renameSync(`${file}.new`, file);
}

function describe(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  const cause = reason.cause === undefined ? '' : `\nCaused by ${describe(reason.cause)}`;
  return `${reason.stack ?? reason.message}${cause}`;
}
