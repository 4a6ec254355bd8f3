import type { AttributeValue } from '../model/span.ts';
import type { Problem } from './decoded.ts';
import { setField } from './draft.ts';
import { parseFields, type JsonFields } from './json.ts';
import { maxValueDepth } from './otlpProtobufValues.ts';

/** X-Ray's floating-point epoch seconds as nanoseconds. A double holds today's seconds to about a quarter microsecond, so microseconds are what counts. */
export function parseSeconds(value: unknown): bigint | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || value > 1e10) {
    return undefined;
  }
  return BigInt(Math.round(value * 1e6)) * 1000n;
}

/** A number sent as such or as decimal text, as some SDKs send `status` and `content_length`. */
export function parseNumber(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return value;
  }
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** Nested objects as dotted keys (`xray.sdk_version`); lists stay lists. */
export function flattenInto(
  attributes: Record<string, AttributeValue>,
  prefix: string,
  value: unknown,
  place: string,
  problems: Problem[],
  depth = 0,
): void {
  const fields = parseFields(value);
  if (fields === undefined || depth >= maxValueDepth) {
    setField(attributes, prefix, toAttributeValue(value, place, problems));
    return;
  }
  for (const [key, item] of Object.entries(fields)) {
    flattenInto(attributes, `${prefix}.${key}`, item, place, problems, depth + 1);
  }
}

/** Parsed JSON is already what an attribute may hold, unless it is so deep that recursion over it is unsafe. */
export function toAttributeValue(value: unknown, place: string, problems: Problem[]): AttributeValue {
  if (isTooDeep(value)) {
    problems.push({ place, message: `a value is nested deeper than ${maxValueDepth} levels` });
    return null;
  }
  return value as AttributeValue;
}

function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= maxValueDepth; depth++) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item === 'object' && item !== null) {
        for (const child of Object.values(item)) {
          if (typeof child === 'object') {
            next.push(child);
          }
        }
      }
    }
    if (next.length === 0) {
      return false;
    }
    level = next;
  }
  return true;
}

/** X-Ray annotations are text, numbers and booleans; others are problems. */
export function annotationsOf(
  document: JsonFields,
  place: string,
  problems: Problem[],
): Record<string, string | number | boolean> {
  const annotations: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(parseFields(document['annotations']) ?? {})) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      setField(annotations, key, value);
    } else {
      problems.push({
        place: `${place}annotations.${key}`,
        message: 'an annotation is a string, a number or a boolean; X-Ray leaves out any other',
      });
    }
  }
  return annotations;
}
