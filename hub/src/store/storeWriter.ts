import type { DatabaseSync } from 'node:sqlite';
import type { MessagePort } from 'node:worker_threads';
import { DatagramIntake } from './datagramIntake.ts';
import { DocumentWriter, type DocumentChange } from './documents/documentTable.ts';
import { ErrorWriter, type ErrorCall } from './errors/errorWriter.ts';
import { GroupWriter, nextRevision } from './groupWriter.ts';
import { PinnedRows } from './index/pinnedRows.ts';
import type { Pins } from './index/pins.ts';
import { Retention } from './index/retention.ts';
import type { TelemetryIndex } from './index/telemetryIndex.ts';
import { Keeper } from './keeper.ts';
import { LogWriter } from './logs/logWriter.ts';
import type { LogCall } from './logs/threadedLogs.ts';
import { counterAt, makeCounters, type Counters } from './memory/counters.ts';
import { rowsPerSegment } from './memory/segment.ts';
import type { SegmentWriter } from './memory/segmentWriter.ts';
import type { ThreadStart, WriterAnswer, WriterRequest, WriterValue } from './messages.ts';
import { openIndex, type OpenIndex } from './openIndex.ts';
import { ProblemLog } from './problemLog.ts';
import { RelayOutbox } from './relay/relayOutbox.ts';
import type { Sealer } from './seal/sealer.ts';
import { SealWriting } from './seal/sealWriting.ts';
import type { Payload } from './telemetryStore.ts';
import { inTransaction } from './transaction.ts';

/** How often age is looked at while nothing comes in. */
const ageCheckMillis = 60_000;

interface WriterParts {
  readonly database: DatabaseSync;
  readonly start: ThreadStart;
  readonly answer: (message: WriterAnswer, transfer?: ArrayBuffer[]) => void;
  readonly now: () => number;
  readonly counters: Counters;
  readonly opened: OpenIndex;
}

/** Everything that changes the store, in the writer thread. */
export class StoreWriter {
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #sharing: MessagePort;
  readonly #index: TelemetryIndex;
  readonly #pins: Pins;
  readonly #problems: ProblemLog;
  readonly #retention: Retention;
  readonly #sealer: Sealer;
  readonly #keeper: Keeper;
  readonly #groups: GroupWriter;
  readonly #errors: ErrorWriter;
  readonly #logs: LogWriter;
  readonly #outbox: RelayOutbox;
  readonly #documents: DocumentWriter;
  readonly #intakes: DatagramIntake[] = [];
  readonly #ageTimer: NodeJS.Timeout;
  readonly #sealWriting = new SealWriting({
    isWaiting: () => this.#sealer.store.isWaiting,
    commit: () => this.#commitQuietly([]),
  });
  readonly #answer: WriterParts['answer'];
  /** What does not work now: a person is told when it begins, not again and again. */
  readonly #troubled = new Set<string>();

  private constructor({ database, start, answer, now, counters, opened }: WriterParts) {
    this.#answer = answer;
    this.#database = database;
    this.#counters = counters;
    this.#sharing = start.sharing;
    const { index, ledger, pins, sealer, loaded } = opened;
    this.#index = index;
    this.#pins = pins;
    this.#sealer = sealer;
    this.#problems = new ProblemLog(database, this.#counters);
    this.#keeper = new Keeper(start.dataDir, {
      onSealed: (sealed) => {
        this.#sealer.didSeal(sealed);
        this.#sealWriting.begin();
      },
      onCheckpoint: (trouble) => this.#noteState('checkpoints', trouble && checkpointSentence(trouble)),
      onLongLog: () => this.#finishLog(),
    });
    sealer.adopt(loaded.seals, (request) => this.#keeper.seal(request));
    const onFull = (full: readonly SegmentWriter[]): void => this.#sealer.sealSoon(full.map(({ segment }) => segment));
    onFull(loaded.full);
    const pinnedRows = new PinnedRows(this.#index, onFull);
    this.#retention = new Retention(
      database,
      this.#index,
      ledger,
      pinnedRows,
      this.#counters,
      start,
      loaded.floor,
      (group) => this.#outbox.willRemove(group),
    );
    this.#errors = new ErrorWriter(database, this.#counters, start);
    this.#logs = new LogWriter(database, start, (events) => this.#outbox.willRemoveEvents(events));
    this.#outbox = new RelayOutbox({
      database,
      logs: this.#logs,
      lastGroup: () => this.#groups.lastGroup,
    });
    this.#groups = new GroupWriter(
      {
        database,
        index: this.#index,
        ledger,
        retention: this.#retention,
        problems: this.#problems,
        seals: this.#sealer.store,
        counters: this.#counters,
        outbox: this.#outbox,
        now,
        onFull,
      },
      loaded.lastGroup,
    );
    this.#documents = new DocumentWriter(database);
    this.#counters[counterAt.cloudWatchEvents] = this.#logs.events;
    for (const message of loaded.problems) {
      this.#problems.add({ receiver: 'store', place: 'raw', message });
    }
    // Both count from the start of the hub.
    this.#counters[counterAt.duplicates] = 0;
    this.#counters[counterAt.retired] = 0;
    this.#ageTimer = setInterval(() => this.#retireByAge(), ageCheckMillis);
    setImmediate(() => this.#listSpanIds());
  }

  /** Loads the index of the database. From then on the database is the writer's, which closes it. */
  static async open(
    database: DatabaseSync,
    start: ThreadStart,
    answer: WriterParts['answer'],
    now: () => number = Date.now,
  ): Promise<StoreWriter> {
    const counters = makeCounters(start.counters);
    const opened = await openIndex(database, counters, (message) => start.sharing.postMessage(message));
    return new StoreWriter({ database, start, answer, now, counters, opened });
  }

  handle(request: Exclude<WriterRequest, { kind: 'close' }>): void {
    switch (request.kind) {
      case 'group':
        this.#commitGroup(request);
        break;
      case 'problem':
        this.#problems.add(request.problem);
        this.#commitQuietly([]);
        break;
      case 'clearProblems':
        this.#settle(request.id, () => this.#problems.clear());
        break;
      case 'datagrams':
        this.#intakes.push(
          new DatagramIntake(request.port, this.#problems, (payloads) => this.#commitQuietly(payloads)),
        );
        break;
      case 'pin':
        this.#settle(request.id, () => this.#setPinned(request.traceId, request.pinned));
        break;
      case 'clear':
        this.#settle(request.id, () => this.#clear(), clearSentence);
        break;
      case 'documents':
        this.#settle(request.id, () => this.#changeDocuments(request.changes));
        break;
      case 'relay':
        this.#settle(request.id, () => {
          const value = this.#outbox.run(request.call);
          this.#keeper.noteCommit();
          return value;
        });
        break;
      case 'errors':
        this.#runErrors(request.id, request.call);
        break;
      case 'logs':
        this.#runLogs(request.id, request.call);
        break;
    }
  }

  noteTrouble(place: string, message: string): void {
    this.#problems.add({ receiver: 'store', place, message });
    this.#commitQuietly([]);
  }

  /** Seals everything, checkpoints, and lets go of the database. Throws a sentence where the disk does not take that. */
  async close(): Promise<void> {
    this.#sealWriting.end();
    clearInterval(this.#ageTimer);
    for (const intake of this.#intakes) {
      intake.close();
    }
    await this.#keeper.close();
    try {
      this.#writeLast();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `The store could not write what makes its next start quick: ${reason}. What was acknowledged is kept all the same.`,
        { cause: error },
      );
    } finally {
      this.#database.close();
      this.#sharing.close();
    }
  }

  /**
   * Lets the log start over: SQLite does so when a transaction begins while all of the log is in the database file. That is never so while
   * commits go on, so what came since the other thread's checkpoint is moved here, between two of them.
   */
  #finishLog(): void {
    try {
      this.#database.exec('pragma wal_checkpoint(passive)');
    } catch (error) {
      this.#noteState('checkpoints', checkpointSentence(error instanceof Error ? error.message : String(error)));
    }
  }

  #writeLast(): void {
    this.#sealer.sealAll();
    inTransaction(this.#database, () => {
      this.#problems.write();
      this.#sealer.store.write(true);
    });
    this.#database.exec('pragma wal_checkpoint(truncate)');
  }

  #commitGroup({ id, payloads, packed }: Extract<WriterRequest, { kind: 'group' }>): void {
    try {
      const { results, change } = this.#groups.commit(payloads, packed);
      this.#noteState('commit', undefined);
      this.#keeper.noteCommit();
      const buffers = payloads.map(({ body }) => body.buffer);
      const value = { results, buffers };
      this.#answer({ kind: 'answer', id, value, ...(change === undefined ? {} : { change }) }, buffers);
    } catch (error) {
      this.#noteState('commit', sentenceOf(error));
      this.#answer({ kind: 'failed', id, message: sentenceOf(error) });
    }
  }

  #commit(payloads: readonly Payload[]): void {
    const { change } = this.#groups.commit(payloads);
    this.#noteState('commit', undefined);
    this.#keeper.noteCommit();
    if (change !== undefined) {
      this.#answer({ kind: 'changed', change });
    }
  }

  /** For work that nobody waits for: what was lost is counted, and said where a person sees it. Answers whether it was kept. */
  #commitQuietly(payloads: readonly Payload[]): boolean {
    try {
      this.#commit(payloads);
      return true;
    } catch (error) {
      this.#counters[counterAt.droppedByDisk] = (this.#counters[counterAt.droppedByDisk] as number) + payloads.length;
      this.#noteState('commit', sentenceOf(error));
      return false;
    }
  }

  #runErrors(id: number, call: ErrorCall): void {
    try {
      const { value, isChange, traces } = this.#errors.run(call);
      this.#keeper.noteCommit();
      const change = { traces, logs: false, errors: true, problems: false, removed: false };
      this.#answer({
        kind: 'answer',
        id,
        value,
        ...(isChange ? { change: { ...nextRevision(this.#counters), ...change } } : {}),
      });
    } catch (error) {
      this.#answer({ kind: 'failed', id, message: sentenceOf(error) });
    }
  }

  #runLogs(id: number, call: LogCall): void {
    try {
      const { answers, changed } = this.#logs.call(call);
      this.#keeper.noteCommit();
      this.#counters[counterAt.cloudWatchEvents] = this.#logs.events;
      const change = { traces: [], logs: true, problems: false, removed: false };
      this.#answer({
        kind: 'answer',
        id,
        value: answers,
        ...(changed.length > 0 && { change: { ...nextRevision(this.#counters), ...change, logGroups: changed } }),
      });
    } catch (error) {
      this.#answer({ kind: 'failed', id, message: sentenceOf(error) });
    }
  }

  #changeDocuments(changes: readonly DocumentChange[]): void {
    this.#documents.change(changes);
    this.#keeper.noteCommit();
  }

  #retireByAge(): void {
    try {
      this.#logs.retire();
      this.#counters[counterAt.cloudWatchEvents] = this.#logs.events;
      this.#errors.retire();
    } catch (error) {
      this.noteTrouble('errors', sentenceOf(error));
    }
    this.#commitQuietly([]);
  }

  #setPinned(traceId: string, pinned: boolean): boolean {
    const slot = this.#pins.slotOf(traceId);
    if (slot === -1) {
      return false;
    }
    const leaves = inTransaction(this.#database, () => {
      if (pinned) {
        this.#pins.pin(slot);
        return false;
      }
      return this.#pins.unpin(traceId, slot, this.#retention.floor, this.#groups.lastGroup);
    });
    this.#pins.didPin(traceId, slot, pinned);
    if (leaves) {
      this.#removeTrace(slot);
    }
    const change = { ...nextRevision(this.#counters), traces: [traceId], logs: false, problems: false };
    this.#answer({ kind: 'changed', change: { ...change, removed: leaves } });
    return true;
  }

  /** Takes out an unpinned trace that retention has passed already, with its log records of those groups. */
  #removeTrace(slot: number): void {
    for (const row of this.#index.logs.rowsOf(slot)) {
      const { logGroup } = this.#index.segments.of(row).columns;
      if ((logGroup[row % rowsPerSegment] as number) <= this.#retention.floor) {
        this.#index.logs.kill(row);
      }
    }
    this.#index.spans.killAll(slot);
    this.#index.traces.remove(slot);
  }

  #clear(): undefined {
    const closed = this.#index.staging.closeSegment();
    const plan = inTransaction(this.#database, () => this.#retention.planAll(this.#groups.lastGroup));
    if (closed !== undefined) {
      this.#index.closeAll([closed]);
    }
    if (plan !== undefined) {
      const { retired } = counterAt;
      const before = this.#counters[retired] as number;
      this.#retention.apply(plan);
      // What a person removes has not been retired.
      this.#counters[retired] = before;
    }
    this.#retention.measure();
    this.#commitQuietly([]);
    const change = { ...nextRevision(this.#counters), traces: 'many' as const, logs: true, problems: false };
    this.#answer({ kind: 'changed', change: { ...change, removed: true } });
    return undefined;
  }

  /** What a start did not wait for, a segment at a time. */
  #listSpanIds(): void {
    if (this.#index.spans.listNext()) {
      setImmediate(() => this.#listSpanIds());
    }
  }

  #settle(id: number, work: () => WriterValue | void, sentenceFor = sentenceOf): void {
    try {
      this.#answer({ kind: 'answer', id, value: work() ?? undefined });
    } catch (error) {
      this.#answer({ kind: 'failed', id, message: sentenceFor(error) });
    }
  }

  /** `trouble` is a sentence while something does not work; the first one after it worked becomes a problem. */
  #noteState(place: string, trouble: string | undefined): void {
    if (trouble === undefined) {
      this.#troubled.delete(place);
    } else if (!this.#troubled.has(place)) {
      this.#troubled.add(place);
      this.#problems.add({ receiver: 'store', place, message: trouble });
    }
  }
}

function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `The store could not keep what came: ${message}.`;
}

function clearSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // To remove takes a little room too: what is to go is noted first.
  return `Nothing was removed: ${message}. Make some room on the disk of the hub's data directory, then clear again.`;
}

function checkpointSentence(trouble: string): string {
  return `The store could not move its newest records into the database file: ${trouble}. They are kept in the log beside it, and the next commit tries again.`;
}
