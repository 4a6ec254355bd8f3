import type { JsonValue } from '@sightline/hub/client/api';
import type { ErrorGroupJson, OccurrenceJson } from '@sightline/hub/client/errorsApi';
import { parseArray, parseFields, type JsonFields } from '@sightline/telemetry/decode/json';
import { decodeRollbarItem } from '@sightline/telemetry/decode/rollbarItem';
import type { ErrorLevel, ErrorStatus } from '@sightline/telemetry/model/errorItem';
import { epochNanos } from '@sightline/telemetry/model/units';

/** An item of Rollbar's read API as a row, and the id by which its calls know it. */
export interface RollbarItem {
  readonly id: number;
  readonly group: ErrorGroupJson;
}

export interface RollbarItemPage {
  readonly items: readonly RollbarItem[];
  readonly total: number;
}

const nanosPerSecond = 1_000_000_000n;

/** Reads the result of "List all items"; what is no item is left out. */
export function rollbarItemsIn(result: unknown): RollbarItemPage {
  const { items, total_count: total } = parseFields(result) ?? {};
  const read = (parseArray(items) ?? []).flatMap((item) => {
    const fields = parseFields(item);
    return fields === undefined ? [] : itemIn(fields);
  });
  return { items: read, total: numberOf(total) ?? read.length };
}

/** Reads the result of "List all occurrences of an item"; what is no occurrence is left out. */
export function rollbarInstancesIn(result: unknown, counter: number): readonly OccurrenceJson[] {
  return (parseArray(parseFields(result)?.['instances']) ?? []).flatMap((instance) => {
    const occurrence = rollbarInstanceIn(instance, counter);
    return occurrence === undefined ? [] : [occurrence];
  });
}

/** Reads the result of "Get an occurrence". */
export function rollbarInstanceIn(result: unknown, counter: number): OccurrenceJson | undefined {
  const instance = parseFields(result);
  const id = numberOf(instance?.['id']);
  const data = parseFields(instance?.['data']);
  if (id === undefined || data === undefined) {
    return undefined;
  }
  const receivedAt = nanosOf(instance?.['timestamp']);
  const raw = { data } as unknown as JsonValue;
  return { id: String(id), counter, receivedAt, item: decoded(data, String(id), receivedAt), raw };
}

function itemIn(fields: JsonFields): RollbarItem[] {
  const [id, counter] = [numberOf(fields['id']), numberOf(fields['counter'])];
  if (id === undefined || counter === undefined) {
    return [];
  }
  const { title, hash, environment, unique_occurrences: persons } = fields;
  const lastSeen = fields['last_occurrence_timestamp'];
  const status = statusOf(fields['status']);
  const group = {
    counter,
    fingerprint: textOf(hash) ?? '',
    title: textOf(title) ?? `Item ${counter}`,
    level: levelOf(fields['level']),
    status,
    count: numberOf(fields['total_occurrences']) ?? 0,
    firstSeen: nanosOf(fields['first_occurrence_timestamp'] ?? lastSeen),
    lastSeen: nanosOf(lastSeen),
    environments: [textOf(environment)].filter((name) => name !== undefined),
    personCount: numberOf(persons) ?? 0,
    reactivated: status === 'active' && numberOf(fields['last_resolved_timestamp']) !== undefined,
    // Rollbar's list does not tell it.
    recent: [],
  };
  return [{ id, group }];
}

/** By the decoder of what is sent to the hub, so that both show the same. */
function decoded(data: JsonFields, uuid: string, time: string): OccurrenceJson['item'] {
  const receipt = { uuid, time: epochNanos(BigInt(time)) };
  const [item] = decodeRollbarItem(JSON.stringify({ data }), receipt).records;
  // Rollbar has taken it, whatever today's rules say: then its raw text has to do.
  const empty = { details: {}, custom: {}, exceptions: [], telemetry: [], other: {} };
  const told = item ?? { uuid, time, level: levelOf(data['level']), environment: '', title: 'Item', ...empty };
  const text = JSON.stringify(told, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return JSON.parse(text) as OccurrenceJson['item'];
}

/** As text, and in older answers as Rollbar's numbers for them. */
const levels: Readonly<Record<string, ErrorLevel>> = {
  critical: 'critical',
  error: 'error',
  warning: 'warning',
  info: 'info',
  debug: 'debug',
  50: 'critical',
  40: 'error',
  30: 'warning',
  20: 'info',
  10: 'debug',
};

function levelOf(value: unknown): ErrorLevel {
  return levels[String(value)] ?? 'error';
}

/** What is archived or deleted is over, as what is resolved is. */
function statusOf(value: unknown): ErrorStatus {
  return value === 'active' || value === 'muted' ? value : 'resolved';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Unix seconds. */
function nanosOf(value: unknown): string {
  return String(BigInt(Math.trunc(numberOf(value) ?? 0)) * nanosPerSecond);
}
