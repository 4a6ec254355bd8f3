import type { Row } from './insightsRow.ts';
import { compareForSort } from './insightsValues.ts';

/** Negative where the left row comes first. Never zero for two rows. */
export type RowOrder = (left: Row, right: Row) => number;

/** The order of events that no command sorts: the newest first. */
export const newestFirst: RowOrder = (left, right) =>
  (right.event?.timestamp ?? 0) - (left.event?.timestamp ?? 0) || left.sequence - right.sequence;

export const asTheyCame: RowOrder = (left, right) => left.sequence - right.sequence;

/** The order of the sort keys that rows carry. */
export function orderBySortKeys(isDescending: readonly boolean[]): RowOrder {
  return (left, right) => {
    for (const [index, descends] of isDescending.entries()) {
      const order = compareForSort(left.sortKeys[index], right.sortKeys[index]);
      if (order !== 0) {
        return descends ? -order : order;
      }
    }
    return left.sequence - right.sequence;
  };
}

/** Keeps the first rows of an order and forgets the others, as a heap with the last of them on top. */
export class FirstRows {
  readonly #heap: Row[] = [];
  readonly #most: number;
  readonly #order: RowOrder;

  constructor(most: number, order: RowOrder) {
    this.#most = most;
    this.#order = order;
  }

  add(row: Row): void {
    const heap = this.#heap;
    if (heap.length < this.#most) {
      heap.push(row);
      this.#rise(heap.length - 1);
    } else if (this.#order(row, heap[0] as Row) < 0) {
      heap[0] = row;
      this.#sink();
    }
  }

  /** The rows kept, in order. */
  inOrder(): readonly Row[] {
    return this.#heap.toSorted(this.#order);
  }

  #rise(from: number): void {
    const heap = this.#heap;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#order(heap[index] as Row, heap[parent] as Row) < 0) {
        return;
      }
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let last = index;
      for (const child of [left, right]) {
        if (child < heap.length && this.#order(heap[child] as Row, heap[last] as Row) > 0) {
          last = child;
        }
      }
      if (last === index) {
        return;
      }
      this.#swap(index, last);
      index = last;
    }
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b] as Row, heap[a] as Row];
  }
}
