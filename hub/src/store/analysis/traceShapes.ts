import type { TraceRequests } from '@sightline/telemetry/view/traceRequests';
import { rowsPerSegment, spanBits } from '../memory/segment.ts';
import { hexOfWords } from '../memory/traceTable.ts';
import type { SegmentView, SharedIndex } from '../read/sharedIndex.ts';
import type { SpanClasses } from './spanClasses.ts';

const word = 0x1_0000_0000;
/** Longer traces seldom have the shape of another. */
const maxSpans = 64;
const parentMissing = maxSpans;
const noParent = maxSpans + 1;

const kindClient = 2;
const kindProducer = 3;

/** Where the times of an entry come from, by numbers of spans in the order of their starts. */
export interface EntryTimes {
  /** The span that it began and answered with. */
  readonly span: number;
  /** What it did: it ends with the last of these. */
  readonly work: readonly number[];
}

/**
 * Reads the spans of a trace out of the columns, in the order of their starts, and makes a number of all that decides about requests and
 * calls but their times: traces of the same shape have the same ones.
 *
 * Only traces of one protocol have a shape: whether two protocols report the same call depends on times too.
 */
export class TraceShapes {
  readonly #index: SharedIndex;
  readonly #classes: SpanClasses;
  readonly #textNumbers = new Map<string, number>();
  readonly #numbersOf = new WeakMap<SegmentView, Uint32Array>();
  readonly #originsOf = new WeakMap<SegmentView, Uint32Array>();
  count = 0;
  readonly rows = new Float64Array(maxSpans);
  /** Nanoseconds since the first start. */
  readonly starts = new Float64Array(maxSpans);
  readonly durations = new Float64Array(maxSpans);
  readonly #views: SegmentView[] = [];
  readonly #idHigh = new Uint32Array(maxSpans);
  readonly #idLow = new Uint32Array(maxSpans);
  readonly parents = new Uint8Array(maxSpans);
  startHigh = 0;
  startLow = 0;
  #high = 0;
  #low = 0;

  constructor(index: SharedIndex, classes: SpanClasses) {
    this.#index = index;
    this.#classes = classes;
  }

  /** The number of the shape; `undefined` where the trace has none. What was read stays until the next one. */
  read(globalRows: readonly number[]): number | undefined {
    if (globalRows.length === 0 || globalRows.length > maxSpans || !this.#take(globalRows)) {
      return undefined;
    }
    this.#high = this.count;
    this.#low = this.count;
    for (let at = 0; at < this.count; at += 1) {
      if (!this.#addSpan(at)) {
        return undefined;
      }
    }
    return (this.#high >>> 0) * 0x10_0000 + ((this.#low ^ (this.#low >>> 12)) & 0xf_ffff);
  }

  /** The latest end of spans, at least the start of the first of them. */
  endOf(spans: readonly number[]): number {
    let end = 0;
    for (const span of spans) {
      end = Math.max(end, (this.starts[span] as number) + Math.max(0, this.durations[span] as number));
    }
    return end;
  }

  /** From the first start to the last end. */
  get duration(): number {
    let end = 0;
    for (let span = 0; span < this.count; span += 1) {
      end = Math.max(end, (this.starts[span] as number) + Math.max(0, this.durations[span] as number));
    }
    return end;
  }

  /** Where the entries of a trace of this shape have their times from; `undefined` where that is not told by its spans. */
  timesOf({ requests, calls }: TraceRequests): EntryTimes[] | undefined {
    const numbers = new Map<string, number>();
    for (let at = 0; at < this.count; at += 1) {
      numbers.set(hexOfWords(this.#idHigh[at] as number, this.#idLow[at] as number), at);
    }
    const owners = this.#ownersOf(requests, numbers);
    const times: (EntryTimes | undefined)[] = requests.map(({ spanIds }, request) => {
      const span = numbers.get(spanIds[0] ?? '');
      const work = [...owners.keys()].filter((at) => owners[at] === request);
      return span === undefined ? undefined : { span, work };
    });
    for (const call of calls) {
      const span = numbers.get(call.id);
      if (requests[call.target]?.spanIds.includes(call.id) === true) {
        times.push(times[call.target]);
      } else {
        const own = span === undefined ? undefined : { span, work: [span] };
        times.push(own);
        // An inferred request is what the caller saw.
        times[call.target] ??= own;
      }
    }
    return times.every((one) => one !== undefined) ? times : undefined;
  }

  /** Of each span the request that it is work for, -1 where there is none. */
  #ownersOf(requests: TraceRequests['requests'], numbers: ReadonlyMap<string, number>): number[] {
    const own = new Map<number, number>();
    for (const [request, { spanIds }] of requests.entries()) {
      for (const id of spanIds) {
        own.set(numbers.get(id) ?? -1, request);
      }
    }
    return Array.from({ length: this.count }, (_, start) => {
      let at = start;
      for (let steps = 0; steps <= this.count && at < maxSpans; steps += 1) {
        const request = own.get(at);
        if (request !== undefined) {
          return request;
        }
        at = this.parents[at] as number;
      }
      return -1;
    });
  }

  /** Sorts the rows by start, then id. Answers false where they are of both protocols, or too far apart. */
  #take(globalRows: readonly number[]): boolean {
    this.count = 0;
    this.#views.length = 0;
    let protocols = 0;
    for (const globalRow of globalRows) {
      const view = this.#index.segmentOf(globalRow);
      if (view === undefined) {
        return false;
      }
      const { columns } = view.segment;
      const row = globalRow % rowsPerSegment;
      protocols |= ((columns.bits[row] as number) & spanBits.otlp) === 0 ? 1 : 2;
      if (this.count === 0) {
        this.startHigh = columns.startHigh[row] as number;
        this.startLow = columns.startLow[row] as number;
      }
      const start =
        ((columns.startHigh[row] as number) - this.startHigh) * word +
        ((columns.startLow[row] as number) - this.startLow);
      this.#insert(view, globalRow, start);
    }
    const first = this.starts[0] as number;
    const low = this.startLow + first;
    this.startHigh += Math.floor(low / word);
    this.startLow = low - Math.floor(low / word) * word;
    for (let at = 0; at < this.count; at += 1) {
      this.starts[at] = (this.starts[at] as number) - first;
    }
    return protocols !== 3 && (this.starts[this.count - 1] as number) < 2 ** 50;
  }

  #insert(view: SegmentView, globalRow: number, start: number): void {
    const { columns } = view.segment;
    const row = globalRow % rowsPerSegment;
    const idHigh = columns.idHigh[row] as number;
    const idLow = columns.idLow[row] as number;
    let at = this.count;
    for (; at > 0 && this.#isAfter(at - 1, start, idHigh, idLow); at -= 1) {
      this.rows[at] = this.rows[at - 1] as number;
      this.starts[at] = this.starts[at - 1] as number;
      this.durations[at] = this.durations[at - 1] as number;
      this.#views[at] = this.#views[at - 1] as SegmentView;
      this.#idHigh[at] = this.#idHigh[at - 1] as number;
      this.#idLow[at] = this.#idLow[at - 1] as number;
    }
    this.rows[at] = globalRow;
    this.starts[at] = start;
    this.durations[at] = columns.duration[row] as number;
    this.#views[at] = view;
    this.#idHigh[at] = idHigh;
    this.#idLow[at] = idLow;
    this.count += 1;
  }

  #isAfter(at: number, start: number, idHigh: number, idLow: number): boolean {
    const other = this.starts[at] as number;
    if (other !== start) {
      return other > start;
    }
    return this.#idHigh[at] === idHigh ? (this.#idLow[at] as number) > idLow : (this.#idHigh[at] as number) > idHigh;
  }

  #addSpan(at: number): boolean {
    const view = this.#views[at] as SegmentView;
    const { columns } = view.segment;
    const row = (this.rows[at] as number) % rowsPerSegment;
    const key = this.#classes.keyOf(view, row);
    if (key === undefined) {
      return false;
    }
    const parent = this.#parentOf(columns.parentHigh[row] as number, columns.parentLow[row] as number);
    this.parents[at] = parent;
    const bits = columns.bits[row] as number;
    const kind = bits & spanBits.kindMask;
    const isNamed = (bits & spanBits.otlp) === 0 || kind === kindClient || kind === kindProducer;
    this.#mix(Math.floor(key / 0x10_0000) ^ Math.imul(key & 0xf_ffff, 0x85eb_ca6b));
    this.#mix(bits | (parent << 16));
    this.#mix(this.#numberOf(view, columns.service[row] as number));
    this.#mix(isNamed ? this.#numberOf(view, columns.name[row] as number) : 0);
    this.#mix((columns.httpStatus[row] as number) | (this.#numberOf(view, columns.method[row] as number) << 16));
    this.#mix(this.#originOf(view, columns.url[row] as number) | (columns.route[row] === 0 ? 0 : 0x8000_0000));
    return true;
  }

  #parentOf(high: number, low: number): number {
    if ((high | low) === 0) {
      return noParent;
    }
    for (let at = 0; at < this.count; at += 1) {
      if (this.#idLow[at] === low && this.#idHigh[at] === high) {
        return at;
      }
    }
    return parentMissing;
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x9e37_79b1);
    this.#high ^= this.#high >>> 15;
    this.#low = Math.imul(this.#low ^ (value >>> 7) ^ (value << 9), 0xc2b2_ae35);
    this.#low ^= this.#low >>> 13;
  }

  #numberOf(view: SegmentView, text: number): number {
    return numbered(this.#numbersOf, view, text, () => this.#numberOfText(view.texts.textOf(text)));
  }

  /** Of a URL all that services are told by: what stands before its path, or that it is a path alone. */
  #originOf(view: SegmentView, text: number): number {
    return numbered(this.#originsOf, view, text, () => {
      const url = view.texts.textOf(text);
      const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0] ?? (url.startsWith('/') ? '/' : url);
      return this.#numberOfText(origin);
    });
  }

  #numberOfText(text: string): number {
    const number = this.#textNumbers.get(text) ?? this.#textNumbers.size + 1;
    this.#textNumbers.set(text, number);
    return number;
  }
}

function numbered(
  known: WeakMap<SegmentView, Uint32Array>,
  view: SegmentView,
  text: number,
  numberOf: () => number,
): number {
  if (text === 0) {
    return 0;
  }
  let numbers = known.get(view);
  if (numbers === undefined) {
    numbers = new Uint32Array(view.segment.columns.textStarts.length);
    known.set(view, numbers);
  }
  const number = numbers[text] as number;
  return number === 0 ? (numbers[text] = numberOf()) : number;
}
