import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { inTransaction } from '../transaction.ts';
import { ChunkBuilder, type BuiltChunk } from './chunkBuilder.ts';
import { LogCatalog, type LogGroup } from './logCatalog.ts';
import { unpackParts, viewEvents } from './logChunk.ts';
import type { LogCommand, LogCommandAnswer, LogPut, LogPutAnswer } from './logCommands.ts';
import { isLogFailure, LogRefusal } from './logFailure.ts';
import { LogLedger, toLedgerChunk, type LedgerChunk } from './logLedger.ts';
import { makeLogTables, removedKey } from './logSchema.ts';
import { readPutLogEvents } from './putLogEvents.ts';
import type { LogCall, LogWriterValue } from './threadedLogs.ts';
import { runLogCommand } from './runLogCommand.ts';

const dayMillis = 24 * 3_600_000;
/** The traces have at least the other half. */
const shareOfStore = 0.5;
/** How often retention is looked at while events come in and nothing else makes it due. */
const retireMillis = 10_000;

export interface LogLimits {
  readonly maxBytes: number;
  readonly maxAgeMillis: number;
}

/** A run of events of one group, by its sequence numbers. */
export interface RemovedEvents {
  readonly group: number;
  readonly sequence: number;
  readonly count: number;
}

/**
 * Keeps log events, in the store's writer thread.
 *
 * Invariant: an answer of `stored` is given only after COMMIT. When a transaction fails, what is in memory is read again from the database.
 */
export class LogWriter {
  readonly #database: DatabaseSync;
  readonly #limits: LogLimits;
  readonly #willRemove: (events: RemovedEvents) => void;
  readonly #insert: StatementSync;
  readonly #insertGrams: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteGrams: StatementSync;
  readonly #noteRemoved: StatementSync;
  readonly #readChunk: StatementSync;
  readonly #builders = new Map<LogGroup, ChunkBuilder>();
  readonly #spare: ChunkBuilder[] = [];
  /** Who wrote to a stream in the transaction under way. */
  readonly #writers = new Map<number, string>();
  #catalog: LogCatalog;
  #ledger: LogLedger;
  #retiredAt = 0;

  constructor(database: DatabaseSync, limits: LogLimits, willRemove: (events: RemovedEvents) => void) {
    this.#willRemove = willRemove;
    makeLogTables(database);
    this.#database = database;
    this.#limits = { ...limits, maxBytes: limits.maxBytes * shareOfStore };
    this.#insert = database.prepare(
      'insert into log_chunk (grp, seq, size, parts, traces, body) values (?, ?, ?, ?, ?, ?)',
    );
    this.#insertGrams = database.prepare('insert into log_grams (chunk, bits) values (?, ?)');
    this.#delete = database.prepare('delete from log_chunk where id = ?');
    this.#deleteGrams = database.prepare('delete from log_grams where chunk = ?');
    this.#noteRemoved = database.prepare(
      `insert into meta (key, value) values ('${removedKey}', 1) on conflict (key) do update set value = value + 1`,
    );
    this.#readChunk = database.prepare('select parts, traces, body from log_chunk where id = ?');
    this.#catalog = new LogCatalog(database);
    this.#ledger = new LogLedger(database, this.#catalog);
  }

  get events(): number {
    return this.#ledger.events;
  }

  /** The number of the next event of each group. */
  *ends(): Iterable<{ readonly group: number; readonly next: number }> {
    for (const { id, nextSequence } of this.#catalog.groups) {
      yield { group: id, next: nextSequence };
    }
  }

  /** How many events lie behind a sequence number in their group. */
  countFrom(sequenceOf: (group: number) => number): number {
    let count = 0;
    for (const chunk of this.#ledger.chunks) {
      count += Math.max(0, Math.min(chunk.count, chunk.sequence + chunk.count - sequenceOf(chunk.group)));
    }
    return count;
  }

  /** Does what the main thread asks, and says which groups changed by it. Throws only where the database fails. */
  call(call: LogCall): { answers: LogWriterValue; changed: readonly string[] } {
    if (call.name === 'put') {
      const { answers, groups } = this.put(call.puts);
      return { answers, changed: groups };
    }
    const { command } = call;
    const answer = this.run(command);
    const isChange = command.name !== 'listGroups' && command.name !== 'listStreams' && !isLogFailure(answer);
    return { answers: [answer], changed: isChange ? [command.group] : [] };
  }

  /** Commits the calls in one transaction. Throws where the database cannot take them; then nothing of them is kept. */
  put(puts: readonly LogPut[]): { answers: LogPutAnswer[]; groups: string[] } {
    const now = Date.now();
    const answers = puts.map((put) => this.#stage(put, now));
    const built = [...this.#builders].flatMap(([group, builder]) =>
      builder.isEmpty ? [] : { group, chunk: builder.build() },
    );
    this.#spare.push(...this.#builders.values());
    this.#builders.clear();
    if (built.length > 0) {
      this.#change(() => {
        for (const { group, chunk } of built) {
          this.#add(group, chunk);
        }
        this.#retire(now, { isPressing: false });
        for (const { group } of built) {
          this.#merge(group);
        }
      });
    }
    this.#writers.clear();
    return { answers, groups: built.map(({ group }) => group.name) };
  }

  /** Throws only where the database fails. */
  run(command: LogCommand): LogCommandAnswer {
    try {
      if (command.name === 'listGroups' || command.name === 'listStreams') {
        return runLogCommand(this.#catalog, command);
      }
      return this.#change(() => {
        const answer = runLogCommand(this.#catalog, command);
        this.#removeOrphans(command);
        this.#retire(Date.now(), { isPressing: true });
        return answer;
      });
    } catch (error) {
      if (error instanceof LogRefusal) {
        return error.failure;
      }
      throw error;
    }
  }

  /** Removes what has expired; answers whether anything was. */
  retire(): boolean {
    const now = Date.now();
    return this.#expired(now).length > 0 && this.#change(() => this.#retire(now, { isPressing: true }));
  }

  #stage({ body, writer }: LogPut, now: number): LogPutAnswer {
    try {
      const { group: groupName, stream: streamName, events } = readPutLogEvents(body);
      const group = this.#catalog.group(groupName);
      const stream = this.#catalog.stream(group, streamName);
      const retentionMillis = group.retentionDays === undefined ? undefined : group.retentionDays * dayMillis;
      const rejected = this.#builderOf(group).add(stream.id, events, { now, retentionMillis });
      this.#writers.set(stream.id, writer);
      return { kind: 'stored', ...(rejected && { rejected }) };
    } catch (error) {
      if (error instanceof LogRefusal) {
        return error.failure;
      }
      throw error;
    }
  }

  #builderOf(group: LogGroup): ChunkBuilder {
    let builder = this.#builders.get(group);
    if (builder === undefined) {
      builder = this.#spare.pop() ?? new ChunkBuilder();
      builder.clear();
      this.#builders.set(group, builder);
    }
    return builder;
  }

  #add(group: LogGroup, chunk: BuiltChunk): void {
    this.#insertChunk(group.id, group.nextSequence, chunk);
    group.nextSequence += chunk.count;
    for (const part of chunk.parts) {
      this.#catalog.count(part, this.#writers.get(part.stream));
    }
  }

  #insertChunk(group: number, sequence: number, chunk: BuiltChunk): void {
    const { size, packedParts, traces, grams, body, parts } = chunk;
    const { lastInsertRowid } = this.#insert.run(group, sequence, size, packedParts, traces, body);
    if (grams !== undefined) {
      this.#insertGrams.run(lastInsertRowid, grams);
    }
    const bytes = packedParts.length + traces.length + (grams?.length ?? 0) + body.length;
    this.#ledger.add(toLedgerChunk({ id: Number(lastInsertRowid), group, sequence, size, bytes }, parts));
  }

  #retire(now: number, { isPressing }: { readonly isPressing: boolean }): boolean {
    const isOverfull = this.#ledger.bytes > this.#limits.maxBytes;
    if (!isPressing && !isOverfull && now < this.#retiredAt + retireMillis) {
      return false;
    }
    this.#retiredAt = now;
    const expired = this.#expired(now);
    for (const chunk of expired) {
      for (const part of unpackParts((this.#readChunk.get(chunk.id) as { parts: Uint8Array }).parts)) {
        this.#catalog.uncount(part);
      }
    }
    this.#lose(expired);
    return expired.length > 0;
  }

  #expired(now: number): LedgerChunk[] {
    return this.#ledger.expired(now, this.#limits, (id) => this.#catalog.groupOf(id));
  }

  /** Removes the chunks that hold nothing but events of streams that are no more. */
  #removeOrphans(command: LogCommand): void {
    if (command.name !== 'deleteGroup' && command.name !== 'deleteStream') {
      return;
    }
    const isOrphan = ({ id, group }: LedgerChunk): boolean =>
      this.#catalog.groupOf(group) === undefined ||
      unpackParts((this.#readChunk.get(id) as { parts: Uint8Array }).parts).every(
        ({ stream }) => !this.#catalog.hasStream(stream),
      );
    const candidates = [...this.#ledger.chunks].filter(
      ({ group }) => (this.#catalog.groupOf(group)?.name ?? command.group) === command.group,
    );
    this.#lose(candidates.filter(isOrphan));
  }

  #merge(group: LogGroup): void {
    const chunks = this.#ledger.toMerge(group.id);
    const [first] = chunks;
    if (first === undefined) {
      return;
    }
    const builder = this.#spare.pop() ?? new ChunkBuilder();
    builder.clear();
    for (const { id, count } of chunks) {
      const row = this.#readChunk.get(id) as { parts: Uint8Array; traces: Uint8Array; body: Uint8Array };
      const plain = zstdDecompressSync(row.body);
      builder.adopt(unpackParts(row.parts), viewEvents(plain, count), new Uint32Array(row.traces.slice().buffer));
    }
    this.#remove(chunks);
    this.#insertChunk(group.id, first.sequence, builder.build());
    this.#spare.push(builder);
  }

  /** Removes chunks whose events are not kept elsewhere. */
  #lose(chunks: readonly LedgerChunk[]): void {
    for (const chunk of chunks) {
      this.#willRemove(chunk);
    }
    this.#remove(chunks);
  }

  #remove(chunks: readonly LedgerChunk[]): void {
    for (const chunk of chunks) {
      this.#delete.run(chunk.id);
      this.#deleteGrams.run(chunk.id);
      this.#ledger.remove(chunk);
    }
    if (chunks.length > 0) {
      this.#noteRemoved.run();
    }
  }

  #change<T>(work: () => T): T {
    try {
      return inTransaction(this.#database, work);
    } catch (error) {
      if (!(error instanceof LogRefusal)) {
        this.#catalog = new LogCatalog(this.#database);
        this.#ledger = new LogLedger(this.#database, this.#catalog);
      }
      throw error;
    }
  }
}
