import type { Span } from '@sightline/telemetry/model/span';
import { epochNanos } from '@sightline/telemetry/model/units';
import { requestsOfTrace } from '@sightline/telemetry/view/traceRequests';
import { keyNumberMask, publishedRows, spanBits, valueType, valueTypeShift } from '../memory/segment.ts';
import type { SegmentView, SharedIndex } from '../read/sharedIndex.ts';
import type { FilterFacts } from '../traceAnalysis.ts';
import type { TraceDecoder } from './traceDecoder.ts';
import type { TraceFinder } from './traceFinder.ts';

const maxKeys = 100;
const maxValues = 20;
const maxServices = 200;
/** So many of the newest traces are decoded, as far as the time reaches; a few of them however slow the machine. */
const sampledTraces = 500;
const leastTraces = 16;
const sampleMillis = 80;

type Value = string | number | boolean;

/** Counts how often something was seen. */
class Tally<T> {
  readonly #counts = new Map<T, number>();

  add(item: T, count = 1): void {
    this.#counts.set(item, (this.#counts.get(item) ?? 0) + count);
  }

  has(item: T): boolean {
    return this.#counts.has(item);
  }

  /** The most frequent first. */
  most(count: number): T[] {
    return [...this.#counts]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([item]) => item);
  }
}

/**
 * What could be typed into a filter: services, annotations and their values in the newest traces, and the keys of annotations in all of
 * them.
 */
export function* collectFilterFacts(
  index: SharedIndex,
  finder: TraceFinder,
  decoder: TraceDecoder,
): Generator<undefined, FilterFacts> {
  const sample = new Sample();
  const until = performance.now() + sampleMillis;
  const always = { from: epochNanos(0n), to: epochNanos((1n << 64n) - 1n) };
  const walk = finder.walk(always);
  const isEnough = (): boolean =>
    walk.looked >= sampledTraces || (walk.looked >= leastTraces && performance.now() >= until);
  while (!walk.isAtEnd && !isEnough()) {
    walk.next(1, until, (slot) => sample.add(decoder.spansNear(slot)));
    yield;
  }
  const keys = new Tally<string>();
  for (const view of index.segments()) {
    countKeys(view, keys);
    yield;
  }
  return sample.facts(keys);
}

class Sample {
  readonly #services = new Tally<string>();
  readonly #values = new Map<string, Tally<Value>>();
  readonly #metadata = new Tally<string>();

  add(spans: readonly Span[]): void {
    const { requests, annotations } = requestsOfTrace(spans);
    for (const { service } of requests) {
      this.#services.add(JSON.stringify([service.name, service.type]));
    }
    for (const { key, value } of annotations) {
      let values = this.#values.get(key);
      if (values === undefined) {
        values = new Tally();
        this.#values.set(key, values);
      }
      values.add(value);
    }
    for (const span of spans) {
      for (const key of metadataKeysOf(span)) {
        this.#metadata.add(key);
      }
    }
  }

  facts(counted: Tally<string>): FilterFacts {
    // Resource attributes have no column of their own: of them the sample knows the keys.
    for (const key of this.#values.keys()) {
      if (!counted.has(key)) {
        counted.add(key);
      }
    }
    return {
      services: this.#services.most(maxServices).map((text) => {
        const [name, type] = JSON.parse(text) as [string, string | null];
        return { name, ...(type === null || type === undefined ? {} : { type }) };
      }),
      annotations: counted.most(maxKeys).map((key) => ({ key, values: this.#values.get(key)?.most(maxValues) ?? [] })),
      metadataKeys: this.#metadata.most(maxKeys),
    };
  }
}

/** X-Ray's metadata by namespace and key; of OTel's attributes lists and maps. */
function metadataKeysOf({ source, metadata, attributes }: Span): string[] {
  if (source === 'otlp') {
    return Object.entries(attributes).flatMap(([key, value]) => (typeof value === 'object' ? [key] : []));
  }
  return Object.entries(metadata).flatMap(([namespace, values]) =>
    typeof values === 'object' && values !== null && !Array.isArray(values)
      ? Object.keys(values).map((key) => `${namespace}.${key}`)
      : [namespace],
  );
}

function countKeys(view: SegmentView, keys: Tally<string>): void {
  const { attributeKey, attributeEnd, keyStarts, bits } = view.segment.columns;
  const rows = publishedRows(view.segment);
  const counts = new Uint32Array(keyStarts.length);
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    const end = attributeEnd[row] as number;
    if (((bits[row] as number) & spanBits.dead) !== 0) {
      at = end;
    }
    for (; at < end; at += 1) {
      const packed = attributeKey[at] as number;
      if (packed >>> valueTypeShift !== valueType.none) {
        counts[packed & keyNumberMask] = (counts[packed & keyNumberMask] as number) + 1;
      }
    }
  }
  for (let number = 1; number < counts.length; number += 1) {
    if (counts[number] !== 0) {
      keys.add(view.keys.textOf(number), counts[number]);
    }
  }
}
