import type { RelayDestination } from '../client/relayApi.ts';
import { putLimits } from '../store/logs/putLogEvents.ts';
import type { Retention, Usage } from '@sightline/telemetry/cost/usage';
import type { LogBatchAbout } from './logsSender.ts';
import type { Item } from './outcome.ts';

/** What one request that arrived is charged for. */
export interface Used {
  readonly usage: Usage;
  /** Of the group that log bytes went to. */
  readonly retention?: Retention;
}

/** Counts a request as its vendor does: traces and segments, bytes of log events with their overhead, spans and log records, items. */
export function usageOf(destination: RelayDestination, items: readonly Item[]): Used {
  const bytes = items.reduce((sum, { body }) => sum + body.length, 0);
  switch (destination) {
    case 'xray':
      return { usage: { requests: 1, traces: countTraces(items), spans: items.length, spanBytes: bytes } };
    case 'otlp':
      return {
        usage: { requests: 1, events: items.reduce((sum, item) => sum + countRecords(item), 0), spanBytes: bytes },
      };
    case 'rollbar':
      return { usage: { requests: 1, items: items.length } };
    case 'logs': {
      const { events: logEvents = 0, bytes: text = 0, retentionDays } = aboutIn(items);
      const logBytes = text + logEvents * putLimits.eventOverhead;
      return { usage: { requests: 1, logEvents, logBytes }, retention: retentionDays ?? 'never' };
    }
  }
}

function aboutIn([item]: readonly Item[]): Partial<LogBatchAbout> {
  return item === undefined ? {} : (JSON.parse(item.about) as LogBatchAbout);
}

/** Segments without a parent begin a trace here; those of other services belong to one that is counted there. */
function countTraces(items: readonly Item[]): number {
  return items.filter(({ body }) => {
    const text = Buffer.from(body.buffer, body.byteOffset, body.length);
    return !text.includes('"parent_id"') && !text.includes('"in_progress":true');
  }).length;
}

function countRecords({ about, body }: Item): number {
  return about.endsWith('json') ? countJson(body) : countAt(body, 0, body.length, 0);
}

/** `ResourceSpans` 1, `ScopeSpans` 2, `Span` 2, and the same numbers for logs (opentelemetry-proto, trace.proto and logs.proto). */
const path = [1, 2, 2];

/** How many messages lie at the end of the path; what is no protobuf counts for nothing. */
function countAt(bytes: Uint8Array, from: number, to: number, depth: number): number {
  let at = from;
  let count = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < to; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) {
        break;
      }
    }
    return value;
  };
  while (at < to) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 2) {
      const end = varint() + at;
      if (end > to) {
        break;
      }
      if (tag >>> 3 === path[depth]) {
        count += depth === path.length - 1 ? 1 : countAt(bytes, at, end, depth + 1);
      }
      at = end;
    } else if (wire === 0) {
      varint();
    } else if (wire === 1 || wire === 5) {
      at += wire === 1 ? 8 : 4;
    } else {
      break;
    }
  }
  return count;
}

interface Scopes {
  readonly scopeSpans?: readonly { readonly spans?: readonly unknown[] }[];
  readonly scopeLogs?: readonly { readonly logRecords?: readonly unknown[] }[];
}

function countJson(body: Uint8Array): number {
  try {
    const { resourceSpans = [], resourceLogs = [] } = JSON.parse(Buffer.from(body).toString()) as {
      readonly resourceSpans?: readonly Scopes[];
      readonly resourceLogs?: readonly Scopes[];
    };
    const spans = resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans.map((scope) => scope.spans?.length ?? 0));
    const logs = resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs.map((scope) => scope.logRecords?.length ?? 0));
    return [...spans, ...logs].reduce((sum, each) => sum + each, 0);
  } catch {
    // It arrived all the same; the vendor counts what it makes of it.
    return 0;
  }
}
