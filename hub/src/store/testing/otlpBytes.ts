/** Writes OTLP's protobuf for tests, field by field, so that a test can also write what no exporter would. */

type Bytes = readonly number[];

export type TestValue =
  | { readonly text: string }
  | { readonly int: bigint }
  | { readonly double: number }
  | { readonly flag: boolean }
  | { readonly list: readonly TestValue[] }
  | { readonly none: true };

export interface TestSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly start?: bigint;
  readonly end?: bigint;
  readonly attributes?: readonly (readonly [key: string, value: TestValue])[];
  readonly statusCode?: number;
  readonly statusMessage?: string;
  /** Each with its name, and with a message as exceptions have it. */
  readonly events?: readonly { readonly name: string; readonly message?: string }[];
  readonly flags?: number;
}

export interface TestResource {
  readonly service?: string;
  readonly spans: readonly TestSpan[];
  /** The resource behind the spans, as the wire allows. */
  readonly resourceLast?: boolean;
}

/** An ExportTraceServiceRequest. */
export function otlpTraces(resources: readonly TestResource[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(resources.flatMap((resource) => message(1, resourceSpans(resource))));
}

function resourceSpans({ service, spans, resourceLast }: TestResource): Bytes {
  const resource = message(1, service === undefined ? [] : message(1, keyValue('service.name', { text: service })));
  const scope = message(
    2,
    spans.flatMap((span) => message(2, spanFields(span))),
  );
  return resourceLast === true ? [...scope, ...resource] : [...resource, ...scope];
}

function spanFields(span: TestSpan): Bytes {
  return [
    ...message(1, hexBytes(span.traceId)),
    ...message(2, hexBytes(span.spanId)),
    ...(span.parentId === undefined ? [] : message(4, hexBytes(span.parentId))),
    ...message(5, utf8(span.name ?? '')),
    ...varintField(6, BigInt(span.kind ?? 0)),
    ...fixed64Field(7, span.start ?? 0n),
    ...fixed64Field(8, span.end ?? span.start ?? 0n),
    ...(span.attributes ?? []).flatMap(([key, value]) => message(9, keyValue(key, value))),
    ...(span.events ?? []).flatMap((event) => message(11, eventFields(event))),
    ...(span.statusCode === undefined && span.statusMessage === undefined ? [] : message(15, statusFields(span))),
    ...(span.flags === undefined ? [] : [...tag(16, 5), ...littleEndian(BigInt(span.flags), 4)]),
  ];
}

function eventFields({ name, message: text }: { readonly name: string; readonly message?: string }): Bytes {
  const attributes = text === undefined ? [] : message(3, keyValue('exception.message', { text }));
  return [...fixed64Field(1, 0n), ...message(2, utf8(name)), ...attributes];
}

function statusFields({ statusCode = 0, statusMessage }: TestSpan): Bytes {
  return [
    ...(statusMessage === undefined ? [] : message(2, utf8(statusMessage))),
    ...varintField(3, BigInt(statusCode)),
  ];
}

function keyValue(key: string, value: TestValue): Bytes {
  return [...message(1, utf8(key)), ...message(2, anyValue(value))];
}

function anyValue(value: TestValue): Bytes {
  if ('text' in value) {
    return message(1, utf8(value.text));
  }
  if ('flag' in value) {
    return varintField(2, value.flag ? 1n : 0n);
  }
  if ('int' in value) {
    return varintField(3, BigInt.asUintN(64, value.int));
  }
  if ('double' in value) {
    return [...tag(4, 1), ...new Uint8Array(new Float64Array([value.double]).buffer)];
  }
  return 'list' in value
    ? message(
        5,
        value.list.flatMap((item) => message(1, anyValue(item))),
      )
    : [];
}

function message(field: number, content: Bytes): Bytes {
  return [...tag(field, 2), ...varint(BigInt(content.length)), ...content];
}

function varintField(field: number, value: bigint): Bytes {
  return [...tag(field, 0), ...varint(value)];
}

function fixed64Field(field: number, value: bigint): Bytes {
  return [...tag(field, 1), ...littleEndian(value, 8)];
}

function tag(field: number, wireType: number): Bytes {
  return varint(BigInt((field << 3) | wireType));
}

function varint(value: bigint): Bytes {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
  return [...bytes, Number(rest)];
}

function littleEndian(value: bigint, length: number): Bytes {
  return Array.from({ length }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

function hexBytes(hex: string): Bytes {
  return [...Buffer.from(hex, 'hex')];
}

function utf8(text: string): Bytes {
  return [...Buffer.from(text)];
}
