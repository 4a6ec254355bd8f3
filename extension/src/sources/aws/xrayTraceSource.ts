import type { TraceSummary } from '@aws-sdk/client-xray';
import type { JsonValue, RawTrace, SpanJson, TraceList, TraceRow, TraceTreeRows } from '@sightline/hub/client/api';
import { toSpanJson } from '@sightline/hub/client/spanJson';
import { summarizeTrace } from '@sightline/hub/client/traceSummary';
import { toTreeRows } from '@sightline/hub/client/treeRows';
import { parseTraceId, type TraceId } from '@sightline/telemetry/model/ids';
import { isHealthCheckPath } from '@sightline/telemetry/view/traceName';
import { UserError } from '../../userError.ts';
import type { TracePageQuery, TraceSource } from '../traceSource.ts';
import type { AwsAccount } from './awsAccount.ts';
import type { PollPace } from '../polledSource.ts';
import { CloudSource } from './cloudSource.ts';
import { TraceDocuments, type CloudTrace } from './traceDocuments.ts';
import { isBare, newestPlace, readSummaries, startMillisOf, toTraceRow, type SummaryPlace } from './traceSummaries.ts';

const mostPlaces = 200;

export interface XRayTraceOptions extends PollPace {
  readonly now: () => number;
  /** How far back the list goes, in milliseconds. */
  readonly windowMillis: () => number;
}

/** The traces that AWS X-Ray has in one account and region. */
export class XRayTraceSource extends CloudSource implements TraceSource {
  readonly capabilities = { pin: false, clear: false };
  readonly #account: AwsAccount;
  readonly #options: XRayTraceOptions;
  readonly #documents: TraceDocuments;
  /** Where pages end, by what is passed as `before`. */
  readonly #places = new Map<string, SummaryPlace>();
  #placesMade = 0;

  constructor(account: AwsAccount, options: XRayTraceOptions) {
    super(account, 'xray', options);
    this.#account = account;
    this.#options = options;
    this.#documents = new TraceDocuments(account, options.now);
  }

  async listTraces(query: TracePageQuery, signal?: AbortSignal): Promise<TraceList> {
    const { limit, before, excludeHealthChecks, filter } = query;
    const start = before === undefined ? this.#newest(filter) : this.#placeOf(before, filter);
    const { summaries, next } = await readSummaries(this.#account, start, limit, signal);
    const shown = excludeHealthChecks ? summaries.filter((summary) => !isHealthCheck(summary)) : summaries;
    const rows = await this.#rowsOf(shown, signal);
    const hidden = summaries.length - shown.length;
    return {
      traces: rows,
      ...(next !== undefined && { next: this.#note(next) }),
      ...(hidden > 0 && { hiddenHealthChecks: hidden }),
    };
  }

  async loadTreeRows(traceId: string, signal?: AbortSignal): Promise<TraceTreeRows | undefined> {
    const trace = await this.#load(traceId, signal);
    return trace && toTreeRows(summarizeTrace(trace.id, trace.spans, nothingBeside));
  }

  async loadSpan(traceId: string, spanId: string, signal?: AbortSignal): Promise<SpanJson | undefined> {
    const trace = await this.#load(traceId, signal);
    const row =
      trace && summarizeTrace(trace.id, trace.spans, nothingBeside).tree.rows.find(({ span }) => span.id === spanId);
    return row && toSpanJson(row.span, row.service);
  }

  /** The spans of each trace, of several at a time; none where AWS has no such trace. */
  async loadSpans(traceIds: readonly string[], signal?: AbortSignal): Promise<readonly (readonly SpanJson[])[]> {
    const ids = traceIds.map(parseTraceId);
    const traces = await this.#documents.load(
      ids.filter((id) => id !== undefined),
      signal,
    );
    return ids.map((id) => {
      const trace = id && traces.get(id);
      return trace === undefined
        ? []
        : summarizeTrace(trace.id, trace.spans, nothingBeside).tree.rows.map(({ span, service }) =>
            toSpanJson(span, service),
          );
    });
  }

  async loadRaw(traceId: string, signal?: AbortSignal): Promise<RawTrace | undefined> {
    const trace = await this.#load(traceId, signal);
    const [source, format] =
      trace?.format === 'OTEL' ? (['otlp', 'otlp-json'] as const) : (['xray', 'xray-json'] as const);
    return (
      trace && {
        id: trace.id,
        documents: trace.documents.map((text) => ({
          source,
          format,
          document: parseDocument(text),
        })),
      }
    );
  }

  async countTraces(): Promise<number> {
    throw notHere('counted');
  }

  async setPinned(): Promise<boolean> {
    throw notHere('pinned');
  }

  async clear(): Promise<void> {
    throw notHere('cleared');
  }

  async #load(traceId: string, signal?: AbortSignal): Promise<CloudTrace | undefined> {
    const id = parseTraceId(traceId);
    return id && (await this.#documents.load([id], signal)).get(id);
  }

  /** A row out of the summary alone, where that says enough: no more calls than one a page. */
  async #rowsOf(summaries: readonly TraceSummary[], signal?: AbortSignal): Promise<readonly TraceRow[]> {
    const found = summaries.flatMap((summary) => {
      const row = toTraceRow(summary);
      return row === undefined ? [] : [{ summary, row }];
    });
    for (const { summary, row } of found) {
      this.#documents.noteStart(row.id, startMillisOf(summary));
    }
    const bare = found.filter(({ summary }) => isBare(summary)).map(({ row }) => row.id);
    const whole = await this.#documents.load(bare, signal);
    return found.map(({ row }) => this.#bestRow(row, whole.get(row.id)));
  }

  #bestRow(row: TraceRow & { readonly id: TraceId }, loaded: CloudTrace | undefined): TraceRow {
    const trace = loaded ?? this.#documents.get(row.id);
    return trace === undefined ? row : summarizeTrace(trace.id, trace.spans, nothingBeside).row;
  }

  #newest(filter: string | undefined): SummaryPlace {
    const to = this.#options.now();
    return newestPlace(filter, { from: to - this.#options.windowMillis(), to });
  }

  #note(place: SummaryPlace): string {
    this.#placesMade += 1;
    const oldest = place.rest[0] === undefined ? place.step.from : startMillisOf(place.rest[0]);
    const cursor = `${this.#placesMade} ${Math.round(oldest)}`;
    this.#places.set(cursor, place);
    for (const first of this.#places.keys()) {
      if (this.#places.size <= mostPlaces) {
        break;
      }
      this.#places.delete(first);
    }
    return cursor;
  }

  /** One that is no longer known goes on by its time. */
  #placeOf(cursor: string, filter: string | undefined): SummaryPlace {
    const to = Number(cursor.split(' ')[1]);
    return (
      this.#places.get(cursor) ?? newestPlace(filter, { from: this.#options.now() - this.#options.windowMillis(), to })
    );
  }
}

const nothingBeside = { logCount: 0, pinned: false };

function isHealthCheck({ Http }: TraceSummary): boolean {
  return Http?.HttpURL !== undefined && isHealthCheckPath(Http.HttpURL);
}

function parseDocument(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // What is no JSON is shown as it is.
    return text;
  }
}

function notHere(what: string): UserError {
  return new UserError(`Traces in AWS cannot be ${what} from here: X-Ray keeps each for 30 days.`);
}
