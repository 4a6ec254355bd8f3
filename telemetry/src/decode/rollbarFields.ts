import type { Attributes, AttributeValue } from '../model/span.ts';
import { epochNanos, type EpochNanos } from '../model/units.ts';
import type { Problem } from './decoded.ts';
import { setField } from './draft.ts';
import type { JsonFields } from './json.ts';
import { parseSeconds, toAttributeValue } from './xrayFields.ts';

/** A text that is not empty; Rollbar's SDKs send `""` for what they do not know as well as `null`. */
export function parseText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Fields as they were sent, but for those in `except` and those too deep to walk over. */
export function toAttributes(
  fields: JsonFields,
  place: string,
  problems: Problem[],
  except: readonly string[] = [],
): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (!except.includes(key)) {
      setField(attributes, key, toAttributeValue(value, `${place}.${key}`, problems));
    }
  }
  return attributes;
}

/** Above it seconds would be later than the year 5000, so the sender meant milliseconds. */
const maxSeconds = 1e11;

/** Rollbar's `timestamp`: Unix seconds, as a number or as text; milliseconds are told by their size. */
export function parseTimestamp(value: unknown): EpochNanos | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number') {
    return undefined;
  }
  const nanos = parseSeconds(number > maxSeconds ? number / 1000 : number);
  return nanos === undefined ? undefined : epochNanos(nanos);
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The fields that have a value: what was not sent stays absent instead of `undefined`. */
export function withoutAbsent<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
