/** Browsers make no element higher than 17 to 33 million pixels, so a longer list scrolls through this many, each standing for more. */
const highest = 16_000_000;
/** Rows whose height differs from the others are remembered up to this many. */
const mostMeasured = 2000;

/** Rows to draw: from which index on, how many, and where the first begins, in pixels from the upper edge. */
export interface DrawnRange {
  readonly first: number;
  readonly count: number;
  readonly y: number;
}

/**
 * Where a list of millions of rows is scrolled to. What stays in its place is the row at the upper edge, so that a row above it may turn out
 * to be higher than was thought without moving what somebody reads.
 */
export class Viewport {
  rowHeight: number;
  height = 0;
  #rowCount = 0;
  /** By index: how much higher than the others a row is. */
  readonly #extra = new Map<number, number>();
  #topIndex = 0;
  /** Pixels of the top row that are above the upper edge. */
  #topOffset = 0;

  constructor(rowHeight: number) {
    this.rowHeight = rowHeight;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  set rowCount(count: number) {
    this.#rowCount = count;
    this.moveTo(this.position);
  }

  get topIndex(): number {
    return this.#topIndex;
  }

  /** Pixels from the beginning of the list to the upper edge. */
  get position(): number {
    return this.#offsetOf(this.#topIndex) + this.#topOffset;
  }

  get totalHeight(): number {
    return this.#offsetOf(this.#rowCount);
  }

  /** How high the element is whose scroll bar stands for the list. */
  get scrollHeight(): number {
    return Math.min(this.totalHeight, highest);
  }

  /** Whether a pixel of the scroll bar's element is more than a pixel of the list. */
  get isScaled(): boolean {
    return this.totalHeight > highest;
  }

  /** Where the scroll bar is to stand. */
  get scrollTop(): number {
    return this.isScaled ? (this.position / this.#lastPosition) * (this.scrollHeight - this.height) : this.position;
  }

  moveToScrollTop(scrollTop: number): void {
    this.moveTo(this.isScaled ? (scrollTop / (this.scrollHeight - this.height)) * this.#lastPosition : scrollTop);
  }

  moveTo(position: number): void {
    const bounded = Math.max(0, Math.min(position, this.#lastPosition));
    this.#topIndex = this.#indexAt(bounded);
    this.#topOffset = bounded - this.#offsetOf(this.#topIndex);
  }

  moveBy(pixels: number): void {
    this.moveTo(this.position + pixels);
  }

  /** Scrolls as little as needed for a row to be seen whole, or from its beginning. */
  reveal(index: number): void {
    const start = this.#offsetOf(index);
    const end = start + this.heightOf(index);
    if (start < this.position || end - start > this.height) {
      this.moveTo(start);
    } else if (end > this.position + this.height) {
      this.moveTo(end - this.height);
    }
  }

  /** Notes how high a row is. Answers whether that is news. */
  measure(index: number, height: number): boolean {
    const extra = height - this.rowHeight;
    if (Math.abs((this.#extra.get(index) ?? 0) - extra) < 0.5) {
      return false;
    }
    this.#extra.delete(index);
    if (extra !== 0) {
      this.#extra.set(index, extra);
    }
    const [oldest] = this.#extra.keys();
    if (this.#extra.size > mostMeasured && oldest !== undefined) {
      this.#extra.delete(oldest);
    }
    return true;
  }

  /** All rows are of one height again. */
  forgetMeasures(): void {
    this.#extra.clear();
    this.#topOffset = Math.min(this.#topOffset, this.rowHeight - 1);
    this.moveTo(this.position);
  }

  /** The rows that are seen, and some more on both sides. */
  drawn(more: number): DrawnRange {
    const first = Math.max(0, this.#topIndex - more);
    let y = -this.#topOffset;
    for (let index = first; index < this.#topIndex; index += 1) {
      y -= this.heightOf(index);
    }
    let bottom = -this.#topOffset;
    let last = this.#topIndex;
    while (last < this.#rowCount && bottom < this.height) {
      bottom += this.heightOf(last);
      last += 1;
    }
    return { first, count: Math.min(this.#rowCount, last + more) - first, y };
  }

  /** How many rows fit, for a page up or down. */
  get rowsInView(): number {
    return Math.max(1, Math.floor(this.height / this.rowHeight) - 1);
  }

  heightOf(index: number): number {
    return this.rowHeight + (this.#extra.get(index) ?? 0);
  }

  get hasMeasures(): boolean {
    return this.#extra.size > 0;
  }

  get #lastPosition(): number {
    return Math.max(0, this.totalHeight - this.height);
  }

  #offsetOf(index: number): number {
    let offset = index * this.rowHeight;
    for (const [measured, extra] of this.#extra) {
      offset += measured < index ? extra : 0;
    }
    return offset;
  }

  #indexAt(position: number): number {
    let low = 0;
    let high = Math.max(0, this.#rowCount - 1);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#offsetOf(middle) <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
