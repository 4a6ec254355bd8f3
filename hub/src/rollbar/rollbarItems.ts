import type { ErrorLevel, ErrorStatus } from '@sightline/telemetry/model/errorItem';
import type { KeptGroup } from '../store/errors/errorStore.ts';
import { memberText } from './memberText.ts';

export const statuses: readonly ErrorStatus[] = ['active', 'resolved', 'muted'];
export const levels: readonly ErrorLevel[] = ['critical', 'error', 'warning', 'info', 'debug'];
/** Everything that a hub keeps is of one project. */
const projectId = 1;

/** A group as Rollbar's read API has it. Its `id` is the counter: the hub needs no second number. Times are Unix seconds. */
export function toRollbarItem({ group, firstId, lastId }: KeptGroup): object {
  const { counter, fingerprint, title, level, status, count, persons, last } = group;
  return {
    id: counter,
    counter,
    project_id: projectId,
    title,
    level,
    status,
    hash: fingerprint,
    environment: last.environment,
    framework: last.framework ?? 'unknown',
    platform: last.platform ?? 'unknown',
    language: last.language ?? null,
    total_occurrences: count,
    unique_occurrences: persons.length,
    first_occurrence_id: firstId,
    first_occurrence_timestamp: secondsOf(group.firstSeen),
    last_occurrence_id: lastId,
    last_occurrence_timestamp: secondsOf(group.lastSeen),
    last_activated_timestamp: secondsOf(group.reactivatedAt ?? group.firstSeen),
    last_resolved_timestamp: group.resolvedAt === undefined ? null : secondsOf(group.resolvedAt),
    resolved_in_version: group.resolvedInVersion ?? null,
  };
}

/** The JSON text of an occurrence as Rollbar's read API has it, out of that of an `OccurrenceJson`; `data` is what was sent, as it came. */
export function rollbarInstanceText(occurrence: string): string {
  const [id, counter, item, raw] = ['id', 'counter', 'item', 'raw'].map(
    (name) => memberText(occurrence, name) ?? 'null',
  );
  const { time } = JSON.parse(item as string) as { time: string };
  const instance = {
    id: Number(JSON.parse(id as string)),
    project_id: projectId,
    item_id: Number(counter),
    version: 2,
    timestamp: secondsOf(BigInt(time)),
  };
  return `${JSON.stringify(instance).slice(0, -1)},"data":${memberText(raw as string, 'data') ?? 'null'}}`;
}

function secondsOf(nanos: bigint): number {
  return Number(nanos / 1_000_000_000n);
}
