/** What an OTLP request holds, as Honeycomb counts: each span, span event, link and log record is an event. */
export interface OtlpEvents {
  readonly spans: number;
  readonly logEvents: number;
  readonly events: number;
}

const nothing: OtlpEvents = { spans: 0, logEvents: 0, events: 0 };

// Field numbers of opentelemetry-proto, trace/v1 and logs/v1: both nest a list (1) of a list (2) of records (2).
const resourceField = 1;
const scopeField = 2;
const recordField = 2;
const spanEventField = 11;
const spanLinkField = 13;

/** Counts an OTLP request in protobuf without reading what it says. Never throws: what is cut off counts as far as it goes. */
export function countOtlpProtobuf(body: Uint8Array, signal: 'traces' | 'logs'): OtlpEvents {
  let records = 0;
  let beside = 0;
  for (const resource of messagesIn(body, 0, body.length, [resourceField])) {
    for (const scope of messagesIn(body, resource.start, resource.end, [scopeField])) {
      for (const record of messagesIn(body, scope.start, scope.end, [recordField])) {
        records += 1;
        if (signal === 'traces') {
          beside += [...messagesIn(body, record.start, record.end, [spanEventField, spanLinkField])].length;
        }
      }
    }
  }
  return toEvents(signal, records, beside);
}

/** Counts an OTLP request in JSON; what is no such request counts as nothing. */
export function countOtlpJson(text: string, signal: 'traces' | 'logs'): OtlpEvents {
  const [resources, scopes, list] =
    signal === 'traces'
      ? (['resourceSpans', 'scopeSpans', 'spans'] as const)
      : (['resourceLogs', 'scopeLogs', 'logRecords'] as const);
  try {
    const records = listIn(JSON.parse(text), resources).flatMap((resource) =>
      listIn(resource, scopes).flatMap((scope) => listIn(scope, list)),
    );
    const beside = records.reduce<number>(
      (sum, record) => sum + listIn(record, 'events').length + listIn(record, 'links').length,
      0,
    );
    return toEvents(signal, records.length, signal === 'traces' ? beside : 0);
  } catch {
    // No JSON has no records either; whoever receives it says what is wrong.
    return nothing;
  }
}

function toEvents(signal: 'traces' | 'logs', records: number, beside: number): OtlpEvents {
  return signal === 'traces'
    ? { spans: records, logEvents: 0, events: records + beside }
    : { spans: 0, logEvents: records, events: records };
}

function listIn(value: unknown, member: string): unknown[] {
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
  return Array.isArray(list) ? list : [];
}

/** The messages of some fields, by where they are (protobuf.dev, "Encoding"). */
function* messagesIn(
  bytes: Uint8Array,
  from: number,
  to: number,
  wanted: readonly number[],
): Generator<{ readonly start: number; readonly end: number }> {
  let at = from;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < to; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        break;
      }
    }
    return value;
  };
  while (at < to) {
    const tag = varint();
    const wire = tag % 8;
    if (wire === 2) {
      const length = varint();
      const end = Math.min(to, at + length);
      if (wanted.includes(Math.floor(tag / 8))) {
        yield { start: at, end };
      }
      at = end;
    } else if (wire === 0) {
      varint();
    } else if (wire === 1 || wire === 5) {
      at += wire === 1 ? 8 : 4;
    } else {
      return;
    }
  }
}
