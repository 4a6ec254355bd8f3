import type { ChunkEvents } from '../store/logs/logChunk.ts';
import { putLimits } from '../store/logs/putLogEvents.ts';
import type { EventsJson } from './eventsJson.ts';

/** Lines of a stream that go out together, by their places in the order of time. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
  /** Of the messages. */
  readonly bytes: number;
}

/** JSON around a message of a line, and some of the quotation marks in it. */
const jsonOverhead = 64;

/** What waits of one stream, as it lies in chunks. */
export class StreamLines {
  readonly #chunks: ChunkEvents[] = [];
  /** Of each line, in which chunk it is and where. */
  #chunkOf: number[] = [];
  #places: number[] = [];
  #last = -Infinity;
  #isInOrder = true;

  get count(): number {
    return this.#places.length;
  }

  /** Adds the lines of a chunk from one place to before another; later ones than those that were added before. */
  add(chunk: ChunkEvents, from: number, to: number): void {
    this.#chunks.push(chunk);
    for (let place = from; place < to; place += 1) {
      const time = chunk.times[place] as number;
      this.#isInOrder &&= time >= this.#last;
      this.#last = time;
      this.#chunkOf.push(this.#chunks.length - 1);
      this.#places.push(place);
    }
  }

  /**
   * In the order of time, which within one moment is the order they came in, from a line on; each within AWS's limits of a call. Cut from
   * where one of them began, the others are the same.
   */
  cut(first: number): LineRange[] {
    this.#sort();
    const ranges: LineRange[] = [];
    let from = first;
    let bytes = 0;
    for (let line = first; line < this.count; line += 1) {
      const size = this.#sizeOf(line);
      const withOverhead = bytes + size + (line - from + 1) * putLimits.eventOverhead;
      const isFull = line - from === putLimits.events || withOverhead > putLimits.bytes;
      if (line > from && (isFull || this.#timeOf(line) - this.#timeOf(from) >= putLimits.spanMillis)) {
        ranges.push({ from, to: line, bytes });
        from = line;
        bytes = 0;
      }
      bytes += size;
    }
    return from < this.count ? [...ranges, { from, to: this.count, bytes }] : ranges;
  }

  /** The JSON of `logEvents`, good until `json` is used again. */
  writeJson({ from, to, bytes }: LineRange, json: EventsJson): Buffer {
    json.begin(bytes + (bytes >> 3) + (to - from) * jsonOverhead);
    for (let line = from; line < to; line += 1) {
      const { text, ends } = this.#chunkAt(line);
      const place = this.#places[line] as number;
      json.add(this.#timeOf(line), text, startOf(ends, place), ends[place] as number);
    }
    return json.finish();
  }

  #sort(): void {
    if (this.#isInOrder) {
      return;
    }
    const order = Array.from(this.#places.keys()).toSorted((a, b) => this.#timeOf(a) - this.#timeOf(b));
    const [chunkOf, places] = [this.#chunkOf, this.#places];
    this.#chunkOf = order.map((line) => chunkOf[line] as number);
    this.#places = order.map((line) => places[line] as number);
    this.#isInOrder = true;
  }

  #chunkAt(line: number): ChunkEvents {
    return this.#chunks[this.#chunkOf[line] as number] as ChunkEvents;
  }

  #timeOf(line: number): number {
    return this.#chunkAt(line).times[this.#places[line] as number] as number;
  }

  #sizeOf(line: number): number {
    const { ends } = this.#chunkAt(line);
    const place = this.#places[line] as number;
    return (ends[place] as number) - startOf(ends, place);
  }
}

function startOf(ends: Uint32Array, place: number): number {
  return place === 0 ? 0 : (ends[place - 1] as number);
}
