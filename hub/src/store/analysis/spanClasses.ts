import type { TraceId } from '@sightline/telemetry/model/ids';
import type { Attributes, Span } from '@sightline/telemetry/model/span';
import {
  header as headerSlots,
  keyNumberMask,
  rowsPerSegment,
  spanBits,
  valueType,
  valueTypeShift,
} from '../memory/segment.ts';
import { maxTextBytes } from '../memory/textTable.ts';
import { spanAt, type IndexedSpan, type SegmentView, type SharedIndex } from '../read/sharedIndex.ts';
import { oddWord, otherWord } from '../scan/attributeHash.ts';
import { oddStatus } from '../scan/spanDraft.ts';
import { identityOf, identityOfKey } from './identityKeys.ts';
import type { TraceDecoder } from './traceDecoder.ts';

/** What spans of a class have in common: the attributes that decide about services, and the resource. */
interface SpanClass {
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

/** More classes than this and the attributes that decide are hardly ever the same: the oldest are forgotten. */
const maxClasses = 20_000;

const none: Attributes = {};
const nothing = { annotations: {}, metadata: {}, events: [], links: [], exceptions: [] };

/**
 * Makes spans out of columns, good enough to tell requests, calls and services by. What the columns only have hashes of is taken from one
 * span of each class that is decoded.
 */
export class SpanClasses {
  readonly #index: SharedIndex;
  readonly #decoder: TraceDecoder;
  readonly #classes = new Map<number, SpanClass>();
  /** By segment number, of each key how much it decides. */
  readonly #identities = new WeakMap<SegmentView, { known: number; readonly of: Uint8Array }>();
  readonly #keyNumbers = new Map<string, number>();
  readonly #keyNumbersOf = new WeakMap<SegmentView, Uint32Array>();

  constructor(index: SharedIndex, decoder: TraceDecoder) {
    this.#index = index;
    this.#decoder = decoder;
  }

  /** The spans in these rows; `undefined` where a column does not tell enough, so that the trace must be decoded. */
  spansOf(traceId: TraceId, globalRows: readonly number[]): Span[] | undefined {
    const spans: Span[] = [];
    for (const globalRow of globalRows) {
      const view = this.#index.segmentOf(globalRow);
      const span = view === undefined ? undefined : this.#spanOf(traceId, view, globalRow % rowsPerSegment);
      if (span === undefined) {
        return undefined;
      }
      spans.push(span);
    }
    return spans;
  }

  #spanOf(traceId: TraceId, view: SegmentView, row: number): Span | undefined {
    const key = this.keyOf(view, row);
    if (key === undefined) {
      return undefined;
    }
    const indexed = spanAt(view, row);
    const known = this.#classes.get(key) ?? this.#learn(key, traceId, indexed);
    return known === undefined ? undefined : { ...indexed, traceId, ...nothing, ...known };
  }

  /** A number that stands for the class of the span in a row; `undefined` where a column does not tell enough of the span. */
  keyOf(view: SegmentView, row: number): number | undefined {
    const { columns } = view.segment;
    const isCut = view.texts.lengthOf(columns.url[row] as number) > maxTextBytes - 4;
    return isCut || columns.httpStatus[row] === oddStatus ? undefined : this.#classKey(view, row);
  }

  #learn(key: number, traceId: TraceId, indexed: IndexedSpan): SpanClass | undefined {
    const [span] = this.#decoder.decode(traceId, [indexed]);
    if (span === undefined) {
      return undefined;
    }
    const deciding = Object.entries(span.attributes).filter(([name]) => identityOfKey(name) !== identityOf.none);
    const learned = {
      attributes: deciding.length === 0 ? none : Object.fromEntries(deciding),
      resource: span.resource,
    };
    if (this.#classes.size >= maxClasses) {
      this.#classes.clear();
    }
    this.#classes.set(key, learned);
    return learned;
  }

  /** A number that stands for the class of a row; `undefined` where a deciding value is one that its word does not tell. */
  #classKey(view: SegmentView, row: number): number | undefined {
    const { columns } = view.segment;
    const identities = this.#identitiesOf(view);
    const numbers = this.#keyNumbersOf.get(view) as Uint32Array;
    const from = row === 0 ? 0 : (columns.attributeEnd[row - 1] as number);
    const to = columns.attributeEnd[row] as number;
    let high = (columns.resource[row] as number) ^ ((columns.bits[row] as number) & spanBits.otlp);
    let low = high;
    for (let at = from; at < to; at += 1) {
      const packed = columns.attributeKey[at] as number;
      const identity = identities[packed & keyNumberMask] as number;
      if (identity === identityOf.none) {
        continue;
      }
      let word = columns.attributeWord[at] as number;
      if (identity === identityOf.presence) {
        word = 1;
      } else if (!isTelling(packed >>> valueTypeShift, word)) {
        return undefined;
      }
      const number = numbers[packed & keyNumberMask] as number;
      high = Math.imul(high ^ number, 0x9e37_79b1);
      high = Math.imul(high ^ (high >>> 15) ^ word, 0x85eb_ca6b);
      low = Math.imul(low ^ word, 0xc2b2_ae35);
      low = Math.imul(low ^ (low >>> 13) ^ number, 0x27d4_eb2f);
    }
    return (high >>> 0) * 0x10_0000 + ((low ^ (low >>> 12)) & 0xf_ffff);
  }

  #identitiesOf(view: SegmentView): Uint8Array {
    const { header, keyStarts } = view.segment.columns;
    let known = this.#identities.get(view);
    if (known === undefined) {
      known = { known: 0, of: new Uint8Array(keyStarts.length) };
      this.#identities.set(view, known);
      this.#keyNumbersOf.set(view, new Uint32Array(keyStarts.length));
    }
    const numbers = this.#keyNumbersOf.get(view) as Uint32Array;
    for (const count = publishedKeys(header); known.known < count; known.known += 1) {
      const key = view.keys.textOf(known.known);
      const identity = identityOfKey(key);
      known.of[known.known] = identity;
      if (identity !== identityOf.none) {
        const number = this.#keyNumbers.get(key) ?? this.#keyNumbers.size + 1;
        this.#keyNumbers.set(key, number);
        numbers[known.known] = number;
      }
    }
    return known.of;
  }
}

function publishedKeys(header: Uint32Array<SharedArrayBuffer>): number {
  return Atomics.load(header, headerSlots.keys);
}

function isTelling(type: number, word: number): boolean {
  if (type === valueType.none) {
    // An attribute of X-Ray, unless it is a list.
    return word !== otherWord;
  }
  return type !== valueType.odd || word === oddWord.flagTrue || word === oddWord.flagFalse;
}
