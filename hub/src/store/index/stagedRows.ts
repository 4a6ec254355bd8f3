const width = 5;

/** Rows of a group that waits for its commit, each with the four words of its trace id (all zero where it names none). */
export class StagedRows {
  #words = new Float64Array(2048 * width);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The global row that was staged first. */
  get firstRow(): number | undefined {
    return this.#count === 0 ? undefined : this.#words[4];
  }

  add(id0: number, id1: number, id2: number, id3: number, globalRow: number): void {
    const at = this.#count * width;
    if (at === this.#words.length) {
      const grown = new Float64Array(at * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    const words = this.#words;
    words[at] = id0;
    words[at + 1] = id1;
    words[at + 2] = id2;
    words[at + 3] = id3;
    words[at + 4] = globalRow;
    this.#count += 1;
  }

  /** Forgets all rows behind the first `count`. */
  cut(count: number): void {
    this.#count = count;
    // One huge group must not hold its memory for good.
    if (count === 0 && this.#words.length > 65_536 * width) {
      this.#words = new Float64Array(2048 * width);
    }
  }

  forEach(visit: (id0: number, id1: number, id2: number, id3: number, globalRow: number) => void): void {
    const words = this.#words;
    for (let at = 0; at < this.#count * width; at += width) {
      visit(
        words[at] as number,
        words[at + 1] as number,
        words[at + 2] as number,
        words[at + 3] as number,
        words[at + 4] as number,
      );
    }
  }
}
