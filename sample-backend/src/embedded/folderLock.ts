import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../startError.ts';

/**
 * Two processes on one database folder would destroy it, and PGlite does not look. Returns the function that gives the folder free; throws
 * a `StartError` that names the process in the way. A lock whose process is gone (a crash) does not count.
 */
export function lockFolder(folder: string): () => void {
  const file = path.join(folder, 'in-use-by.pid');
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    const holder = Number(readFileSync(file, 'utf8'));
    if (isRunning(holder)) {
      throw new StartError(
        `The database folder ${folder} is in use by process ${holder}: end it, or set SAMPLE_DATA_DIR.`,
      );
    }
    writeFileSync(file, String(process.pid));
  }
  return () => rmSync(file, { force: true });
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) {
    return false;
  }
  try {
    // Signal 0 only asks whether the process is there.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
