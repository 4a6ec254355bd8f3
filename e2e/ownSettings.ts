/** An editor's settings of which some are ours: a person's changes to its file outlive the next start. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

type Values = Readonly<Record<string, unknown>>;

/** Beside the settings: what was written last, which tells ours from a person's. */
const recordName = 'settings.written.json';

/** Writes `ours` into `settings.json` of a folder: only what is missing there or is as we left it. A file that is no plain JSON is left alone. */
export function writeOwnSettings(folder: string, ours: Values): void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'settings.json');
  const record = path.join(folder, recordName);
  const there = existsSync(file) ? parseValues(readFileSync(file, 'utf8')) : {};
  if (there === undefined) {
    return;
  }
  const before = existsSync(record) ? parseValues(readFileSync(record, 'utf8')) : productSettings(there);
  writeFileSync(file, JSON.stringify(mergeSettings(there, ours, before ?? {}), null, 2));
  writeFileSync(record, JSON.stringify(ours, null, 2));
}

/** The settings that are there, with ours where they are missing or as they were `before`; what was ours and is no more leaves. */
export function mergeSettings(there: Values, ours: Values, before: Values): Record<string, unknown> {
  const theirs = Object.entries(there).filter(
    ([key, value]) => !(key in before && isDeepStrictEqual(value, before[key])),
  );
  return { ...ours, ...Object.fromEntries(theirs) };
}

/** A profile without a record: its addresses and places are of a start, and may be of other ports. */
function productSettings(there: Values): Values {
  return Object.fromEntries(Object.entries(there).filter(([key]) => key.startsWith('sightline.')));
}

function parseValues(text: string): Values | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : undefined;
  } catch {
    // Comments or a trailing comma: a person's own file.
    return undefined;
  }
}
