import type { ErrorGroup, ErrorItem, ErrorLevel, ErrorStatus } from '@sightline/telemetry/model/errorItem';
import { epochNanos } from '@sightline/telemetry/model/units';
import type { KeptGroup } from './errorStore.ts';

const periodMillis = 300_000;
const periods = 12;
/** A group stays small whatever its senders call themselves. */
const maxTextLength = 255;

/** A row of `error_group`. */
export interface GroupRow {
  readonly counter: number;
  readonly fingerprint: string;
  readonly status: string;
  readonly state: string;
}

/** What is written of a group, but for the columns of its own. */
interface GroupState {
  readonly title: string;
  readonly level: ErrorLevel;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly count: number;
  readonly persons: readonly string[];
  readonly environments: readonly string[];
  readonly last: Omit<ErrorItem, 'time'> & { readonly time: string };
  readonly resolvedAt?: string;
  readonly resolvedInVersion?: string;
  readonly reactivatedAt?: string;
  readonly firstId: number;
  readonly lastId: number;
  readonly recent: readonly Period[];
}

/** A period of five minutes, counted from the epoch, and how often the error happened in it. */
export type Period = readonly [number: number, count: number];

/** A group between two of its occurrences. */
export interface StoredGroup {
  readonly group: ErrorGroup;
  readonly recent: readonly Period[];
  readonly firstId: number;
  readonly lastId: number;
}

export function stateOf({ group, recent, firstId, lastId }: StoredGroup): string {
  const { firstSeen, lastSeen, last, resolvedAt, reactivatedAt } = group;
  const { counter: _counter, fingerprint: _fingerprint, status: _status, ...rest } = group;
  const state: GroupState = {
    ...rest,
    firstSeen: String(firstSeen),
    lastSeen: String(lastSeen),
    last: { ...last, time: String(last.time) },
    ...(resolvedAt === undefined ? {} : { resolvedAt: String(resolvedAt) }),
    ...(reactivatedAt === undefined ? {} : { reactivatedAt: String(reactivatedAt) }),
    firstId,
    lastId,
    recent,
  } as GroupState;
  return JSON.stringify(state);
}

export function storedGroupOf({ counter, fingerprint, status, state }: GroupRow): StoredGroup {
  const { firstId, lastId, recent, last, firstSeen, lastSeen, resolvedAt, reactivatedAt, ...rest } = JSON.parse(
    state,
  ) as GroupState;
  const group: ErrorGroup = {
    ...rest,
    counter,
    fingerprint,
    status: status as ErrorStatus,
    firstSeen: epochNanos(BigInt(firstSeen)),
    lastSeen: epochNanos(BigInt(lastSeen)),
    last: { ...last, time: epochNanos(BigInt(last.time)) },
    ...(resolvedAt === undefined ? {} : { resolvedAt: epochNanos(BigInt(resolvedAt)) }),
    ...(reactivatedAt === undefined ? {} : { reactivatedAt: epochNanos(BigInt(reactivatedAt)) }),
  };
  return { group, recent, firstId, lastId };
}

/** `now` in milliseconds decides which periods are the last ones. */
export function toKeptGroup({ group, recent, firstId, lastId }: StoredGroup, now: number): KeptGroup {
  const counts = new Map(recent);
  const newest = periodOf(now);
  return {
    group,
    recent: Array.from({ length: periods }, (_, at) => counts.get(newest - periods + 1 + at) ?? 0),
    firstId,
    lastId,
  };
}

/** One more occurrence at `at`, in milliseconds. */
export function withOccurrence(recent: readonly Period[], at: number): readonly Period[] {
  const period = periodOf(at);
  const counts = new Map(recent).set(period, (new Map(recent).get(period) ?? 0) + 1);
  const newest = Math.max(...counts.keys());
  return [...counts].filter(([number]) => number > newest - periods);
}

function periodOf(millis: number): number {
  return Math.floor(millis / periodMillis);
}

/** The part of an occurrence that its group shows. With the fingerprint, so that the group is found by it alone. */
export function summaryOf(item: ErrorItem, fingerprint: string): ErrorItem {
  const { uuid, time, level, environment, title, traceId, spanId } = item;
  const texts = Object.entries({
    codeVersion: item.codeVersion,
    framework: item.framework,
    platform: item.platform,
    language: item.language,
  });
  return {
    uuid,
    time,
    level,
    environment,
    title,
    fingerprint,
    exceptions: [],
    details: {},
    custom: {},
    telemetry: [],
    other: {},
    ...Object.fromEntries(texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, cut(text)]]))),
    ...(item.person === undefined
      ? {}
      : { person: Object.fromEntries(Object.entries(item.person).map(([name, text]) => [name, cut(text as string)])) }),
    ...(traceId === undefined ? {} : { traceId }),
    ...(spanId === undefined ? {} : { spanId }),
  };
}

function cut(text: string): string {
  return text.slice(0, maxTextLength);
}
