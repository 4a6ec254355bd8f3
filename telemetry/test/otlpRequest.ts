import { hexBytes, ProtobufWriter } from './protobufWriter.ts';

/** A value as a sender has it: whole numbers and bigints go as int, other numbers as double, bytes as bytes, null as an empty AnyValue. */
export type SentValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly SentValue[]
  | { readonly [key: string]: SentValue };

export type SentAttributes = Readonly<Record<string, SentValue>>;

export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly flags?: number;
  readonly name?: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind?: number;
  readonly start?: bigint;
  readonly end?: bigint;
  readonly attributes?: SentAttributes;
  readonly events?: readonly { readonly name: string; readonly time: bigint; readonly attributes?: SentAttributes }[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState?: string;
    readonly attributes?: SentAttributes;
  }[];
  readonly droppedAttributes?: number;
  readonly droppedEvents?: number;
  readonly droppedLinks?: number;
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode?: number;
  readonly statusMessage?: string;
}

export interface SentScope {
  readonly name: string;
  readonly version?: string;
  readonly attributes?: SentAttributes;
}

export interface SentResourceSpans {
  readonly resource?: SentAttributes;
  readonly scope?: SentScope;
  readonly spans: readonly SentSpan[];
}

export interface SentLogRecord {
  readonly time?: bigint;
  readonly observedTime?: bigint;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body?: SentValue;
  readonly attributes?: SentAttributes;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly eventName?: string;
}

export interface SentResourceLogs {
  readonly resource?: SentAttributes;
  readonly scope?: SentScope;
  readonly logRecords: readonly SentLogRecord[];
}

/** An ExportTraceServiceRequest in protobuf. */
export function encodeTraceRequest(sent: readonly SentResourceSpans[]): Uint8Array<ArrayBuffer> {
  const request = new ProtobufWriter();
  for (const { resource, scope, spans } of sent) {
    request.message(1, (resourceSpans) => {
      writeResource(resourceSpans, resource);
      resourceSpans.message(2, (scopeSpans) => {
        writeScope(scopeSpans, scope);
        for (const span of spans) {
          scopeSpans.message(2, (writer) => writeSpan(writer, span));
        }
      });
    });
  }
  return request.finish();
}

/** An ExportLogsServiceRequest in protobuf. */
export function encodeLogsRequest(sent: readonly SentResourceLogs[]): Uint8Array<ArrayBuffer> {
  const request = new ProtobufWriter();
  for (const { resource, scope, logRecords } of sent) {
    request.message(1, (resourceLogs) => {
      writeResource(resourceLogs, resource);
      resourceLogs.message(2, (scopeLogs) => {
        writeScope(scopeLogs, scope);
        for (const record of logRecords) {
          scopeLogs.message(2, (writer) => writeLogRecord(writer, record));
        }
      });
    });
  }
  return request.finish();
}

/** The fields of one Span, without its tag and length. */
export function writeSpan(writer: ProtobufWriter, span: SentSpan): void {
  writer.bytes(1, hexBytes(span.traceId)).bytes(2, hexBytes(span.spanId));
  writeIf(span.traceState, (traceState) => writer.text(3, traceState));
  writeIf(span.parentSpanId, (parentSpanId) => writer.bytes(4, hexBytes(parentSpanId)));
  writer.text(5, span.name ?? '').varint(6, span.kind ?? 0);
  writer.fixed64(7, span.start ?? 0n).fixed64(8, span.end ?? 0n);
  writeAttributes(writer, 9, span.attributes);
  writeIf(span.droppedAttributes, (count) => writer.varint(10, count));
  for (const event of span.events ?? []) {
    writer.message(11, (inner) => {
      writeAttributes(inner.fixed64(1, event.time).text(2, event.name), 3, event.attributes);
    });
  }
  writeIf(span.droppedEvents, (count) => writer.varint(12, count));
  for (const link of span.links ?? []) {
    writer.message(13, (inner) => {
      inner.bytes(1, hexBytes(link.traceId)).bytes(2, hexBytes(link.spanId));
      writeIf(link.traceState, (traceState) => inner.text(3, traceState));
      writeAttributes(inner, 4, link.attributes);
    });
  }
  writeIf(span.droppedLinks, (count) => writer.varint(14, count));
  if (span.statusCode !== undefined || span.statusMessage !== undefined) {
    writer.message(15, (inner) => inner.text(2, span.statusMessage ?? '').varint(3, span.statusCode ?? 0));
  }
  writeIf(span.flags, (flags) => writer.fixed32(16, flags));
}

/** KeyValues as the repeated field `field`. */
export function writeAttributes(writer: ProtobufWriter, field: number, attributes: SentAttributes = {}): void {
  for (const [key, value] of Object.entries(attributes)) {
    writer.message(field, (inner) => inner.text(1, key).message(2, (any) => writeValue(any, value)));
  }
}

/** The fields of an AnyValue. */
export function writeValue(writer: ProtobufWriter, value: SentValue): void {
  if (typeof value === 'string') {
    writer.text(1, value);
  } else if (typeof value === 'boolean') {
    writer.varint(2, value);
  } else if (typeof value === 'bigint' || Number.isInteger(value)) {
    writer.varint(3, value as number | bigint);
  } else if (typeof value === 'number') {
    writer.double(4, value);
  } else if (value instanceof Uint8Array) {
    writer.bytes(7, value);
  } else if (isList(value)) {
    writer.message(5, (list) => {
      for (const item of value) {
        list.message(1, (any) => writeValue(any, item));
      }
    });
  } else if (value !== null) {
    writer.message(6, (list) => writeAttributes(list, 1, value));
  }
}

function writeLogRecord(writer: ProtobufWriter, record: SentLogRecord): void {
  writeIf(record.time, (time) => writer.fixed64(1, time));
  writeIf(record.severityNumber, (number) => writer.varint(2, number));
  writeIf(record.severityText, (text) => writer.text(3, text));
  writeIf(record.body, (body) => writer.message(5, (any) => writeValue(any, body)));
  writeAttributes(writer, 6, record.attributes);
  writeIf(record.traceId, (traceId) => writer.bytes(9, hexBytes(traceId)));
  writeIf(record.spanId, (spanId) => writer.bytes(10, hexBytes(spanId)));
  writeIf(record.observedTime, (time) => writer.fixed64(11, time));
  writeIf(record.eventName, (name) => writer.text(12, name));
}

function writeResource(writer: ProtobufWriter, resource: SentAttributes | undefined): void {
  writeIf(resource, (attributes) => writer.message(1, (inner) => writeAttributes(inner, 1, attributes)));
}

function writeScope(writer: ProtobufWriter, scope: SentScope | undefined): void {
  writeIf(scope, ({ name, version, attributes }) =>
    writer.message(1, (inner) => {
      inner.text(1, name);
      writeIf(version, (text) => inner.text(2, text));
      writeAttributes(inner, 3, attributes);
    }),
  );
}

function writeIf<T>(value: T | undefined, write: (value: T) => void): void {
  if (value !== undefined) {
    write(value);
  }
}

/** `Array.isArray` does not narrow a readonly array out of a union. */
function isList(value: SentValue): value is readonly SentValue[] {
  return Array.isArray(value);
}
