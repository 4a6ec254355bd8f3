import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { projectRoot } from '../../e2e/paths.ts';

/** All that `npm start` writes: profiles, the hub's data, logs. Ignored by git; a test names a folder of its own. */
export const stateFolder = path.resolve(process.env['SIGHTLINE_START_DIR'] ?? path.join(projectRoot, '.sightline'));

/** What is left for others to find while `npm start` runs. */
interface Run {
  readonly pid: number;
  /** Of the window, where it is in a browser. */
  readonly url?: string;
  readonly backendUrl: string;
}

type RunLock = { readonly kind: 'held'; release(): void } | { readonly kind: 'taken'; readonly sentence: string };

/**
 * One `npm start` a clone. The lock is an exclusive transaction on an empty SQLite file: the operating system drops it with the
 * process, however that ends.
 */
export function takeRunLock(folder: string): RunLock {
  const database = new DatabaseSync(path.join(folder, 'start.lock'), { timeout: 0 });
  try {
    database.exec('begin exclusive');
    return { kind: 'held', release: () => database.close() };
  } catch {
    // The only failure of a lock on a file of our own: somebody has it.
    database.close();
    return { kind: 'taken', sentence: describeOther(folder) };
  }
}

/** Leaves word for a second `npm start`, and for `npm run traffic`. */
export function announceRun(
  folder: string,
  { url, backendPort }: { url: string | undefined; backendPort: number },
): void {
  const run: Run = {
    pid: process.pid,
    ...(url !== undefined && { url }),
    backendUrl: `http://127.0.0.1:${backendPort}`,
  };
  writeFileSync(path.join(folder, 'running.json'), JSON.stringify(run), { mode: 0o600 });
}

/** Where the backend of a running `npm start` answers; undefined when none runs. */
export function runningBackendUrl(folder: string): string | undefined {
  const run = readRun(folder);
  return run !== undefined && isAlive(run.pid) ? run.backendUrl : undefined;
}

function readRun(folder: string): Run | undefined {
  const file = path.join(folder, 'running.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** A run that was killed leaves its word behind. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function describeOther(folder: string): string {
  const run = readRun(folder);
  if (run === undefined) return 'Sightline is already starting from this folder.';
  const { pid, url } = run;
  const where = url === undefined ? 'in its own VS Code window' : `at ${url}`;
  return `Sightline already runs from this folder, ${where} (process ${pid}). Press Ctrl-C there to end it.`;
}
