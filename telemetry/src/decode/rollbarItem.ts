import type { ErrorItem, ErrorLevel } from '../model/errorItem.ts';
import type { EpochNanos } from '../model/units.ts';
import type { Decoded, Problem } from './decoded.ts';
import { parseArray, parseFields, parseJson, type JsonFields } from './json.ts';
import { parseText, parseTimestamp, toAttributes, withoutAbsent } from './rollbarFields.ts';
import { toErrorLevel, toPerson, toRequest, toServer, toTelemetry } from './rollbarParts.ts';
import { traceIdsOf } from './rollbarTraceId.ts';
import { firstColumnOf, toException } from './rollbarTraces.ts';
import { rollbarBodyKind, rollbarFaults } from './rollbarValidity.ts';

/** In characters (Rollbar, create item: `title`). */
const maxTitleLength = 255;

/** What the hub gives to an item whose sender gave none. */
export interface Receipt {
  readonly time: EpochNanos;
  readonly uuid: string;
}

export interface DecodedRollbarItem extends Decoded<ErrorItem> {
  /** Why Rollbar would not take the item; then there are no records. The answer's body is `{"err":1,"message":…}`. */
  readonly refusal?: { readonly status: 400 | 422; readonly message: string };
}

/**
 * Reads the body of `POST /api/1/item/` (Rollbar API reference, create item): JSON, or the older form whose field `payload` holds the
 * JSON. One record, or a refusal as Rollbar words it. What is merely odd is a problem beside the record.
 */
export function decodeRollbarItem(body: string, receipt: Receipt): DecodedRollbarItem {
  const payload = rollbarJsonOf(body);
  if (payload === undefined) {
    return refused(400, [{ place: 'payload', message: 'No JSON payload was found' }], 'No JSON payload was found.');
  }
  const json = parseJson(payload);
  if ('message' in json) {
    const message = `The JSON payload could not be decoded: ${json.message}`;
    return refused(400, [{ place: 'payload', message: json.message }], message);
  }
  const data = parseFields(json.value)?.['data'];
  const faults = rollbarFaults(data);
  if (faults.length > 0) {
    const sentences = faults.map(({ place, message }) => `${place} ${message}.`);
    return refused(422, faults, `Invalid format. ${sentences.join(' ')}`);
  }
  const problems: Problem[] = [];
  return { records: [toItem(parseFields(data) ?? {}, receipt, problems)], problems };
}

function refused(status: 400 | 422, problems: readonly Problem[], message: string): DecodedRollbarItem {
  return { records: [], problems, refusal: { status, message } };
}

/**
 * The JSON in the body of a request, which may be the older form; `undefined` where it is empty. Told by the first character, since the
 * older clients send the form without its content type and JSON under that of the form.
 */
export function rollbarJsonOf(body: string): string | undefined {
  const text = body.trim();
  if (text === '') {
    return undefined;
  }
  const field = text.startsWith('{') ? undefined : text.split('&').find((part) => part.startsWith('payload='));
  if (field === undefined) {
    return text;
  }
  try {
    return decodeURIComponent(field.slice('payload='.length).replaceAll('+', ' ')).trim();
  } catch {
    // A percent sign that encodes nothing: the text as it stands will be told to be no JSON.
    return text;
  }
}

/** What `ErrorItem` has a field for; the rest is kept in `other`. */
const knownFields: readonly string[] = [
  'attributes',
  'body',
  'code_version',
  'context',
  'custom',
  'environment',
  'fingerprint',
  'framework',
  'language',
  'level',
  'notifier',
  'person',
  'platform',
  'request',
  'server',
  'timestamp',
  'title',
  'uuid',
];

function toItem(data: JsonFields, receipt: Receipt, problems: Problem[]): ErrorItem {
  const notifier = objectField(data, 'notifier', problems);
  const custom = objectField(data, 'custom', problems) ?? {};
  const request = toRequest(objectField(data, 'request', problems), problems);
  const person = toPerson(objectField(data, 'person', problems));
  const server = toServer(objectField(data, 'server', problems), problems);
  const body = parseFields(data['body']) ?? {};
  const said = bodyOf(body, parseText(notifier?.['name']), problems);
  return {
    uuid: parseText(data['uuid']) ?? receipt.uuid,
    time: timeOf(data['timestamp'], receipt, problems),
    level: levelOf(data['level'], said.message === undefined ? 'error' : 'info', problems),
    environment: parseText(data['environment']) ?? '',
    title: parseText(data['title']) ?? titleOf(said),
    ...said,
    custom: toAttributes(custom, 'data.custom', problems),
    telemetry: toTelemetry(body['telemetry'], problems),
    // The SDK for Node says each custom field twice, here and in `custom`.
    other: toAttributes(data, 'data', problems, [...knownFields, ...Object.keys(custom)]),
    ...(request === undefined ? {} : { request }),
    ...(person === undefined ? {} : { person }),
    ...(server === undefined ? {} : { server }),
    ...textsOf(data, notifier),
    ...traceIdsOf([custom, said.details, data], request?.headers ?? {}, data['attributes']),
  };
}

/** An object, as Rollbar expects it under this key; anything else is a problem. */
function objectField(data: JsonFields, key: string, problems: Problem[]): JsonFields | undefined {
  const value = data[key];
  const fields = parseFields(value);
  if (fields === undefined && value !== undefined && value !== null) {
    problems.push({ place: `data.${key}`, message: 'should be an object; it was left out' });
  }
  return fields;
}

type Said = Pick<ErrorItem, 'exceptions' | 'message' | 'crashReport' | 'details'>;

function bodyOf(body: JsonFields, notifierName: string | undefined, problems: Problem[]): Said {
  const kind = rollbarBodyKind(body);
  const sent = kind === undefined ? undefined : body[kind];
  const fields = parseFields(sent) ?? {};
  if (kind === 'message') {
    const details = toAttributes(fields, 'data.body.message', problems, ['body']);
    return { exceptions: [], message: String(fields['body']), details };
  }
  if (kind === 'crash_report') {
    return { exceptions: [], crashReport: String(fields['raw']), details: {} };
  }
  const options = { firstColumn: firstColumnOf(notifierName) };
  const exceptions = parseArray(sent)?.map((trace, index) =>
    toException(trace, `data.body.trace_chain[${index}]`, options, problems),
  ) ?? [toException(sent, 'data.body.trace', options, problems)];
  return { exceptions, details: {} };
}

function titleOf({ exceptions: [thrown], message, crashReport }: Said): string {
  if (thrown === undefined) {
    return lineOf(message ?? crashReport ?? '');
  }
  const { type, message: reason = '' } = thrown;
  return lineOf(reason === '' ? type : `${type}: ${reason}`);
}

/** The first line that says something, cut to what Rollbar takes as a title. */
function lineOf(text: string): string {
  const line =
    text
      .trimStart()
      .slice(0, 4 * maxTitleLength)
      .split(/[\r\n]/, 1)[0] ?? '';
  return Array.from(line).slice(0, maxTitleLength).join('').trimEnd();
}

function timeOf(sent: unknown, receipt: Receipt, problems: Problem[]): EpochNanos {
  const time = parseTimestamp(sent);
  if (time === undefined && sent !== undefined && sent !== null) {
    problems.push({ place: 'data.timestamp', message: 'should be Unix seconds; the time of receipt stands for it' });
  }
  return time ?? receipt.time;
}

function levelOf(sent: unknown, usual: ErrorLevel, problems: Problem[]): ErrorLevel {
  const level = toErrorLevel(sent);
  if (level === undefined && typeof sent === 'string') {
    const message = `"${sent.slice(0, 40)}" is none of critical, error, warning, info and debug; taken as ${usual}`;
    problems.push({ place: 'data.level', message });
  }
  return level ?? usual;
}

type Texts = Pick<
  ErrorItem,
  'codeVersion' | 'framework' | 'platform' | 'language' | 'context' | 'fingerprint' | 'notifier'
>;

function textsOf(data: JsonFields, notifier: JsonFields | undefined): Texts {
  const texts = {
    codeVersion: parseText(data['code_version']) ?? parseText(parseFields(data['server'])?.['code_version']),
    framework: parseText(data['framework']),
    platform: parseText(data['platform']),
    language: parseText(data['language']),
    context: parseText(data['context']),
    fingerprint: parseText(data['fingerprint']),
    notifier: notifier === undefined ? undefined : notifierOf(notifier),
  };
  return withoutAbsent(texts);
}

function notifierOf(notifier: JsonFields): NonNullable<ErrorItem['notifier']> {
  return withoutAbsent({ name: parseText(notifier['name']), version: parseText(notifier['version']) });
}
