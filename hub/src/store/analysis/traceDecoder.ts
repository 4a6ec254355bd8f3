import type { TraceId } from '@sightline/telemetry/model/ids';
import type { Span } from '@sightline/telemetry/model/span';
import { traceIdAt, tracesPerChunk } from '../memory/traceTable.ts';
import type { GroupReader } from '../read/groupReader.ts';
import type { SharedIndex, SpanPlace } from '../read/sharedIndex.ts';
import { decodePayload, decodeTracePart, payloadPartsOf, type PayloadPart } from '../read/tracePayloads.ts';

/** Payloads that are remembered. */
const keptPayloads = 8;
/** Once so many of its traces have been asked for, decoding all of a payload takes less than decoding each. */
const worthAll = 8;

/** Decodes what was sent: the last word where columns do not say enough. */
export class TraceDecoder {
  readonly #index: SharedIndex;
  readonly #groups: () => GroupReader;
  /** By payload how often it was asked for, and then the spans of each trace in it. */
  readonly #kept = new Map<string, number | Map<string, Span[]>>();

  constructor(index: SharedIndex, groups: () => GroupReader) {
    this.#index = index;
    this.#groups = groups;
  }

  /** Every span of the trace in a slot, in the order of arrival; none where it has gone. */
  spansOf(slot: number): Span[] {
    const chunk = this.#index.chunkOf(slot);
    return chunk === undefined
      ? []
      : this.decode(traceIdAt(chunk, slot % tracesPerChunk) as TraceId, this.#index.placesOf(slot));
  }

  /** The same, where the neighbours of the trace are likely to be asked for next: their payload is then decoded once for all. */
  spansNear(slot: number): Span[] {
    const chunk = this.#index.chunkOf(slot);
    if (chunk === undefined) {
      return [];
    }
    const traceId = traceIdAt(chunk, slot % tracesPerChunk) as TraceId;
    return payloadPartsOf(this.#index.placesOf(slot)).flatMap((part) => {
      const spans = this.#keptSpans(part, traceId);
      const wanted = new Set(part.spanIds);
      return spans === undefined ? this.#decodePart(part, traceId) : spans.filter(({ id }) => wanted.delete(id));
    });
  }

  decode(traceId: TraceId, places: readonly SpanPlace[]): Span[] {
    return payloadPartsOf(places).flatMap((part) => this.#decodePart(part, traceId));
  }

  #decodePart(part: PayloadPart, traceId: TraceId): Span[] {
    const payload = this.#groups().read(part.group)?.payloads[part.payload];
    return payload === undefined ? [] : decodeTracePart(payload, traceId, part);
  }

  /** The spans of a trace in a payload that is asked for often; `undefined` of others. */
  #keptSpans({ group, payload }: PayloadPart, traceId: TraceId): readonly Span[] | undefined {
    const key = `${group}.${payload}`;
    let kept = this.#kept.get(key) ?? 0;
    if (typeof kept === 'number') {
      kept += 1;
      const stored = kept < worthAll ? undefined : this.#groups().read(group)?.payloads[payload];
      kept = stored === undefined ? kept : Map.groupBy(decodePayload(stored), (span) => span.traceId);
    }
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    if (this.#kept.size > keptPayloads) {
      const [oldest] = this.#kept.keys();
      this.#kept.delete(oldest as string);
    }
    return typeof kept === 'number' ? undefined : (kept.get(traceId) ?? []);
  }
}
