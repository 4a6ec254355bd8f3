import type { TraceId } from '@sightline/telemetry/model/ids';
import type { Attributes } from '@sightline/telemetry/model/span';
import { traceIdAt, tracesPerChunk } from '../memory/traceTable.ts';
import { spanAt, type SegmentView, type SharedIndex } from '../read/sharedIndex.ts';
import { spanBits } from '../memory/segment.ts';
import type { TraceDecoder } from './traceDecoder.ts';
import type { SegmentTest } from './traceVerdicts.ts';
import { verdict, type Verdict } from './verdict.ts';

/** A program that names each resource anew must not fill memory. */
const maxResources = 5_000;

/** A test of rows by what their resource says, asked once of each resource; `maybe` where that cannot be read any more. */
export function ofResources(resources: ResourceValues, test: (resource: Attributes) => Verdict): SegmentTest {
  const verdicts = new Map<number, Verdict>();
  return (view) => {
    const { resource, bits } = view.segment.columns;
    let lastHash = -1;
    let last: Verdict = verdict.no;
    return (row) => {
      if (((bits[row] as number) & spanBits.otlp) === 0) {
        return verdict.no;
      }
      const hash = resource[row] as number;
      if (hash === lastHash) {
        return last;
      }
      let one = verdicts.get(hash);
      if (one === undefined) {
        const attributes = resources.of(view, row);
        if (attributes === undefined) {
          return verdict.maybe;
        }
        one = test(attributes);
        verdicts.set(hash, one);
      }
      lastHash = hash;
      last = one;
      return one;
    };
  };
}

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
