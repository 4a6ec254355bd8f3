import { fullRoom, header } from '../memory/segment.ts';
import { maxTextBytes } from '../memory/textTable.ts';
import type { SegmentView } from '../read/sharedIndex.ts';

/** The numbers that some keys have in a segment, as far as the segment has seen them. */
export class KeyNumbers {
  readonly #view: SegmentView;
  readonly #header: Uint32Array<SharedArrayBuffer>;
  readonly #keys: readonly string[];
  #looked = 1;
  #hasAny = false;
  /** Of each key, 0 as long as the segment has not seen it. */
  readonly numbers: number[];
  /** Whether the segment has seen as many keys, or as long ones, as it can number: those that came later have the number 0. */
  isFull = false;

  constructor(view: SegmentView, keys: readonly string[]) {
    this.#view = view;
    this.#header = view.segment.columns.header;
    this.#keys = keys;
    this.numbers = keys.map(() => 0);
  }

  /** Takes in the keys that have come since. Answers whether any of them may be in the segment. */
  refresh(): boolean {
    const count = Atomics.load(this.#header, header.keys);
    if (this.#looked < count) {
      this.#look(count);
    }
    return this.isFull || this.#hasAny;
  }

  #look(count: number): void {
    for (; this.#looked < count; this.#looked += 1) {
      const key = this.#keys.indexOf(this.#view.keys.textOf(this.#looked));
      if (key !== -1) {
        this.numbers[key] = this.#looked;
        this.#hasAny = true;
      }
    }
    const bytes = Atomics.load(this.#header, header.keyBytes);
    this.isFull = count >= fullRoom.keys - 2 || bytes + maxTextBytes > fullRoom.keyBytes;
  }
}
