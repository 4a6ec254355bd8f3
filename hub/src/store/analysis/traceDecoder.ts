import type { TraceId } from '@sightline/telemetry/model/ids';
import type { Span } from '@sightline/telemetry/model/span';
import { traceIdAt, tracesPerChunk } from '../memory/traceTable.ts';
import type { GroupReader } from '../read/groupReader.ts';
import type { IndexedSpan, SharedIndex } from '../read/sharedIndex.ts';
import { decodeTracePart, payloadPartsOf } from '../read/tracePayloads.ts';

/** Decodes what was sent: the last word where columns do not say enough. */
export class TraceDecoder {
  readonly #index: SharedIndex;
  readonly #groups: () => GroupReader;

  constructor(index: SharedIndex, groups: () => GroupReader) {
    this.#index = index;
    this.#groups = groups;
  }

  /** Every span of the trace in a slot, in the order of arrival; none where it has gone. */
  spansOf(slot: number): Span[] {
    const chunk = this.#index.chunkOf(slot);
    return chunk === undefined
      ? []
      : this.decode(traceIdAt(chunk, slot % tracesPerChunk) as TraceId, this.#index.spansOf(slot));
  }

  decode(traceId: TraceId, indexed: readonly IndexedSpan[]): Span[] {
    const spans: Span[] = [];
    for (const part of payloadPartsOf(indexed)) {
      const payload = this.#groups().read(part.group)?.payloads[part.payload];
      if (payload !== undefined) {
        spans.push(...decodeTracePart(payload, traceId, part));
      }
    }
    return spans;
  }
}
