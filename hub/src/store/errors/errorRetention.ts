import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { counterAt, type Counters } from '../memory/counters.ts';

export interface ErrorLimits {
  /** Of the whole store; errors may take an eighth of it. */
  readonly maxBytes: number;
  readonly maxAgeMillis: number;
}

const maxOccurrences = 20_000;
const maxGroups = 2000;
/** How many groups leave together: each time all of what is kept is looked through. */
const groupsLeaving = 100;
const mostBytes = 128 * 2 ** 20;

/** Keeps errors within bounds: the oldest occurrences leave first, and their groups go on counting without them. */
export class ErrorRetention {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #limits: ErrorLimits;
  readonly #oldestItem: StatementSync;
  readonly #deleteItem: StatementSync;
  readonly #sums: StatementSync;
  #count = 0;
  #bytes = 0;

  /** The tables have to be there. */
  constructor(database: DatabaseSync, counters: Counters, limits: ErrorLimits) {
    this.#database = database;
    this.#counters = counters;
    this.#limits = limits;
    this.#oldestItem = database.prepare('select id, size, received from error_item order by id limit 1');
    this.#deleteItem = database.prepare('delete from error_item where id = ?');
    this.#sums = database.prepare('select count(*) as count, total(size) as bytes from error_item');
    this.measure();
  }

  /** Occurrences that are kept. */
  get count(): number {
    return this.#count;
  }

  didInsert(bytes: number): void {
    this.#count += 1;
    this.#bytes += bytes;
  }

  /** Whether an occurrence has become too old. */
  isDue(now: number): boolean {
    const oldest = this.#oldestItem.get() as { received: number } | undefined;
    return oldest !== undefined && oldest.received < now - this.#limits.maxAgeMillis;
  }

  /** Within a transaction: lets the oldest occurrences go that are too many, too large together or too old. */
  retireItems(now: number): void {
    const { maxBytes, maxAgeMillis } = this.#limits;
    const room = Math.min(mostBytes, maxBytes / 8);
    for (;;) {
      const oldest = this.#oldestItem.get() as { id: number; size: number; received: number } | undefined;
      const isTooOld = oldest !== undefined && oldest.received < now - maxAgeMillis;
      // The newest always fits: its sender was told that it has been kept.
      const isTooMuch = this.#count > maxOccurrences || (this.#bytes > room && this.#count > 1);
      if (oldest === undefined || !(isTooOld || isTooMuch)) {
        return;
      }
      this.#deleteItem.run(oldest.id);
      this.#count -= 1;
      this.#bytes -= oldest.size;
    }
  }

  /** Within a transaction: of too many groups, those that were not seen for longest leave, with all that is kept of them. */
  retireGroups(): void {
    const { count } = this.#database.prepare('select count(*) as count from error_group').get() as { count: number };
    if (count <= maxGroups) {
      return;
    }
    const gone = this.#database
      .prepare(
        'delete from error_group where counter in (select counter from error_group order by seen, counter limit ?)',
      )
      .run(count - maxGroups + groupsLeaving).changes;
    if (gone > 0) {
      this.#database.exec('delete from error_item where counter not in (select counter from error_group)');
      this.measure();
    }
  }

  /** To be called after a rollback, which took back what had been counted. */
  measure(): void {
    const { count, bytes } = this.#sums.get() as { count: number; bytes: number };
    this.#count = count;
    this.#bytes = bytes;
    this.publish();
  }

  /** To be called once the transaction has been committed. */
  publish(): void {
    this.#counters[counterAt.errorItems] = this.#count;
  }
}
