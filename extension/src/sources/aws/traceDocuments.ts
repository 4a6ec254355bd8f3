import { setTimeout as sleep } from 'node:timers/promises';
import { decodeXRaySegment } from '@sightline/telemetry/decode/xraySegment';
import { parseTraceId, toXRayTraceId, type TraceId } from '@sightline/telemetry/model/ids';
import type { Span } from '@sightline/telemetry/model/span';
import { UserError } from '../../userError.ts';
import type { AwsAccount } from './awsAccount.ts';
import { isRefusedOrUnknown } from './awsErrors.ts';
import { decodeOtelSpanDocument } from './otelSpanDocument.ts';

/** A trace as AWS gives it: the documents that were sent, and what is in them. */
export interface CloudTrace {
  readonly id: TraceId;
  readonly format: 'XRAY' | 'OTEL';
  readonly documents: readonly string[];
  readonly spans: readonly Span[];
  /** AWS leaves the rest out of traces over 500 KB. */
  readonly isCut: boolean;
}

/** X-Ray API, BatchGetTraces. */
const idsPerCall = 5;
const callsAtATime = 4;
const mostKept = 300;
/** In milliseconds: a trace that ended so long ago gets no more segments; another one is asked for again after a while. */
const settledAfter = 60_000;
const freshFor = 5_000;
/** Milliseconds between two looks at a retrieval, which takes seconds. */
const retrievalPace = 500;
/** Milliseconds for which an account is taken to keep its traces where it did: a person may switch Transaction Search on and off. */
const destinationFreshFor = 10 * 60_000;
/** Around the time at which a trace is known to have begun. */
const retrievalBefore = 10 * 60_000;
const retrievalAfter = 60 * 60_000;

interface Kept {
  readonly trace: CloudTrace;
  readonly askedAt: number;
}

/** Loads whole traces, five at a call, and keeps them by id: a settled trace is asked for once. */
export class TraceDocuments {
  readonly #account: AwsAccount;
  readonly #now: () => number;
  readonly #kept = new Map<TraceId, Kept>();
  readonly #starts = new Map<TraceId, number>();
  #destination: { readonly answer: Promise<'XRay' | 'CloudWatchLogs'>; readonly askedAt: number } | undefined;

  constructor(account: AwsAccount, now: () => number) {
    this.#account = account;
    this.#now = now;
  }

  /** Notes when a trace began, in milliseconds since the epoch; a retrieval needs to know it. */
  noteStart(id: TraceId, startMillis: number): void {
    this.#starts.set(id, startMillis);
    trim(this.#starts, 10 * mostKept);
  }

  /** What is known without a call. */
  get(id: TraceId): CloudTrace | undefined {
    return this.#kept.get(id)?.trace;
  }

  /** Those that AWS has, by id. Rejects as a call does. */
  async load(ids: readonly TraceId[], signal?: AbortSignal): Promise<ReadonlyMap<TraceId, CloudTrace>> {
    const missing = [...new Set(ids)].filter((id) => !this.#isFresh(id));
    if (missing.length > 0) {
      const destination = await this.#whereTo(signal);
      const chunks = Array.from({ length: Math.ceil(missing.length / idsPerCall) }, (_, index) =>
        missing.slice(index * idsPerCall, (index + 1) * idsPerCall),
      );
      const worker = async (): Promise<void> => {
        for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
          // oxlint-disable-next-line no-await-in-loop -- each of a few workers has one call under way.
          const traces = await (destination === 'XRay' ? this.#batchGet(chunk, signal) : this.#retrieve(chunk, signal));
          traces.forEach((trace) => this.#keep(trace));
        }
      };
      await Promise.all(Array.from({ length: callsAtATime }, worker));
    }
    return new Map(ids.flatMap((id) => [this.#kept.get(id)].flatMap((kept) => (kept ? [[id, kept.trace]] : []))));
  }

  /** Where traces are sent to decides by which calls they are read. Where AWS does not tell it to this identity, the classic way is tried. */
  async #whereTo(signal?: AbortSignal): Promise<'XRay' | 'CloudWatchLogs'> {
    const now = this.#now();
    if (this.#destination === undefined || now - this.#destination.askedAt > destinationFreshFor) {
      const answer = this.#askDestination(signal).catch((error: unknown) => {
        this.#destination = undefined;
        throw error;
      });
      this.#destination = { answer, askedAt: now };
    }
    return await this.#destination.answer;
  }

  async #askDestination(signal?: AbortSignal): Promise<'XRay' | 'CloudWatchLogs'> {
    try {
      const { Destination } = await this.#account.xray(
        'xray:GetTraceSegmentDestination',
        ({ sdk, client, options }) => client.send(new sdk.GetTraceSegmentDestinationCommand({}), options),
        signal,
      );
      const isTransactionSearch = Destination === 'CloudWatchLogs';
      this.#account.meter.noteTransactionSearch(isTransactionSearch);
      return isTransactionSearch ? 'CloudWatchLogs' : 'XRay';
    } catch (error) {
      if (isRefusedOrUnknown(error)) {
        return 'XRay';
      }
      throw error;
    }
  }

  async #batchGet(ids: readonly TraceId[], signal?: AbortSignal): Promise<readonly CloudTrace[]> {
    const { Traces = [] } = await this.#account.xray(
      'xray:BatchGetTraces',
      ({ sdk, client, options }) =>
        client.send(new sdk.BatchGetTracesCommand({ TraceIds: ids.map(toXRayTraceId) }), options),
      signal,
    );
    this.#account.meter.count('xray', { tracesRetrieved: Traces.length });
    return Traces.flatMap(({ Id, Segments = [], LimitExceeded }) =>
      toCloudTrace(Id, 'XRAY', textsOf(Segments), LimitExceeded === true),
    );
  }

  /** With Transaction Search traces are in CloudWatch Logs, out of which AWS fetches them first. */
  async #retrieve(ids: readonly TraceId[], signal?: AbortSignal): Promise<readonly CloudTrace[]> {
    const starts = ids.map((id) => this.#starts.get(id) ?? Number.parseInt(id.slice(0, 8), 16) * 1000);
    const input = {
      TraceIds: ids.map(toXRayTraceId),
      StartTime: new Date(Math.min(...starts) - retrievalBefore),
      EndTime: new Date(Math.min(this.#now(), Math.max(...starts) + retrievalAfter)),
    };
    const { RetrievalToken } = await this.#account.xray(
      'xray:StartTraceRetrieval',
      ({ sdk, client, options }) => client.send(new sdk.StartTraceRetrievalCommand(input), options),
      signal,
    );
    const found = await this.#readRetrieval(RetrievalToken ?? '', signal);
    this.#account.meter.count('xray', { tracesRetrieved: found.size });
    return [...found].flatMap(([id, { format, texts }]) => toCloudTrace(id, format, texts, false));
  }

  /** Waits until the retrieval is over, then reads all its pages. */
  async #readRetrieval(token: string, signal?: AbortSignal): Promise<Map<string, Retrieved>> {
    const found = new Map<string, Retrieved>();
    for (let page: string | undefined; ;) {
      const input = {
        RetrievalToken: token,
        TraceFormat: 'OTEL',
        ...(page !== undefined && { NextToken: page }),
      } as const;
      // oxlint-disable-next-line no-await-in-loop -- each answer says whether, and where, to go on.
      const answer = await this.#account.xray(
        'xray:ListRetrievedTraces',
        ({ sdk, client, options }) => client.send(new sdk.ListRetrievedTracesCommand(input), options),
        signal,
      );
      const status = answer.RetrievalStatus ?? 'COMPLETE';
      if (status === 'SCHEDULED' || status === 'RUNNING') {
        // oxlint-disable-next-line no-await-in-loop -- AWS has no other way to tell when it is ready.
        await sleep(retrievalPace, undefined, signal && { signal });
        continue;
      }
      if (status !== 'COMPLETE') {
        throw new UserError(`AWS could not fetch the trace out of CloudWatch Logs (${status}). Try again.`);
      }
      for (const { Id = '', Spans = [] } of answer.Traces ?? []) {
        const before = found.get(Id)?.texts ?? [];
        // A trace of many spans comes in several pieces.
        found.set(Id, {
          format: answer.TraceFormat === 'XRAY' ? 'XRAY' : 'OTEL',
          texts: [...before, ...textsOf(Spans)],
        });
      }
      page = answer.NextToken;
      if (page === undefined) {
        return found;
      }
    }
  }

  #isFresh(id: TraceId): boolean {
    const kept = this.#kept.get(id);
    if (kept === undefined) {
      return false;
    }
    const end = kept.trace.spans.reduce((latest, span) => Math.max(latest, endMillisOf(span)), 0);
    return kept.askedAt - end > settledAfter || this.#now() - kept.askedAt < freshFor;
  }

  #keep(trace: CloudTrace): void {
    this.#kept.delete(trace.id);
    this.#kept.set(trace.id, { trace, askedAt: this.#now() });
    trim(this.#kept, mostKept);
  }
}

interface Retrieved {
  readonly format: CloudTrace['format'];
  readonly texts: readonly string[];
}

function toCloudTrace(
  given: string | undefined,
  format: CloudTrace['format'],
  documents: readonly string[],
  isCut: boolean,
): readonly CloudTrace[] {
  const id = parseTraceId(given ?? '');
  const decode = format === 'XRAY' ? decodeSent : decodeOtelSpanDocument;
  const spans = documents.flatMap((document) => decode(document));
  // AWS may name a trace whose segments are none: there is nothing to show of it.
  return id === undefined || spans.length === 0 ? [] : [{ id, format, documents, spans, isCut }];
}

/** The spans of a segment that was sent. Those that X-Ray infers of called services repeat what their callers say: local views have none either. */
function decodeSent(text: string): readonly Span[] {
  return /"inferred"\s*:\s*true/.test(text) && isInferred(text) ? [] : decodeXRaySegment(text).records;
}

function isInferred(text: string): boolean {
  try {
    return (JSON.parse(text) as { inferred?: unknown } | null)?.inferred === true;
  } catch {
    // No document; the decoder says so.
    return false;
  }
}

function textsOf(documents: readonly { readonly Document?: string | undefined }[]): string[] {
  return documents.flatMap(({ Document }) => (Document === undefined ? [] : [Document]));
}

function endMillisOf({ startTime, duration }: Span): number {
  return Number((startTime + duration) / 1_000_000n);
}

/** The oldest leave. */
function trim<K>(map: Map<K, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) {
      return;
    }
    map.delete(oldest);
  }
}
