import type { DatabaseSync } from 'node:sqlite';
import { parseTraceId, type TraceId } from '@sightline/telemetry/model/ids';
import type { LogEventJson, ProblemJson, RawTrace, SpanJson, TraceList, TraceTreeRows } from '../../client/api.ts';
import { listSelected, type SelectedTraces } from '../analysis/listSelected.ts';
import { TraceAnalyst } from '../analysis/traceAnalyst.ts';
import { readDocuments } from '../documents/documentTable.ts';
import { ErrorReader } from '../errors/errorReader.ts';
import { makeCounters } from '../memory/counters.ts';
import { traceBits, tracesPerChunk } from '../memory/traceTable.ts';
import type { ReaderCall, ThreadStart } from '../messages.ts';
import { openForReading } from '../schema.ts';
import { GroupReader } from './groupReader.ts';
import { RawDocuments } from './rawDocument.ts';
import { SharedIndex, type IndexedSpan } from './sharedIndex.ts';
import { toSpanJson } from '../../client/spanJson.ts';
import { toTreeRows } from '../../client/treeRows.ts';
import { TraceLister } from './traceList.ts';
import { decodeTracePart, payloadPartsOf } from './tracePayloads.ts';
import { tracePieces } from './traceStreams.ts';
import { summarizeTrace, type TraceSummary } from '../../client/traceSummary.ts';

/** Answers every question about the store, in the reader thread. */
export class StoreReader {
  readonly #dataDir: string;
  #opened: { database: DatabaseSync; groups: GroupReader } | undefined;
  readonly #index: SharedIndex;
  readonly #lister: TraceLister;
  readonly #errors = new ErrorReader(() => this.#open.database);
  readonly #analyst: TraceAnalyst;
  readonly #streams = new Map<number, Generator<string, void>>();
  #nextStream = 1;

  constructor(start: ThreadStart) {
    this.#dataDir = start.dataDir;
    const counters = makeCounters(start.counters);
    this.#index = new SharedIndex(start.sharing, counters);
    this.#analyst = new TraceAnalyst(this.#index, counters, () => this.#open.groups);
    this.#lister = new TraceLister(this.#index);
  }

  /** Opened by the first question: this thread starts beside the writer, which makes the tables. */
  get #open(): { database: DatabaseSync; groups: GroupReader } {
    if (this.#opened === undefined) {
      const database = openForReading(this.#dataDir);
      this.#opened = { database, groups: new GroupReader(database) };
    }
    return this.#opened;
  }

  /** The answer, or the steps that lead to it: other questions may come in between. */
  answer(call: ReaderCall): unknown {
    this.#index.refresh();
    switch (call.name) {
      case 'listTraces':
        return this.#listTraces(call);
      case 'loadTreeRows':
        return this.#loadTreeRows(call.traceId);
      case 'loadSpan':
        return this.#loadSpan(call.traceId, call.spanId);
      case 'openTrace':
        return this.#openTrace(call.traceId, call.lines);
      case 'nextPiece':
        return this.#nextPiece(call.stream);
      case 'closeTrace':
        this.#streams.delete(call.stream);
        return undefined;
      case 'loadRaw':
        return this.#loadRaw(call.traceId);
      case 'listProblems':
        return this.#listProblems(call.limit);
      case 'analysis':
        return this.#analyst.answer(call.question);
      case 'documents':
        return readDocuments(this.#open.database, call.kind);
      case 'errors':
        return this.#errors.answer(call.question);
    }
  }

  close(): void {
    this.#streams.clear();
    this.#analyst.close();
    this.#opened?.database.close();
  }

  #listTraces(call: Extract<ReaderCall, { name: 'listTraces' }>): TraceList | Generator<undefined, TraceList> {
    if (call.selection !== undefined) {
      return this.#listSelected({ ...call, selection: call.selection });
    }
    const list = this.#lister.list(call);
    return { ...list, traces: this.#errors.counted(list.traces) };
  }

  *#listSelected(query: SelectedTraces): Generator<undefined, TraceList> {
    const list = yield* listSelected(query, this.#analyst.finder, this.#lister);
    return { ...list, traces: this.#errors.counted(list.traces) };
  }

  #loadTreeRows(traceId: string): TraceTreeRows | undefined {
    const summary = this.#summarize(traceId);
    if (summary === undefined) {
      return undefined;
    }
    const [row = summary.row] = this.#errors.counted([summary.row]);
    return toTreeRows({ ...summary, row });
  }

  #loadSpan(traceId: string, spanId: string): SpanJson | undefined {
    const summary = this.#summarize(traceId);
    const row = summary?.tree.rows.find(({ span }) => span.id === spanId.toLowerCase());
    if (summary === undefined || row === undefined) {
      return undefined;
    }
    const [part] = payloadPartsOf([row.span]);
    const payload = this.#open.groups.read(row.span.group)?.payloads[row.span.payload];
    if (part === undefined || payload === undefined) {
      return undefined;
    }
    const [span] = decodeTracePart(payload, summary.row.id as TraceId, part);
    return span === undefined ? undefined : toSpanJson(span, row.service);
  }

  #openTrace(traceId: string, lines: readonly LogEventJson[]): number | undefined {
    const summary = this.#summarize(traceId);
    if (summary === undefined) {
      return undefined;
    }
    const stream = this.#nextStream;
    this.#nextStream += 1;
    this.#streams.set(stream, this.#pieces(summary, lines));
    return stream;
  }

  #pieces({ row, tree }: TraceSummary<IndexedSpan>, lines: readonly LogEventJson[]): Generator<string, void> {
    const logs = this.#index.logsOf(this.#index.slotOf(row.id));
    const errors = this.#errors.errorsOf(row.id);
    return tracePieces(row.id as TraceId, { rows: tree.rows, logs, lines, errors }, this.#open.groups);
  }

  #nextPiece(stream: number): string | undefined {
    const next = this.#streams.get(stream)?.next();
    if (next === undefined || next.done === true) {
      this.#streams.delete(stream);
      return undefined;
    }
    return next.value;
  }

  *#loadRaw(traceId: string): Generator<undefined, RawTrace | undefined> {
    const summary = this.#summarize(traceId);
    if (summary === undefined) {
      return undefined;
    }
    const id = summary.row.id as TraceId;
    const documents = new RawDocuments(id);
    for (const part of payloadPartsOf(summary.tree.rows.map(({ span }) => span))) {
      const group = this.#open.groups.read(part.group);
      const payload = group?.payloads[part.payload];
      if (group !== undefined && payload !== undefined) {
        documents.add(payload, group.receivedAt);
      }
      yield;
    }
    return documents.trace;
  }

  #listProblems(limit: number): ProblemJson[] {
    const rows = this.#open.database
      .prepare('select id, at, receiver, place, message, sample from problem order by id desc limit ?')
      .all(limit) as {
      id: number;
      at: number;
      receiver: string;
      place: string;
      message: string;
      sample: Uint8Array | null;
    }[];
    return rows.map(({ id, at, receiver, place, message, sample }) => ({
      id,
      time: String(BigInt(Math.round(at)) * 1_000_000n),
      receiver,
      place,
      message,
      ...(sample === null ? {} : { sample: printable(sample) }),
    }));
  }

  #summarize(text: string): TraceSummary<IndexedSpan> | undefined {
    const traceId = parseTraceId(text);
    const slot = traceId === undefined ? -1 : this.#index.slotOf(traceId);
    const chunk = slot === -1 ? undefined : this.#index.chunkOf(slot);
    if (traceId === undefined || chunk === undefined) {
      return undefined;
    }
    const spans = this.#index.spansOf(slot);
    const at = slot % tracesPerChunk;
    const pinned = ((chunk.columns.bits[at] as number) & traceBits.pinned) !== 0;
    const logCount = chunk.columns.logs[at] as number;
    return spans.length === 0 ? undefined : summarizeTrace(traceId, spans, { logCount, pinned });
  }
}

/** Bytes as text, with what does not print escaped. */
function printable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  return text
    .replaceAll(
      /[^\n\t\u0020-\u007e\u00a0-\uffff]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .slice(0, 2000);
}
