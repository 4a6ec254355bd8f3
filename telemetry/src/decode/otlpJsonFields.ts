import type { AttributeValue, Span } from '../model/span.ts';
import { parseBase64 } from './base64.ts';
import type { Problem } from './decoded.ts';
import { setField, type Draft } from './draft.ts';
import { parseArray, parseFields, type JsonFields } from './json.ts';
import { maxValueDepth } from './otlpProtobufValues.ts';

/**
 * Fields of OTLP/JSON (OTLP specification, "JSON Protobuf Encoding"): lowerCamelCase keys, 64-bit integers as number or text, enums by
 * number or name. The protobuf spelling of keys (`trace_id`) is taken too, since proto3 JSON parsers take it.
 */
export function fieldOf(fields: JsonFields, camelCase: string): unknown {
  const value = fields[camelCase];
  return value === undefined ? fields[snakeCaseOf(camelCase)] : value;
}

/** Only our own keys come here, so it stays small. */
const snakeCases = new Map<string, string>();

function snakeCaseOf(camelCase: string): string {
  let snakeCase = snakeCases.get(camelCase);
  if (snakeCase === undefined) {
    snakeCase = camelCase.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeCases.set(camelCase, snakeCase);
  }
  return snakeCase;
}

export function textField(fields: JsonFields, key: string): string {
  const value = fieldOf(fields, key);
  return typeof value === 'string' ? value : '';
}

/** A list of messages; what is no message is an empty one, so that indexes in places stay true. */
export function messagesField(fields: JsonFields, key: string): readonly JsonFields[] {
  return parseArray(fieldOf(fields, key))?.map((item) => parseFields(item) ?? {}) ?? [];
}

/** A 64-bit integer; zero where absent or no integer. Bad ones are told by `problems`. */
export function nanosField(fields: JsonFields, key: string, place: () => string, problems: Problem[]): bigint {
  const value = fieldOf(fields, key) ?? 0;
  const nanos = parseInteger(value);
  if (nanos !== undefined && nanos >= 0 && nanos < 2n ** 64n) {
    return BigInt(nanos);
  }
  problems.push({ place: `${place()}.${key}`, message: 'a time is a whole number of nanoseconds since 1970' });
  return 0n;
}

/** An enum's number, sent as such or as a name out of `names`; zero for anything else. */
export function enumField(fields: JsonFields, key: string, names: Readonly<Record<string, number>>): number {
  const value = fieldOf(fields, key);
  if (typeof value === 'string' && Object.hasOwn(names, value)) {
    return names[value] ?? 0;
  }
  return countField(fields, key);
}

/** An unsigned number that fits 32 bits: counts, flags; zero for anything else. */
export function countField(fields: JsonFields, key: string): number {
  const count = Number(fieldOf(fields, key) ?? 0);
  return Number.isInteger(count) && count >= 0 && count <= 0xffff_ffff ? count : 0;
}

/** An id as hex. The specification wants hex; base64, which plain proto3 JSON writes, is told by its length of 24 or 12 characters. */
export function idField(fields: JsonFields, key: string): string {
  const id = textField(fields, key);
  if (id.length !== 24 && id.length !== 12) {
    return id.toLowerCase();
  }
  const bytes = parseBase64(id);
  return bytes === undefined ? id : Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The attributes of a message, into an object of their own. Of a key sent twice the last one counts. */
export function attributesField(
  fields: JsonFields,
  place: () => string,
  problems: Problem[],
): Record<string, AttributeValue> {
  return readKeyValues(fieldOf(fields, 'attributes'), place, problems, 0);
}

export function scopeOf(
  fields: JsonFields,
  place: () => string,
  problems: Problem[],
): NonNullable<Span['scope']> | undefined {
  const sent = parseFields(fieldOf(fields, 'scope'));
  if (sent === undefined) {
    return undefined;
  }
  const scope: Draft<NonNullable<Span['scope']>> = {
    name: textField(sent, 'name'),
    attributes: attributesField(sent, () => `${place()}.scope`, problems),
  };
  const version = textField(sent, 'version');
  if (version !== '') {
    scope.version = version;
  }
  return scope;
}

/** One AnyValue. What is none is kept as `null`, with a problem. */
export function readJsonValue(sent: unknown, place: () => string, problems: Problem[], depth = 0): AttributeValue {
  const fields = parseFields(sent);
  if (fields === undefined) {
    if (sent !== undefined && sent !== null) {
      problems.push({ place: place(), message: 'a value is an object such as {"stringValue": "…"}' });
    }
    return null;
  }
  if (depth > maxValueDepth) {
    problems.push({ place: place(), message: `a value is nested deeper than ${maxValueDepth} levels` });
    return null;
  }
  for (const kind of kindsOfValue) {
    const value = fieldOf(fields, kind);
    if (value !== undefined && value !== null) {
      return readKind(kind, value, place, problems, depth);
    }
  }
  return null;
}

const kindsOfValue = [
  'stringValue',
  'boolValue',
  'intValue',
  'doubleValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
] as const;

function readKind(
  kind: (typeof kindsOfValue)[number],
  value: unknown,
  place: () => string,
  problems: Problem[],
  depth: number,
): AttributeValue {
  switch (kind) {
    case 'stringValue':
    case 'bytesValue':
      return typeof value === 'string' ? value : wrongKind(kind, place, problems);
    case 'boolValue':
      return typeof value === 'boolean' ? value : wrongKind(kind, place, problems);
    case 'intValue':
      return parseInteger(value) ?? wrongKind(kind, place, problems);
    case 'doubleValue':
      return parseDouble(value) ?? wrongKind(kind, place, problems);
    case 'arrayValue': {
      const values = parseArray(fieldOf(parseFields(value) ?? {}, 'values')) ?? [];
      return values.map((item) => readJsonValue(item, place, problems, depth + 1));
    }
    case 'kvlistValue':
      return readKeyValues(fieldOf(parseFields(value) ?? {}, 'values'), place, problems, depth + 1);
  }
}

function readKeyValues(
  sent: unknown,
  place: () => string,
  problems: Problem[],
  depth: number,
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const item of parseArray(sent) ?? []) {
    const keyValue = parseFields(item) ?? {};
    const key = textField(keyValue, 'key');
    const valuePlace = (): string => `${place()}.attributes[${JSON.stringify(key)}]`;
    setField(attributes, key, readJsonValue(fieldOf(keyValue, 'value'), valuePlace, problems, depth));
  }
  return attributes;
}

function wrongKind(kind: string, place: () => string, problems: Problem[]): null {
  problems.push({ place: place(), message: `${kind} does not hold what its name says` });
  return null;
}

/** A whole number, exact: a `bigint` where a double would lose digits. Proto3 JSON allows numbers and decimal text. */
function parseInteger(value: unknown): number | bigint | undefined {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? (Number.isSafeInteger(value) ? value : BigInt(value)) : undefined;
  }
  if (typeof value !== 'string' || !/^-?\d{1,20}$/.test(value)) {
    return undefined;
  }
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

/** Proto3 JSON spells the doubles that JSON lacks as text. */
function parseDouble(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return value;
  }
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') {
    return Number(value);
  }
  return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : undefined;
}
