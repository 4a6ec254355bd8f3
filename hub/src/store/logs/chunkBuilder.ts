import { gramsOf } from './chunkGrams.ts';
import { packEvents, packParts, plainSize, type ChunkEvents, type ChunkPart } from './logChunk.ts';
import { invalidParameter } from './logFailure.ts';
import { indexTraceIds } from './logTraceIds.ts';
import { keptRange, putLimits, type InputEvent, type RejectedEvents } from './putLogEvents.ts';

export interface BuiltChunk {
  readonly count: number;
  readonly size: number;
  readonly parts: readonly ChunkPart[];
  readonly packedParts: Uint8Array;
  readonly traces: Uint8Array;
  readonly grams: Uint8Array | undefined;
  readonly body: Uint8Array;
}

/** Gathers the events of one group that are committed together. Used again and again, so that its memory is allocated once. */
export class ChunkBuilder {
  #text = Buffer.allocUnsafeSlow(1 << 20);
  #times = new Float64Array(4096);
  #ends = new Uint32Array(4096);
  #textBytes = 0;
  #count = 0;
  #parts: ChunkPart[] = [];
  readonly #traces = new Set<number>();

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Takes the events that are neither too old nor too new. Throws `LogRefusal` where the call is too large, and is then as before. */
  add(
    stream: number,
    events: readonly InputEvent[],
    when: { readonly now: number; readonly retentionMillis: number | undefined },
  ): RejectedEvents | undefined {
    const { from, to, rejected } = keptRange(events, when.now, when.retentionMillis);
    const before = { count: this.#count, textBytes: this.#textBytes };
    try {
      this.#write(events, from, to);
    } catch (error) {
      this.#count = before.count;
      this.#textBytes = before.textBytes;
      throw error;
    }
    if (to > from) {
      this.#parts.push({
        stream,
        count: to - from,
        first: (events[from] as InputEvent).timestamp,
        last: (events[to - 1] as InputEvent).timestamp,
        ingested: when.now,
        bytes: this.#textBytes - before.textBytes,
      });
    }
    return rejected;
  }

  /** Takes events as they are in another chunk. */
  adopt(parts: readonly ChunkPart[], { times, ends, text }: ChunkEvents, traces: Uint32Array): void {
    this.#reserve(times.length, text.length);
    this.#times.set(times, this.#count);
    for (let at = 0; at < ends.length; at += 1) {
      this.#ends[this.#count + at] = this.#textBytes + (ends[at] as number);
    }
    this.#text.set(text, this.#textBytes);
    this.#count += times.length;
    this.#textBytes += text.length;
    this.#parts.push(...parts);
    for (const trace of traces) {
      this.#traces.add(trace);
    }
  }

  /** The chunk of what was gathered, and begins again. */
  build(): BuiltChunk {
    const count = this.#count;
    const parts = this.#parts;
    const text = this.#text.subarray(0, this.#textBytes);
    const chunk = {
      count,
      size: plainSize(count, this.#textBytes),
      parts,
      packedParts: packParts(parts),
      traces: new Uint8Array(Uint32Array.from(this.#traces).buffer),
      grams: gramsOf(text),
      body: packEvents({
        times: this.#times.subarray(0, count),
        ends: this.#ends.subarray(0, count),
        text,
      }),
    };
    this.clear();
    return chunk;
  }

  clear(): void {
    this.#count = 0;
    this.#textBytes = 0;
    this.#parts = [];
    this.#traces.clear();
  }

  #write(events: readonly InputEvent[], from: number, to: number): void {
    let bytes = events.length * putLimits.eventOverhead;
    for (const [index, { timestamp, message }] of events.entries()) {
      let length: number;
      if (index >= from && index < to) {
        this.#reserve(1, message.length * 3);
        length = this.#text.write(message, this.#textBytes);
        indexTraceIds(this.#text, this.#textBytes, this.#textBytes + length, this.#traces);
        this.#textBytes += length;
        this.#times[this.#count] = timestamp;
        this.#ends[this.#count] = this.#textBytes;
        this.#count += 1;
      } else {
        length = Buffer.byteLength(message);
      }
      if (length + putLimits.eventOverhead > putLimits.bytes) {
        throw invalidParameter(
          `Log event too large: ${length + putLimits.eventOverhead} bytes exceeds limit of ${putLimits.bytes}`,
        );
      }
      bytes += length;
    }
    if (bytes > putLimits.bytes) {
      throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${putLimits.bytes}`);
    }
  }

  #reserve(count: number, textBytes: number): void {
    if (this.#textBytes + textBytes > this.#text.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#text.length * 2, this.#textBytes + textBytes));
      larger.set(this.#text.subarray(0, this.#textBytes));
      this.#text = larger;
    }
    if (this.#count + count > this.#times.length) {
      const length = Math.max(this.#times.length * 2, this.#count + count);
      const times = new Float64Array(length);
      times.set(this.#times);
      this.#times = times;
      const ends = new Uint32Array(length);
      ends.set(this.#ends);
      this.#ends = ends;
    }
  }
}
