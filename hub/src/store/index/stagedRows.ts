const width = 4;
const firstRoom = 2048;

/** Rows of a group that waits for its commit, each with the four words of its trace id (all zero where it names none), signed. */
export class StagedRows {
  #ids = new Int32Array(firstRoom * width);
  #rows = new Float64Array(firstRoom);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The global row that was staged first. */
  get firstRow(): number | undefined {
    return this.#count === 0 ? undefined : this.#rows[0];
  }

  add(id0: number, id1: number, id2: number, id3: number, globalRow: number): void {
    if (this.#count === this.#rows.length) {
      this.#grow();
    }
    const ids = this.#ids;
    const at = this.#count * width;
    ids[at] = id0;
    ids[at + 1] = id1;
    ids[at + 2] = id2;
    ids[at + 3] = id3;
    this.#rows[this.#count] = globalRow;
    this.#count += 1;
  }

  /** Forgets all rows behind the first `count`. */
  cut(count: number): void {
    this.#count = count;
    // One huge group must not hold its memory for good.
    if (count === 0 && this.#rows.length > 65_536) {
      this.#ids = new Int32Array(firstRoom * width);
      this.#rows = new Float64Array(firstRoom);
    }
  }

  forEach(visit: (id0: number, id1: number, id2: number, id3: number, globalRow: number) => void): void {
    const ids = this.#ids;
    for (let row = 0; row < this.#count; row += 1) {
      const at = row * width;
      visit(
        ids[at] as number,
        ids[at + 1] as number,
        ids[at + 2] as number,
        ids[at + 3] as number,
        this.#rows[row] as number,
      );
    }
  }

  #grow(): void {
    const ids = new Int32Array(this.#ids.length * 2);
    const rows = new Float64Array(this.#rows.length * 2);
    ids.set(this.#ids);
    rows.set(this.#rows);
    this.#ids = ids;
    this.#rows = rows;
  }
}
