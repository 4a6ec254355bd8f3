import { readFileSync } from 'node:fs';

/** Reads a small text file; a missing or unreadable one is `undefined`. */
export function readTextFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not there, or not ours to read: to those who ask, both mean that it says nothing.
    return undefined;
  }
}
