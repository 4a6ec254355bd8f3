import type { LogTableRow, LogTableRows, LogTableView, RowCount } from '../../contracts/logTable.ts';

/** Asks the editor for rows. */
export type AskForRows = (start: number, count: number, signal: AbortSignal) => Promise<LogTableRows>;

const pageRows = 100;
const mostPagesAtOnce = 4;
/** Invariant: no more pages than these are in memory, however long the list is. */
const mostPages = 60;

/**
 * The rows around what is seen; all others are with the editor. One question at a time, and one for rows that have been scrolled past is given up.
 */
export class RowCache {
  readonly #ask: AskForRows;
  readonly #onRows: () => void;
  readonly #onTrouble: (error: unknown) => void;
  /** By number, the one used last at the end. */
  readonly #pages = new Map<number, readonly LogTableRow[]>();
  #count: RowCount = { rows: 0, isExact: true };
  #asked: { readonly first: number; readonly last: number; readonly abort: AbortController } | undefined;

  constructor(ask: AskForRows, onRows: () => void, onTrouble: (error: unknown) => void) {
    this.#ask = ask;
    this.#onRows = onRows;
    this.#onTrouble = onTrouble;
  }

  get count(): RowCount {
    return this.#count;
  }

  /** Rows of the list: one more than is known where nobody has looked for the end yet, so that scrolling there makes somebody look. */
  get length(): number {
    return this.#count.rows + (this.#count.isExact ? 0 : 1);
  }

  /** Forgets all rows for those of another view. */
  restart({ rows, count }: LogTableView): void {
    this.#asked?.abort.abort();
    this.#asked = undefined;
    this.#pages.clear();
    this.#count = count;
    this.#store(0, rows);
  }

  rowAt(index: number): LogTableRow | undefined {
    return this.#pages.get(Math.floor(index / pageRows))?.[index % pageRows];
  }

  /** All rows that are here, in no particular order. */
  *known(): Generator<LogTableRow> {
    for (const page of this.#pages.values()) {
      yield* page;
    }
  }

  /** Says which rows are seen. Those that are not here are asked for, and `onRows` is called when they are. */
  need(first: number, count: number): void {
    const from = Math.floor(first / pageRows);
    const to = Math.floor(Math.max(first, Math.min(first + count, this.length) - 1) / pageRows);
    for (let page = from; page <= to; page += 1) {
      this.#touch(page);
    }
    if (this.#asked !== undefined) {
      if (this.#asked.last >= from && this.#asked.first <= to) {
        return;
      }
      this.#asked.abort.abort();
      this.#asked = undefined;
    }
    const missing = this.#firstMissing(from, to);
    if (missing !== undefined) {
      void this.#fetch(missing, Math.min(to + 1, missing + mostPagesAtOnce - 1));
    }
  }

  #firstMissing(from: number, to: number): number | undefined {
    for (let page = from; page <= to; page += 1) {
      const expected = Math.min(pageRows, this.length - page * pageRows);
      if (expected > 0 && (this.#pages.get(page)?.length ?? 0) < expected) {
        return page;
      }
    }
    return undefined;
  }

  async #fetch(first: number, last: number): Promise<void> {
    const abort = new AbortController();
    this.#asked = { first, last, abort };
    try {
      const { start, rows, count } = await this.#ask(first * pageRows, (last - first + 1) * pageRows, abort.signal);
      if (!abort.signal.aborted) {
        this.#asked = undefined;
        // Fewer than there should be: the rest has left the store, and would else be asked for again and again.
        const isShort = rows.length < Math.min((last - first + 1) * pageRows, count.rows - start);
        this.#count = isShort ? { rows: start + rows.length, isExact: true } : count;
        this.#store(start, rows);
        this.#onRows();
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this.#asked = undefined;
        this.#onTrouble(error);
      }
    }
  }

  #store(start: number, rows: readonly LogTableRow[]): void {
    for (let at = 0; at < rows.length; at += pageRows) {
      const page = (start + at) / pageRows;
      this.#pages.delete(page);
      this.#pages.set(page, rows.slice(at, at + pageRows));
    }
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) {
        break;
      }
      this.#pages.delete(oldest);
    }
  }

  #touch(page: number): void {
    const rows = this.#pages.get(page);
    if (rows !== undefined) {
      this.#pages.delete(page);
      this.#pages.set(page, rows);
    }
  }
}
