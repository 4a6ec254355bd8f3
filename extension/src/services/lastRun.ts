import type { FolderServiceId } from './serviceState.ts';

/** What ran in a window when it was last heard of: written while things start and stop, and once more when the window ends. */
export interface LastRun {
  readonly services: readonly { readonly id: FolderServiceId; readonly pid?: number }[];
  /** The process of the window's extension host. */
  readonly window?: number;
  /** When the window ended in order; absent while it runs, and after a crash. Milliseconds since the epoch. */
  readonly endedAt?: number;
}

/** A reload takes seconds; a window that is opened the next day starts what the person asks for. */
const reloadMillis = 60_000;

export function parseLastRun(text: string | undefined): LastRun {
  try {
    const value = JSON.parse(text ?? '') as Partial<LastRun> | null;
    return Array.isArray(value?.services) ? (value as LastRun) : { services: [] };
  } catch {
    // None was written, or a crash cut it short: nothing is known to have run.
    return { services: [] };
  }
}

/**
 * What to start again: all that ran when the window was reloaded a moment ago, or whose process outlived a crash of the window and is to be ended first.
 */
export function toRestore(
  last: LastRun,
  now: number,
  isAlive: (id: FolderServiceId, pid: number) => boolean,
): LastRun['services'] {
  if (last.endedAt !== undefined) {
    return now - last.endedAt <= reloadMillis ? last.services : [];
  }
  return last.services.filter(({ id, pid }) => pid !== undefined && isAlive(id, pid));
}
