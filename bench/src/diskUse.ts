import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface DiskUse {
  /** Bytes of the largest file that is not a write-ahead log: the database itself. */
  readonly mainFile: number;
  /** The files of more than 10 KB, in words. */
  readonly files: string;
}

/** What a data directory takes on disk. A file that goes while it is being looked at counts nothing. */
export function diskUse(dataDir: string): DiskUse {
  const sizes = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({
      name,
      bytes: statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0,
    }));
  const logs = /-(wal|shm)$/;
  return {
    mainFile: Math.max(0, ...sizes.filter(({ name }) => !logs.test(name)).map(({ bytes }) => bytes)),
    files: sizes
      .filter(({ bytes }) => bytes > 10_000)
      .map(({ name, bytes }) => `${name} ${(bytes / 1e6).toFixed(1)} MB`)
      .join(', '),
  };
}
