import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { counterAt, type Counters } from './memory/counters.ts';
import type { NewProblem } from './messages.ts';

const keptProblems = 1000;
/** Problems of one transaction: a flood of bad payloads must not be dearer than good ones. */
const problemsPerCommit = 100;
const sampleBytes = 2000;

/** The newest problems, in the database. What came too fast to be kept is counted. */
export class ProblemLog {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #waiting: { at: number; problem: NewProblem }[] = [];
  readonly #insert: StatementSync;
  readonly #trim: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync, counters: Counters) {
    this.#database = database;
    this.#counters = counters;
    this.#insert = database.prepare(
      'insert into problem (at, receiver, place, message, sample) values (?, ?, ?, ?, ?)',
    );
    this.#trim = database.prepare(`delete from problem where id <= (select max(id) from problem) - ${keptProblems}`);
    this.#count = database.prepare('select count(*) as n from problem');
    this.publishCount();
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  add(problem: NewProblem): void {
    if (this.#waiting.length >= problemsPerCommit) {
      this.#counters[counterAt.droppedProblems] = (this.#counters[counterAt.droppedProblems] as number) + 1;
      return;
    }
    this.#waiting.push({ at: Date.now(), problem });
  }

  /** Writes what waits; the caller has opened a transaction. Answers whether anything was written. */
  write(): boolean {
    if (this.#waiting.length === 0) {
      return false;
    }
    for (const { at, problem } of this.#waiting) {
      const sample = problem.sample === undefined ? null : problem.sample.slice(0, sampleBytes);
      this.#insert.run(at, problem.receiver, problem.place.slice(0, 500), problem.message.slice(0, 2000), sample);
    }
    this.#trim.run();
    return true;
  }

  /** To be called once the transaction has been committed. */
  didCommit(): void {
    if (this.#waiting.length > 0) {
      this.#waiting.length = 0;
      this.publishCount();
    }
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#database.exec('delete from problem');
    this.publishCount();
  }

  publishCount(): void {
    this.#counters[counterAt.problems] = (this.#count.get() as { n: number }).n;
  }
}
