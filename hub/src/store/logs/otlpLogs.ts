import { decodeOtlpLogs } from '@sightline/telemetry/decode/otlpLogs';
import { parseFilterPattern } from '@sightline/telemetry/language/filterPattern';
import { compileFilterPattern } from '@sightline/telemetry/language/filterPatternMatch';
import type { LogEvent } from '@sightline/telemetry/model/logEvent';
import type { LogRowJson } from '../../client/logsApi.ts';
import { unpackGroup } from '../rawGroup.ts';
import { toLogEventJson } from '../../client/spanJson.ts';
import { groupMissing, invalidParameter } from './logFailure.ts';
import type { LogSnapshot } from './logSnapshot.ts';

/** OpenTelemetry's records of a service are shown as a group of this name. */
export const otlpPrefix = 'otlp/';
/** The one stream of such a group. */
export const otlpStream = 'records';
const unnamedService = 'unknown_service';
/** Pages of the list are short, so that what is kept while searching stays small. */
const roomFactor = 2;

export interface OtlpGroupFacts {
  readonly service: string;
  readonly events: number;
  readonly bytes: number;
  /** Nanoseconds since the Unix epoch. */
  readonly first: bigint;
  readonly last: bigint;
}

export interface OtlpLogQuery {
  readonly service: string;
  readonly pattern?: string;
  /** Nanoseconds since the Unix epoch, both included. */
  readonly from?: bigint;
  readonly to?: bigint;
  /** 32 hex digits. */
  readonly trace?: string;
  /** The id of the row before. */
  readonly before?: string;
  readonly limit: number;
}

export interface OtlpLogPage {
  readonly rows: readonly LogRowJson[];
  readonly hasMore: boolean;
}

type Services = ReadonlyMap<string, OtlpGroupFacts>;

/** The log records that came by OTLP: they lie among the traces' payloads, and are decoded when they are asked for. */
export class OtlpLogs {
  /** What each raw group with log records holds, by its id; those that came last are at the end. */
  readonly #groups = new Map<number, Services>();
  #last = 0;

  listServices(snapshot: LogSnapshot): OtlpGroupFacts[] {
    this.#refresh(snapshot);
    const services = new Map<string, OtlpGroupFacts>();
    for (const facts of this.#groups.values()) {
      for (const each of facts.values()) {
        services.set(each.service, sumOf(services.get(each.service), each));
      }
    }
    return [...services.values()];
  }

  /** Newest first. Throws `LogRefusal` for a service without records and for a pattern that is none. */
  select(snapshot: LogSnapshot, query: OtlpLogQuery, signal: AbortSignal): OtlpLogPage {
    this.#refresh(snapshot);
    const parsed = parseFilterPattern(query.pattern ?? '');
    if (!parsed.ok) {
      throw invalidParameter(parsed.error.message);
    }
    const matches = compileFilterPattern(parsed.pattern);
    const candidates = [...this.#groups].flatMap(([id, services]) => {
      const facts = services.get(query.service);
      return facts === undefined ? [] : { id, ...facts };
    });
    if (candidates.length === 0) {
      throw groupMissing();
    }
    let rows: LogRowJson[] = [];
    let hasMore = false;
    const cut = (): void => {
      rows.sort((left, right) => (left.id < right.id ? 1 : -1));
      hasMore ||= rows.length > query.limit;
      rows = rows.slice(0, query.limit);
    };
    for (const { id, first, last } of candidates.toSorted((a, b) => (a.last < b.last ? 1 : -1))) {
      signal.throwIfAborted();
      const oldest = rows.length === query.limit ? rows.at(-1)?.time : undefined;
      if (oldest !== undefined && last < BigInt(oldest)) {
        hasMore = true;
        break;
      }
      if (last >= (query.from ?? last) && first <= (query.to ?? first)) {
        for (const { event, row } of rowsOf(snapshot, id)) {
          if (isWanted(event, row, query) && matches(event.message)) {
            rows.push(row);
          }
          if (rows.length > query.limit * roomFactor) {
            cut();
          }
        }
        cut();
      }
    }
    return { rows, hasMore };
  }

  #refresh(snapshot: LogSnapshot): void {
    const floor = Number(snapshot.meta('floor') ?? 0);
    for (const id of this.#groups.keys()) {
      // Groups leave in the order they came, save those that a pinned trace holds.
      if (id <= floor) {
        this.#groups.delete(id);
      }
    }
    for (const id of snapshot.rawLogGroups(Math.max(this.#last, floor))) {
      this.#last = id;
      const services = new Map<string, OtlpGroupFacts>();
      for (const { event } of rowsOf(snapshot, id)) {
        const service = serviceOf(event);
        services.set(service, sumOf(services.get(service), factsOf(event)));
      }
      this.#groups.set(id, services);
    }
  }
}

function isWanted(event: LogEvent, { id }: LogRowJson, { service, from, to, trace, before }: OtlpLogQuery): boolean {
  return (
    serviceOf(event) === service &&
    (from === undefined || event.time >= from) &&
    (to === undefined || event.time <= to) &&
    (trace === undefined || event.traceId === trace) &&
    (before === undefined || id < before)
  );
}

/** Every record of a raw group, in the order they came. */
function* rowsOf(snapshot: LogSnapshot, id: number): Generator<{ event: LogEvent; row: LogRowJson }> {
  const raw = snapshot.rawGroup(id);
  for (const [payload, { format, body }] of (raw === undefined ? [] : unpackGroup(raw)).entries()) {
    if (format === 'otlp-logs-protobuf' || format === 'otlp-logs-json') {
      const { records } = decodeOtlpLogs(body, format === 'otlp-logs-json' ? 'json' : 'protobuf');
      for (const [ordinal, event] of records.entries()) {
        yield { event, row: toRow(event, `${id}.${payload}.${ordinal}`, raw?.at ?? 0) };
      }
    }
  }
}

function toRow(event: LogEvent, place: string, receivedAt: number): LogRowJson {
  const { time, level, message, attributes } = toLogEventJson(event);
  const [group = '', payload = '', ordinal = ''] = place.split('.');
  return {
    // Digits of fixed length, so that texts sort as the records do.
    id: `${time.padStart(19, '0')}-${group.padStart(10, '0')}-${payload.padStart(5, '0')}-${ordinal.padStart(7, '0')}`,
    group: `${otlpPrefix}${serviceOf(event)}`,
    stream: otlpStream,
    time,
    ingestionTime: String(BigInt(Math.round(receivedAt)) * 1_000_000n),
    message,
    level,
    attributes,
    ...(event.traceId !== undefined && { traceId: event.traceId }),
    ...(event.spanId !== undefined && { spanId: event.spanId }),
  };
}

function serviceOf({ service }: LogEvent): string {
  return service ?? unnamedService;
}

function factsOf(event: LogEvent): OtlpGroupFacts {
  const { time, message } = event;
  return { service: serviceOf(event), events: 1, bytes: message.length, first: time, last: time };
}

function sumOf(left: OtlpGroupFacts | undefined, right: OtlpGroupFacts): OtlpGroupFacts {
  return left === undefined
    ? right
    : {
        service: right.service,
        events: left.events + right.events,
        bytes: left.bytes + right.bytes,
        first: left.first < right.first ? left.first : right.first,
        last: left.last > right.last ? left.last : right.last,
      };
}
