import type { FilterableRequest } from '@sightline/telemetry/language/filterExpressionMatch';
import type { TraceId } from '@sightline/telemetry/model/ids';
import { bucketOfNanos } from '@sightline/telemetry/view/histogram';
import { requestsOfTrace, type TraceRequests } from '@sightline/telemetry/view/traceRequests';
import { rowsPerSegment } from '../memory/segment.ts';
import { traceIdAt, tracesPerChunk, type TraceChunk } from '../memory/traceTable.ts';
import type { SharedIndex } from '../read/sharedIndex.ts';
import { copyEntries, entryBits, makeEntryColumns, type EntryColumns } from './digestColumns.ts';
import { ServiceNodes } from './serviceNodes.ts';
import type { SpanClasses } from './spanClasses.ts';
import type { TraceDecoder } from './traceDecoder.ts';
import { TraceShapes, type EntryTimes } from './traceShapes.ts';

const firstRoom = 4096;
/** Shapes of traces that are remembered. */
const maxTemplates = 5_000;

/** The entries of a trace, for others of its shape. */
interface Template {
  readonly entries: EntryColumns;
  readonly requests: number;
  readonly times: readonly EntryTimes[];
  /** Of each entry the number of the span that has its URL, -1 where it has none. */
  readonly urls: readonly number[];
}

/** The digests of the traces in one chunk of the trace table. */
export interface DigestChunk {
  /** 1 where the digest is that of `revision`. */
  readonly isMade: Uint8Array;
  readonly revision: Uint32Array;
  /** Entries of the trace: first its requests, then its calls. */
  readonly from: Uint32Array;
  readonly requests: Uint32Array;
  readonly calls: Uint32Array;
  /** Nanoseconds from the first start to the last end. */
  readonly duration: Float64Array;
  readonly startHigh: Uint32Array;
  readonly startLow: Uint32Array;
  entries: EntryColumns;
  used: number;
  /** Entries of digests that have been made anew. */
  wasted: number;
}

/**
 * What a trace is, for filters and the service map, in columns: its requests and calls as telemetry/view tells them. Made when they are
 * first asked for, and again when the trace has changed.
 *
 * Invariant: a digest says what `requestsOfTrace` says of the decoded trace, or has a bit that says that it does not know.
 */
export class TraceDigests {
  readonly nodes = new ServiceNodes();
  readonly #index: SharedIndex;
  readonly #classes: SpanClasses;
  readonly #decoder: TraceDecoder;
  readonly #chunks = new Map<number, DigestChunk>();
  readonly #methods = new Map<string, number>();
  readonly methods: string[] = [''];
  readonly #prefixes = new Map<string, number>();
  readonly prefixes: string[] = [''];

  readonly #shapes: TraceShapes;
  readonly #templates = new Map<number, Template>();

  constructor(index: SharedIndex, classes: SpanClasses, decoder: TraceDecoder) {
    this.#shapes = new TraceShapes(index, classes);
    this.#index = index;
    this.#classes = classes;
    this.#decoder = decoder;
  }

  /** Lets go of what belongs to chunks that have been freed. */
  refresh(): void {
    for (const number of this.#chunks.keys()) {
      if (this.#index.chunkOf(number * tracesPerChunk) === undefined) {
        this.#chunks.delete(number);
      }
    }
  }

  /** The chunk with an up-to-date digest of the trace in a slot; `undefined` where it has gone. */
  chunkOf(slot: number): DigestChunk | undefined {
    const number = Math.floor(slot / tracesPerChunk);
    const at = slot % tracesPerChunk;
    const traces = this.#index.chunkOf(slot);
    if (traces === undefined) {
      return undefined;
    }
    let chunk = this.#chunks.get(number);
    if (chunk === undefined) {
      chunk = makeChunk();
      this.#chunks.set(number, chunk);
    }
    const revision = traces.columns.revision[at] as number;
    if (chunk.isMade[at] === 0 || chunk.revision[at] !== revision) {
      this.#make(slot, traces, chunk, revision);
    }
    return chunk;
  }

  #make(slot: number, traces: TraceChunk, chunk: DigestChunk, revision: number): void {
    const at = slot % tracesPerChunk;
    if (chunk.isMade[at] === 1) {
      chunk.wasted += (chunk.requests[at] as number) + (chunk.calls[at] as number);
      chunk.isMade[at] = 0;
    }
    const rows = this.#index.rowsOf(slot).toReversed();
    const shape = this.#shapes.read(rows);
    const template = shape === undefined ? undefined : this.#templates.get(shape);
    if (template === undefined) {
      this.#makeAnew(slot, traceIdAt(traces, at) as TraceId, rows, chunk, shape);
    } else {
      this.#copy(template, at, chunk);
    }
    chunk.revision[at] = revision;
    chunk.isMade[at] = 1;
  }

  /** Fills in a trace of a shape that is known: only its times and URLs are its own. */
  #copy({ entries, requests, times, urls }: Template, at: number, chunk: DigestChunk): void {
    const shapes = this.#shapes;
    makeRoom(chunk, times.length);
    const from = chunk.used;
    chunk.from[at] = from;
    chunk.requests[at] = requests;
    chunk.calls[at] = times.length - requests;
    chunk.duration[at] = shapes.duration;
    chunk.startHigh[at] = shapes.startHigh;
    chunk.startLow[at] = shapes.startLow;
    copyEntries(entries, 0, times.length, chunk.entries, from);
    for (let index = 0; index < times.length; index += 1) {
      setTimesOf(chunk.entries, from + index, times[index] as EntryTimes, shapes);
      const url = urls[index] as number;
      chunk.entries.urlRow[from + index] = url === -1 ? 0 : (shapes.rows[url] as number) + 1;
    }
    chunk.used += times.length;
  }

  #makeAnew(
    slot: number,
    traceId: TraceId,
    rows: readonly number[],
    chunk: DigestChunk,
    shape: number | undefined,
  ): void {
    const at = slot % tracesPerChunk;
    const spans = this.#classes.spansOf(traceId, rows);
    const trace = requestsOfTrace(spans ?? this.#decoder.spansOf(slot));
    makeRoom(chunk, trace.requests.length + trace.calls.length);
    chunk.from[at] = chunk.used;
    chunk.requests[at] = trace.requests.length;
    chunk.calls[at] = trace.calls.length;
    chunk.duration[at] = Number(trace.duration);
    chunk.startHigh[at] = Number(trace.startTime >> 32n);
    chunk.startLow[at] = Number(trace.startTime & 0xffff_ffffn);
    this.#putEntries(trace, rows, chunk);
    if (shape !== undefined && spans !== undefined) {
      this.#learn(shape, trace, at, chunk);
    }
  }

  /** Remembers the shape of the trace that has just been put in, unless its times are not those that its spans give. */
  #learn(shape: number, trace: TraceRequests, at: number, chunk: DigestChunk): void {
    const times = this.#shapes.timesOf(trace);
    const from = chunk.from[at] as number;
    if (times === undefined || this.#shapes.duration !== chunk.duration[at]) {
      return;
    }
    const entries = makeEntryColumns(times.length);
    copyEntries(chunk.entries, from, times.length, entries, 0);
    const urls = times.map(({ span }, index) => (entries.urlRow[index] === 0 ? -1 : span));
    const told = makeEntryColumns(times.length);
    copyEntries(entries, 0, times.length, told, 0);
    for (const [index, one] of times.entries()) {
      setTimesOf(told, index, one, this.#shapes);
      const span = urls[index] as number;
      const hasOwnUrl =
        span === -1 || this.#isSameUrl(this.#shapes.rows[span] as number, entries.urlRow[index] as number);
      if (!hasOwnUrl || timeColumns.some((name) => !Object.is(told[name][index], entries[name][index]))) {
        return;
      }
    }
    if (this.#templates.size >= maxTemplates) {
      this.#templates.clear();
    }
    this.#templates.set(shape, { entries, requests: trace.requests.length, times, urls });
  }

  #isSameUrl(row: number, otherPlusOne: number): boolean {
    return row === otherPlusOne - 1 || urlAt(this.#index, row) === urlAt(this.#index, otherPlusOne - 1);
  }

  #putEntries(trace: TraceRequests, rows: readonly number[], chunk: DigestChunk): void {
    const { entries } = chunk;
    const urls = new UrlRows(this.#index, rows);
    for (const request of [...trace.requests, ...trace.calls]) {
      const entry = chunk.used;
      chunk.used += 1;
      entries.node[entry] = this.nodes.numberOf(request.service);
      entries.source[entry] = 'source' in request ? this.nodes.numberOf(request.source) : 0;
      entries.bits[entry] = bitsOf(request);
      setTimes(entries, entry, request);
      entries.start[entry] = Number(request.startTime - trace.startTime);
      entries.end[entry] = Number(request.endTime - trace.startTime);
      this.#putHttp(entries, entry, request.http, urls);
    }
  }

  #putHttp(entries: EntryColumns, entry: number, http: FilterableRequest['http'], urls: UrlRows): void {
    const { url, method, status } = http ?? {};
    const place = url === undefined ? noUrl : urls.find(url);
    const prefix = place === undefined ? undefined : numberOf(place.prefix, this.#prefixes, this.prefixes);
    const methodNumber = method === undefined ? 0 : numberOf(method, this.#methods, this.methods);
    const isStatusOdd = status !== undefined && !(Number.isInteger(status) && status > 0 && status < 65_535);
    if (prefix === undefined || methodNumber === undefined || isStatusOdd || method === '') {
      entries.bits[entry] = (entries.bits[entry] as number) | entryBits.oddHttp;
    }
    entries.urlRow[entry] = place?.rowPlusOne ?? 0;
    entries.urlPrefix[entry] = prefix ?? 0;
    entries.method[entry] = methodNumber ?? 0;
    entries.status[entry] = isStatusOdd ? 0 : (status ?? 0);
  }
}

const timeColumns = ['start', 'end', 'response', 'duration', 'responseBucket', 'durationBucket'] as const;

/** A running one has no response in any trace of the shape, since whether a span runs is part of the shape. */
function setTimesOf(entries: EntryColumns, entry: number, { span, work }: EntryTimes, shapes: TraceShapes): void {
  const start = shapes.starts[span] as number;
  const end = shapes.endOf(work);
  entries.start[entry] = start;
  entries.end[entry] = end;
  if (!Number.isNaN(entries.response[entry])) {
    const response = shapes.durations[span] as number;
    // Of a call, and of the request inferred from it, what it took is all that is known.
    const duration = work.length === 1 && work[0] === span ? response : end - start;
    entries.response[entry] = response;
    entries.duration[entry] = duration;
    entries.responseBucket[entry] = bucketOfNanos(response);
    entries.durationBucket[entry] = bucketOfNanos(duration);
  }
}

const noUrl = { rowPlusOne: 0, prefix: '' };
/** Numbers of methods and prefixes have 16 bits. */
const maxNumbered = 65_535;
/** In larger traces a URL that was made up out of parts is not looked for. */
const maxSearchedRows = 256;

/** Finds the row whose URL text a request's URL is, or ends with: OTel's server spans have only the path. */
class UrlRows {
  readonly #index: SharedIndex;
  readonly #rows: readonly number[];
  #texts: string[] | undefined;

  constructor(index: SharedIndex, rows: readonly number[]) {
    this.#index = index;
    this.#rows = rows;
  }

  find(url: string): { readonly rowPlusOne: number; readonly prefix: string } | undefined {
    if (url === '' || this.#rows.length > maxSearchedRows) {
      return undefined;
    }
    this.#texts ??= this.#rows.map((globalRow) => urlAt(this.#index, globalRow));
    const texts = this.#texts;
    let found = texts.indexOf(url);
    if (found === -1) {
      found = texts.findIndex((text) => text.startsWith('/') && url.endsWith(text));
    }
    const text = texts[found];
    return text === undefined
      ? undefined
      : { rowPlusOne: (this.#rows[found] as number) + 1, prefix: url.slice(0, url.length - text.length) };
  }
}

/** The text in the URL column of a row. */
function urlAt(index: SharedIndex, globalRow: number): string {
  const view = index.segmentOf(globalRow);
  return view === undefined ? '' : view.texts.textOf(view.segment.columns.url[globalRow % rowsPerSegment] as number);
}

function numberOf(text: string, numbers: Map<string, number>, texts: string[]): number | undefined {
  if (text === '') {
    return 0;
  }
  let number = numbers.get(text);
  if (number === undefined && texts.length < maxNumbered) {
    number = texts.push(text) - 1;
    numbers.set(text, number);
  }
  return number;
}

function bitsOf({ isError, isFault, isThrottle, isPartial, isInferred, isRoot }: FilterableRequest): number {
  return (
    (isError ? entryBits.error : 0) |
    (isFault ? entryBits.fault : 0) |
    (isThrottle ? entryBits.throttle : 0) |
    (isPartial ? entryBits.partial : 0) |
    (isInferred ? entryBits.inferred : 0) |
    (isRoot ? entryBits.root : 0)
  );
}

function setTimes(entries: EntryColumns, entry: number, { responseTime, duration }: FilterableRequest): void {
  const response = responseTime === undefined ? Number.NaN : Number(responseTime);
  entries.response[entry] = response;
  entries.duration[entry] = duration === undefined ? Number.NaN : Number(duration);
  entries.responseBucket[entry] = bucketOfNanos(response);
  entries.durationBucket[entry] = bucketOfNanos(duration === undefined ? response : Number(duration));
}

function makeChunk(): DigestChunk {
  return {
    isMade: new Uint8Array(tracesPerChunk),
    revision: new Uint32Array(tracesPerChunk),
    from: new Uint32Array(tracesPerChunk),
    requests: new Uint32Array(tracesPerChunk),
    calls: new Uint32Array(tracesPerChunk),
    duration: new Float64Array(tracesPerChunk),
    startHigh: new Uint32Array(tracesPerChunk),
    startLow: new Uint32Array(tracesPerChunk),
    entries: makeEntryColumns(firstRoom),
    used: 0,
    wasted: 0,
  };
}

/** Room for so many more entries: without those that are wasted, where they are many. */
function makeRoom(chunk: DigestChunk, more: number): void {
  const room = chunk.entries.node.length;
  if (chunk.used + more <= room) {
    return;
  }
  const needed = chunk.used - chunk.wasted + more;
  const entries = makeEntryColumns(Math.max(room, Math.ceil(needed * 1.5)));
  if (chunk.wasted === 0) {
    copyEntries(chunk.entries, 0, chunk.used, entries, 0);
    chunk.entries = entries;
    return;
  }
  let used = 0;
  for (let at = 0; at < tracesPerChunk; at += 1) {
    const count = chunk.isMade[at] === 1 ? (chunk.requests[at] as number) + (chunk.calls[at] as number) : 0;
    if (count > 0) {
      copyEntries(chunk.entries, chunk.from[at] as number, count, entries, used);
      chunk.from[at] = used;
      used += count;
    }
  }
  chunk.entries = entries;
  chunk.used = used;
  chunk.wasted = 0;
}
