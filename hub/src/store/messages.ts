import type { MessagePort } from 'node:worker_threads';
import type { ChangeEvent, LogEventJson } from '../client/api.ts';
import type { DocumentChange } from './documents/documentTable.ts';
import type { AnalysisQuestion } from './analysis/analysisQuestion.ts';
import type { ErrorQuestion } from './errors/errorReader.ts';
import type { ErrorCall, ErrorValue } from './errors/errorWriter.ts';
import type { LogCall, LogWriterValue } from './logs/threadedLogs.ts';
import type { SegmentRoom } from './memory/segment.ts';
import type { PackedGroup } from './rawGroup.ts';
import type { RelayAccounts, RelayCall } from './relay/relayStore.ts';
import type { SealRequest } from './seal/sealedSegment.ts';
import type { TraceSelection } from './traceAnalysis.ts';
import type { AppendResult, Payload, Receiver } from './telemetryStore.ts';

/** What the store's threads are started with. */
export interface ThreadStart {
  readonly dataDir: string;
  readonly maxBytes: number;
  readonly maxAgeMillis: number;
  readonly counters: SharedArrayBuffer;
  /** Between writer and reader: shared buffers go from one to the other. */
  readonly sharing: MessagePort;
}

/** Main thread to writer. Each message is answered once under its `id`; a group's answer has one result a payload. */
export type WriterRequest =
  | {
      readonly kind: 'group';
      readonly id: number;
      readonly payloads: readonly Payload[];
      /** The payloads as they are stored, where that has been made already. */
      readonly packed?: PackedGroup;
    }
  | { readonly kind: 'pin'; readonly id: number; readonly traceId: string; readonly pinned: boolean }
  | { readonly kind: 'clear'; readonly id: number }
  | { readonly kind: 'clearProblems'; readonly id: number }
  | { readonly kind: 'errors'; readonly id: number; readonly call: ErrorCall }
  | { readonly kind: 'logs'; readonly id: number; readonly call: LogCall }
  | { readonly kind: 'relay'; readonly id: number; readonly call: RelayCall }
  | { readonly kind: 'documents'; readonly id: number; readonly changes: readonly DocumentChange[] }
  | { readonly kind: 'close'; readonly id: number }
  | { readonly kind: 'problem'; readonly problem: NewProblem }
  | { readonly kind: 'datagrams'; readonly port: MessagePort };

export type WriterAnswer =
  | { readonly kind: 'ready' }
  /** With the change that the request made: a message of its own would wake the main thread twice. */
  | { readonly kind: 'answer'; readonly id: number; readonly value: WriterValue; readonly change?: ChangeEvent }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'changed'; readonly change: ChangeEvent };

export interface CommitAnswer {
  /** One for each payload. */
  readonly results: readonly AppendResult[];
  /** The payloads' own, of no more use here. */
  readonly buffers: readonly ArrayBuffer[];
}

export type WriterValue = CommitAnswer | ErrorValue | LogWriterValue | RelayAccounts | boolean | undefined;

export interface NewProblem {
  readonly receiver: Receiver;
  readonly place: string;
  readonly message: string;
  readonly sample?: Uint8Array;
}

/** Writer to reader, sent before the counters that make the contents visible. */
export type SharingMessage =
  | {
      readonly kind: 'segment';
      readonly number: number;
      readonly room: SegmentRoom;
      readonly buffer: SharedArrayBuffer;
    }
  | { readonly kind: 'segmentFreed'; readonly number: number }
  | { readonly kind: 'traces'; readonly number: number; readonly buffer: SharedArrayBuffer }
  | { readonly kind: 'tracesFreed'; readonly number: number };

/** Writer to the thread that checkpoints and seals. */
export type KeeperRequest =
  | { readonly kind: 'written' }
  | { readonly kind: 'seal'; readonly request: SealRequest }
  | { readonly kind: 'close' };

export interface KeeperAnswer {
  readonly kind: 'sealed';
  readonly number: number;
  readonly sealed: Uint8Array;
}

export type KeeperReport =
  | KeeperAnswer
  /** A checkpoint has been tried; `trouble` says why it could not be made. A long log has to start over before long. */
  | { readonly kind: 'checkpoint'; readonly isLogLong: boolean; readonly trouble?: string };

/** Main thread to reader. */
export type ReaderRequest =
  | { readonly kind: 'ask'; readonly id: number; readonly call: ReaderCall }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number };

export type ReaderCall =
  | {
      readonly name: 'listTraces';
      readonly limit: number;
      readonly before?: string;
      readonly excludeHealthChecks: boolean;
      /** Which traces; absent for all. */
      readonly selection?: TraceSelection;
    }
  | { readonly name: 'loadTreeRows'; readonly traceId: string }
  | { readonly name: 'loadSpan'; readonly traceId: string; readonly spanId: string }
  | { readonly name: 'openTrace'; readonly traceId: string; readonly lines: readonly LogEventJson[] }
  /** The next piece of a trace that was opened; `undefined` at its end. */
  | { readonly name: 'nextPiece'; readonly stream: number }
  | { readonly name: 'closeTrace'; readonly stream: number }
  | { readonly name: 'loadRaw'; readonly traceId: string }
  | { readonly name: 'listProblems'; readonly limit: number }
  | { readonly name: 'analysis'; readonly question: AnalysisQuestion }
  | { readonly name: 'documents'; readonly kind: string }
  | { readonly name: 'errors'; readonly question: ErrorQuestion };

export type ReaderAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
