import type { TraceId } from '@sightline/telemetry/model/ids';
import type { Attributes } from '@sightline/telemetry/model/span';
import { traceIdAt, tracesPerChunk } from '../memory/traceTable.ts';
import { spanAt, type SegmentView, type SharedIndex } from '../read/sharedIndex.ts';
import type { TraceDecoder } from './traceDecoder.ts';

/** A program that names each resource anew must not fill memory. */
const maxResources = 5_000;

/** What resources say: one span of each is decoded. */
export class ResourceValues {
  readonly #index: SharedIndex;
  readonly #decoder: TraceDecoder;
  readonly #known = new Map<number, Attributes>();

  constructor(index: SharedIndex, decoder: TraceDecoder) {
    this.#index = index;
    this.#decoder = decoder;
  }

  /** The resource of the span in a row; `undefined` where it cannot be read any more. */
  of(view: SegmentView, row: number): Attributes | undefined {
    const hash = view.segment.columns.resource[row] as number;
    const known = this.#known.get(hash);
    if (known !== undefined) {
      return known;
    }
    const slot = view.segment.columns.trace[row] as number;
    const chunk = this.#index.chunkOf(slot);
    if (chunk === undefined) {
      return undefined;
    }
    const traceId = traceIdAt(chunk, slot % tracesPerChunk) as TraceId;
    const [span] = this.#decoder.decode(traceId, [spanAt(view, row)]);
    if (span === undefined) {
      return undefined;
    }
    if (this.#known.size >= maxResources) {
      this.#known.clear();
    }
    this.#known.set(hash, span.resource);
    return span.resource;
  }
}
