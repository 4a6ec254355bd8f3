import type { ErrorLevel, ErrorPerson, ErrorRequest, ErrorServer, ErrorTelemetry } from '../model/errorItem.ts';
import type { Problem } from './decoded.ts';
import { setField } from './draft.ts';
import { parseArray, parseFields, type JsonFields } from './json.ts';
import { parseText, parseTimestamp, toAttributes, withoutAbsent } from './rollbarFields.ts';

/** Rollbar's levels, and words that loggers send for them. */
const levels: Readonly<Record<string, ErrorLevel>> = {
  critical: 'critical',
  fatal: 'critical',
  error: 'error',
  warning: 'warning',
  warn: 'warning',
  info: 'info',
  log: 'info',
  debug: 'debug',
};

export function toErrorLevel(sent: unknown): ErrorLevel | undefined {
  const word = typeof sent === 'string' ? sent.toLowerCase() : '';
  return Object.hasOwn(levels, word) ? levels[word] : undefined;
}

/** A person's id is text for Rollbar, but apps send the number that their database has. */
export function toPerson(sent: JsonFields | undefined): ErrorPerson | undefined {
  const id = typeof sent?.['id'] === 'number' ? String(sent['id']) : parseText(sent?.['id']);
  const person = withoutAbsent({ id, username: parseText(sent?.['username']), email: parseText(sent?.['email']) });
  return Object.keys(person).length === 0 ? undefined : person;
}

export function toRequest(sent: JsonFields | undefined, problems: Problem[]): ErrorRequest | undefined {
  if (sent === undefined) {
    return undefined;
  }
  return {
    ...withoutAbsent({
      url: parseText(sent['url']),
      method: parseText(sent['method']),
      userIp: parseText(sent['user_ip']),
    }),
    headers: headersOf(sent['headers']),
    other: toAttributes(sent, 'data.request', problems, ['url', 'method', 'user_ip', 'headers']),
  };
}

export function toServer(sent: JsonFields | undefined, problems: Problem[]): ErrorServer | undefined {
  if (sent === undefined) {
    return undefined;
  }
  return {
    ...withoutAbsent({
      host: parseText(sent['host']),
      root: parseText(sent['root'])?.replace(/[\\/]$/, ''),
      branch: parseText(sent['branch']),
    }),
    other: toAttributes(sent, 'data.server', problems, ['host', 'root', 'branch']),
  };
}

/** Entries that are no objects are told and left out; where a sender cut a ring, its mark is a text like any other. */
export function toTelemetry(sent: unknown, problems: Problem[]): ErrorTelemetry[] {
  const entries: ErrorTelemetry[] = [];
  for (const [index, entry] of (parseArray(sent) ?? []).entries()) {
    const fields = parseFields(entry);
    const place = `data.body.telemetry[${index}]`;
    if (fields === undefined) {
      problems.push({ place, message: 'should be an object; it was left out' });
    } else {
      entries.push(toTelemetryEntry(fields, place, problems));
    }
  }
  return entries;
}

function toTelemetryEntry(fields: JsonFields, place: string, problems: Problem[]): ErrorTelemetry {
  const { timestamp_ms: millis, body } = fields;
  return {
    ...withoutAbsent({
      time: typeof millis === 'number' ? parseTimestamp(millis / 1000) : undefined,
      level: toErrorLevel(fields['level']),
      type: parseText(fields['type']),
      source: parseText(fields['source']),
    }),
    // A body is an object; a sender that cut one out of a ring leaves a text in its place.
    body: toAttributes(parseFields(body) ?? { body: body ?? null }, `${place}.body`, problems),
  };
}

/** A header that was sent several times is a list in some frameworks. */
function headersOf(sent: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseFields(sent) ?? {})) {
    const texts = (parseArray(value) ?? [value]).filter((text) => typeof text === 'string');
    if (texts.length > 0) {
      setField(headers, name, texts.join(', '));
    }
  }
  return headers;
}
