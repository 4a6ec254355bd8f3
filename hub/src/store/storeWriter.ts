import type { MessagePort } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { DatagramIntake } from './datagramIntake.ts';
import { GroupWriter } from './groupWriter.ts';
import { makeCounters, type Counters } from './memory/counters.ts';
import type { SpanSegment } from './memory/spanSegment.ts';
import { TraceSlots } from './memory/traceSlots.ts';
import type { SharingMessage, ThreadStart, WriterAnswer, WriterRequest, WriterValue } from './messages.ts';
import { ProblemLog } from './problemLog.ts';
import { unpackGroup } from './rawGroup.ts';
import { openForWriting } from './schema.ts';
import { SpanIndex } from './spanIndex.ts';
import { PayloadScanner } from './scan/payloadScanner.ts';

/** Everything that changes the store, in the writer thread. */
export class StoreWriter {
  readonly #answer: (message: WriterAnswer) => void;
  readonly #database: DatabaseSync;
  readonly #counters: Counters;
  readonly #sharing: MessagePort;
  readonly #index: SpanIndex;
  readonly #problems: ProblemLog;
  readonly #groups: GroupWriter;
  readonly #datagrams: DatagramIntake[] = [];

  constructor(start: ThreadStart, answer: (message: WriterAnswer) => void) {
    this.#answer = answer;
    this.#counters = makeCounters(start.counters);
    this.#sharing = start.sharing;
    this.#database = openForWriting(start.dataDir);
    const traces = new TraceSlots(
      this.#counters,
      (chunk) => this.#share({ kind: 'traces', number: chunk.number, buffer: chunk.buffer }),
      (number) => this.#share({ kind: 'tracesFreed', number }),
    );
    this.#index = new SpanIndex(traces, this.#counters, {
      onSegment: (segment) => this.#shareSegment(segment),
      onSegmentFreed: (number) => this.#share({ kind: 'segmentFreed', number }),
    });
    this.#problems = new ProblemLog(this.#database, this.#counters);
    const last = this.#rescan();
    this.#groups = new GroupWriter(this.#database, this.#index, this.#problems, this.#counters, last + 1);
  }

  handle(request: WriterRequest): void {
    switch (request.kind) {
      case 'group':
        this.#settle(request.id, () => this.commit(request.payloads));
        break;
      case 'problem':
        this.#problems.add(request.problem);
        this.#try(() => this.commit([]));
        break;
      case 'clearProblems':
        this.#settle(request.id, () => {
          this.#problems.clear();
          return undefined;
        });
        break;
      case 'datagrams':
        this.#datagrams.push(
          new DatagramIntake(request.port, this.#problems, (payloads) => this.#try(() => this.commit(payloads))),
        );
        break;
      case 'close':
        this.#settle(request.id, () => this.#close());
        break;
      default:
        this.#settle(request.id, () => undefined);
    }
  }

  commit(payloads: Parameters<GroupWriter['commit']>[0]): WriterValue {
    const { results, change } = this.#groups.commit(payloads);
    if (change !== undefined) {
      this.#answer({ kind: 'changed', change });
    }
    return results;
  }

  #close(): undefined {
    for (const intake of this.#datagrams) {
      intake.close();
    }
    this.#database.exec('pragma wal_checkpoint(truncate)');
    this.#database.close();
    this.#sharing.close();
    return undefined;
  }

  /** Reads every raw group into the index. Answers the id of the last one. */
  #rescan(): number {
    const scanner = new PayloadScanner(this.#index);
    let last = 0;
    const changed = new Set<number>();
    for (const row of this.#database.prepare('select id, codec, parts, body from raw order by id').iterate()) {
      const { id, codec, parts, body } = row as { id: number; codec: number; parts: Uint8Array; body: Uint8Array };
      for (const [payload, stored] of unpackGroup({ codec, parts, body }).entries()) {
        this.#index.beginPayload(id, payload);
        scanner.scan(stored);
      }
      this.#index.apply(changed);
      changed.clear();
      last = id;
    }
    return last;
  }

  #settle(id: number, work: () => WriterValue): void {
    try {
      this.#answer({ kind: 'answer', id, value: work() });
    } catch (error) {
      this.#answer({ kind: 'failed', id, message: sentenceOf(error) });
    }
  }

  /** For work that nobody waits for. */
  #try(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      this.#problems.add({ receiver: 'store', place: 'commit', message: sentenceOf(error) });
    }
  }

  #shareSegment(segment: SpanSegment): void {
    this.#share({ kind: 'segment', number: segment.number, room: segment.room, buffer: segment.buffer });
  }

  #share(message: SharingMessage): void {
    this.#sharing.postMessage(message);
  }
}

function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `The store could not keep what came: ${message}.`;
}
