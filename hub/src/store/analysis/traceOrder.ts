import { counterOf, type Counters } from '../memory/counters.ts';
import { traceBits, tracesPerChunk, type TraceChunk } from '../memory/traceTable.ts';
import type { SharedIndex } from '../read/sharedIndex.ts';
import type { TracePlace } from '../read/traceCursor.ts';

const word = 0x1_0000_0000;

/**
 * The living traces by their start. Traces come nearly in order and seldom move, so most of the order is that of the last time: what is new
 * or has moved is sorted by itself and merged in.
 */
export class TraceOrder {
  readonly #index: SharedIndex;
  readonly #counters: Counters;
  /** Oldest first; of the same start by slot. */
  #slots = new Uint32Array(0);
  #starts = new Float64Array(0);

  /** Of the store, when this order was made. */
  #revision = -1;
  #chunk: TraceChunk | undefined;

  constructor(index: SharedIndex, counters: Counters) {
    this.#index = index;
    this.#counters = counters;
  }

  /** The order as it is now, oldest first: later changes leave it as it is. */
  snapshot(): { readonly slots: Uint32Array; readonly starts: Float64Array } {
    return { slots: this.#slots, starts: this.#starts };
  }

  /** Takes in what has changed. Positions change with it. */
  refresh(): void {
    const revision = counterOf(this.#counters, 'revision');
    if (revision === this.#revision) {
      return;
    }
    this.#revision = revision;
    // What this revision has added may have come since the question.
    this.#index.refresh();
    this.#chunk = undefined;
    const kept = this.#stillInPlace();
    const others = this.#others(kept);
    this.#merge(kept, others);
  }

  #slotAt(position: number): number {
    return this.#slots[position] as number;
  }

  /** Nanoseconds since 1970 as a double has them: to 256 ns. */
  #startAt(position: number): number {
    return this.#starts[position] as number;
  }

  /** The position of the newest trace that stands before a place. */
  before({ start, slot }: TracePlace): number {
    return (
      this.#firstFrom((at) => this.#startAt(at) > start || (this.#startAt(at) === start && this.#slotAt(at) >= slot)) -
      1
    );
  }

  /** The position of the newest trace that starts at `start` or earlier, to what a double tells. */
  newestUpTo(start: number): number {
    return this.#firstFrom((at) => this.#startAt(at) > start) - 1;
  }

  #firstFrom(isBeyond: (position: number) => boolean): number {
    let low = 0;
    let high = this.#slots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBeyond(middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** How often each slot of `#slots` is still where it was: its positions, in order. */
  #stillInPlace(): Uint32Array {
    const kept = new Uint32Array(this.#slots.length);
    let count = 0;
    for (let position = 0; position < this.#slots.length; position += 1) {
      if (this.#startOf(this.#slotAt(position)) === this.#starts[position]) {
        kept[count] = position;
        count += 1;
      }
    }
    return kept.subarray(0, count);
  }

  /** Living slots that are not among the kept ones, in their order. */
  #others(kept: Uint32Array): TracePlace[] {
    const known = new Map<number, Uint8Array>();
    for (const { number } of this.#index.chunks()) {
      known.set(number, new Uint8Array(tracesPerChunk));
    }
    for (const position of kept) {
      const slot = this.#slotAt(position);
      (known.get(Math.floor(slot / tracesPerChunk)) as Uint8Array)[slot % tracesPerChunk] = 1;
    }
    const places: TracePlace[] = [];
    for (const [number, isKnown] of known) {
      const end = Math.min(tracesPerChunk, this.#index.slots - number * tracesPerChunk);
      for (let at = 0; at < end; at += 1) {
        const slot = number * tracesPerChunk + at;
        const start = isKnown[at] === 1 ? Number.NaN : this.#startOf(slot);
        if (!Number.isNaN(start)) {
          places.push({ start, slot });
        }
      }
    }
    let isSorted = true;
    for (let at = 1; at < places.length && isSorted; at += 1) {
      isSorted = (places[at - 1] as TracePlace).start <= (places[at] as TracePlace).start;
    }
    return isSorted ? places : places.toSorted((a, b) => a.start - b.start || a.slot - b.slot);
  }

  #merge(kept: Uint32Array, others: readonly TracePlace[]): void {
    if (others.length === 0 && kept.length === this.#slots.length) {
      return;
    }
    const slots = new Uint32Array(kept.length + others.length);
    const starts = new Float64Array(slots.length);
    let next = 0;
    let count = 0;
    const put = (start: number, slot: number): void => {
      starts[count] = start;
      slots[count] = slot;
      count += 1;
    };
    for (const { start, slot } of others) {
      for (; next < kept.length; next += 1) {
        const position = kept[next] as number;
        const isLater =
          this.#startAt(position) > start || (this.#startAt(position) === start && this.#slotAt(position) > slot);
        if (isLater) {
          break;
        }
        put(this.#startAt(position), this.#slotAt(position));
      }
      put(start, slot);
    }
    for (; next < kept.length; next += 1) {
      put(this.#startAt(kept[next] as number), this.#slotAt(kept[next] as number));
    }
    this.#slots = slots;
    this.#starts = starts;
  }

  /** NaN where no trace is listed. */
  #startOf(slot: number): number {
    // Neighbours in time mostly came one after the other.
    if (this.#chunk?.number !== Math.floor(slot / tracesPerChunk)) {
      this.#chunk = this.#index.chunkOf(slot);
    }
    const columns = this.#chunk?.columns;
    const at = slot % tracesPerChunk;
    if (columns === undefined || columns.spans[at] === 0 || ((columns.bits[at] as number) & traceBits.dead) !== 0) {
      return Number.NaN;
    }
    return (columns.startHigh[at] as number) * word + (columns.startLow[at] as number);
  }
}
