import { toUtf8 } from '@sightline/telemetry/decode/utf8';
import type { TraceId } from '@sightline/telemetry/model/ids';
import { parseTraceId } from '@sightline/telemetry/model/ids';
import type { JsonValue, RawTrace } from '../../client/api.ts';
import type { StoredPayload } from '../rawGroup.ts';
import { otlpTracesToJson } from './otlpProtobufToJson.ts';

type RawDocument = RawTrace['documents'][number];
type Fields = Readonly<Record<string, JsonValue>>;

/** Characters of JSON in one answer, and the most bytes of a payload that is parsed for it: more than a person reads, and memory has an end. */
const maxCharacters = 16 * 2 ** 20;

/** The documents of one trace, the oldest first, as many as fit into one answer; the others are counted. */
export class RawDocuments {
  readonly #id: TraceId;
  readonly #documents: RawDocument[] = [];
  #characters = 0;
  #omitted = 0;

  constructor(id: TraceId) {
    this.#id = id;
  }

  add(payload: StoredPayload, receivedAtMillis: number): void {
    const document =
      this.#characters < maxCharacters && payload.body.length <= maxCharacters
        ? toRawDocument(payload, this.#id, receivedAtMillis)
        : undefined;
    const characters = JSON.stringify(document)?.length ?? 0;
    if (document === undefined || this.#characters + characters > maxCharacters) {
      this.#omitted += 1;
    } else {
      this.#documents.push(document);
      this.#characters += characters;
    }
  }

  get trace(): RawTrace {
    const omitted = this.#omitted === 0 ? {} : { omittedDocuments: this.#omitted };
    return { id: this.#id, documents: this.#documents, ...omitted };
  }
}

/** A stored payload as a document to read. An OTLP request carries many traces: of it only the spans of this one are shown. */
function toRawDocument({ format, body }: StoredPayload, traceId: TraceId, receivedAtMillis: number): RawDocument {
  const receivedAt = String(BigInt(Math.round(receivedAtMillis)) * 1_000_000n);
  if (format === 'xray-segment') {
    return { source: 'xray', format: 'xray-json', receivedAt, document: parseDocument(body) };
  }
  return format === 'otlp-traces-json'
    ? { source: 'otlp', format: 'otlp-json', receivedAt, document: onlyTrace(parseDocument(body), traceId) }
    : { source: 'otlp', format: 'otlp-protobuf', receivedAt, document: onlyTrace(otlpTracesToJson(body), traceId) };
}

function parseDocument(body: Uint8Array): JsonValue {
  // The payload was read once when it came, so it is JSON.
  return JSON.parse(toUtf8(body)) as JsonValue;
}

/** The request with the other traces' spans, and what holds nothing without them, taken out. Field names as they were sent. */
function onlyTrace(request: JsonValue, traceId: TraceId): JsonValue {
  return keepWithin(
    request,
    [
      ['resourceSpans', 'resource_spans'],
      ['scopeSpans', 'scope_spans'],
      ['spans', 'spans'],
    ],
    (span) => idOf(span) === traceId,
  );
}

function keepWithin(
  message: JsonValue,
  path: readonly (readonly [name: string, protobufName: string])[],
  isWanted: (span: Fields) => boolean,
): JsonValue {
  const [names, ...deeper] = path;
  if (names === undefined || !isFields(message)) {
    return message;
  }
  const name = Object.hasOwn(message, names[0]) ? names[0] : names[1];
  const items = message[name];
  if (!Array.isArray(items)) {
    return message;
  }
  const isLast = deeper.length === 0;
  const kept = items
    .map((item: JsonValue) => (isLast ? item : keepWithin(item, deeper, isWanted)))
    .filter((item: JsonValue) => isFields(item) && (isLast ? isWanted(item) : holdsSomething(item, deeper[0])));
  return { ...message, [name]: kept };
}

function holdsSomething(message: Fields, names: readonly [string, string] | undefined): boolean {
  return names?.some((name) => Array.isArray(message[name]) && message[name].length > 0) ?? true;
}

function idOf(span: Fields): TraceId | undefined {
  const sent = span['traceId'] ?? span['trace_id'];
  return typeof sent === 'string' ? parseTraceId(sent) : undefined;
}

function isFields(value: JsonValue): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
