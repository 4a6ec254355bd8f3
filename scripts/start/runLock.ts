import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

type RunLock = { readonly kind: 'held'; release(): void } | { readonly kind: 'taken'; readonly sentence: string };

/**
 * One `npm start` a clone. The lock is an exclusive transaction on an empty SQLite file: the operating system drops it with the
 * process, however that ends.
 */
export function takeRunLock(stateFolder: string): RunLock {
  const database = new DatabaseSync(path.join(stateFolder, 'start.lock'), { timeout: 0 });
  try {
    database.exec('begin exclusive');
    return { kind: 'held', release: () => database.close() };
  } catch {
    // The only failure of a lock on a file of our own: somebody has it.
    database.close();
    return { kind: 'taken', sentence: describeOther(stateFolder) };
  }
}

/** Leaves word for a second `npm start`. */
export function announceRun(stateFolder: string, url: string | undefined): void {
  writeFileSync(path.join(stateFolder, 'running.json'), JSON.stringify({ pid: process.pid, url }), { mode: 0o600 });
}

function describeOther(stateFolder: string): string {
  const file = path.join(stateFolder, 'running.json');
  if (!existsSync(file)) return 'Sightline is already starting from this folder.';
  const { pid, url }: { pid: number; url?: string } = JSON.parse(readFileSync(file, 'utf8'));
  const where = url === undefined ? 'in its own VS Code window' : `at ${url}`;
  return `Sightline already runs from this folder, ${where} (process ${pid}). Press Ctrl-C there to end it.`;
}
