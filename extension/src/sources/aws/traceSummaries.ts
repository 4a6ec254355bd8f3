import type { TraceSummary } from '@aws-sdk/client-xray';
import type { TraceRow } from '@sightline/hub/client/api';
import { parseTraceId, toXRayTraceId, type TraceId } from '@sightline/telemetry/model/ids';
import type { SpanStatus } from '@sightline/telemetry/model/span';
import { traceName } from '@sightline/telemetry/view/traceName';
import type { AwsAccount } from './awsAccount.ts';

/** A place in the list of summaries, newest first; what comes behind it is asked for when it is wanted. */
export interface SummaryPlace {
  readonly filter: string | undefined;
  /** Milliseconds since the epoch: nothing older is asked for. */
  readonly from: number;
  /** The part of the window that is being read, which grows from step to step. */
  readonly step: { readonly from: number; readonly to: number; readonly token?: string; readonly isRead: boolean };
  /** Read, and not yet given out. */
  readonly rest: readonly TraceSummary[];
}

/**
 * What is looked through at first, in milliseconds, and how much more each time. X-Ray charges by traces scanned, and what a person looks at first is the newest;
 * a call takes six hours at most.
 */
const firstStep = 5 * 60_000;
const growth = 5;
const longestStep = 6 * 3_600_000;
/** Empty answers in a row after which the view is told that the search goes on. */
const mostEmptyAnswers = 10;

/** Where the list begins. */
export function newestPlace(filter: string | undefined, { from, to }: { from: number; to: number }): SummaryPlace {
  return { filter, from, step: { from: Math.max(from, to - firstStep), to, isRead: false }, rest: [] };
}

/** Some summaries and the place behind them; `undefined` at the end. May be empty while there is a next place. */
export async function readSummaries(
  account: AwsAccount,
  start: SummaryPlace,
  limit: number,
  signal?: AbortSignal,
): Promise<{ readonly summaries: readonly TraceSummary[]; readonly next: SummaryPlace | undefined }> {
  let place: SummaryPlace | undefined = start;
  for (let asked = 0; place.rest.length === 0 && asked < mostEmptyAnswers; asked += 1) {
    const behind: SummaryPlace | undefined = place.step.isRead ? nextStep(place) : place;
    if (behind === undefined) {
      return { summaries: [], next: undefined };
    }
    // oxlint-disable-next-line no-await-in-loop -- each answer says where the next one begins.
    place = await readOn(account, behind, signal);
  }
  const summaries = place.rest.slice(0, limit);
  const rest = place.rest.slice(limit);
  const isEnd = rest.length === 0 && place.step.isRead && nextStep(place) === undefined;
  return { summaries, next: isEnd ? undefined : { ...place, rest } };
}

async function readOn(account: AwsAccount, place: SummaryPlace, signal?: AbortSignal): Promise<SummaryPlace> {
  const { step, filter } = place;
  const input = {
    StartTime: new Date(step.from),
    EndTime: new Date(step.to),
    // Ids of OpenTelemetry need not begin with a time.
    TimeRangeType: 'Event',
    ...(filter !== undefined && { FilterExpression: filter }),
    ...(step.token !== undefined && { NextToken: step.token }),
  } as const;
  const answer = await account.xray(
    'xray:GetTraceSummaries',
    ({ sdk, client, options }) => client.send(new sdk.GetTraceSummariesCommand(input), options),
    signal,
  );
  // Without the number, as stand-ins for AWS leave it out, at least those that were found.
  account.meter.count('xray', { tracesScanned: answer.TracesProcessedCount ?? answer.TraceSummaries?.length ?? 0 });
  const { token: _, ...rest } = step;
  const token = answer.NextToken;
  return {
    ...place,
    step: { ...rest, isRead: token === undefined, ...(token !== undefined && { token }) },
    rest: (answer.TraceSummaries ?? []).toSorted((a, b) => startMillisOf(b) - startMillisOf(a)),
  };
}

function nextStep({ filter, from, step }: SummaryPlace): SummaryPlace | undefined {
  if (step.from <= from) {
    return undefined;
  }
  const length = Math.min(longestStep, (step.to - step.from) * growth);
  return { filter, from, step: { from: Math.max(from, step.from - length), to: step.from, isRead: false }, rest: [] };
}

/** When the trace began, in milliseconds since the epoch: as AWS says it, else as the id does. */
export function startMillisOf({ StartTime, Id, MatchedEventTime }: TraceSummary): number {
  return (StartTime ?? MatchedEventTime)?.getTime() ?? Number.parseInt(Id?.slice(2, 10) ?? '0', 16) * 1000;
}

/** The row of a trace out of its summary, without the number of its spans, which AWS does not tell; `undefined` where the id is none. */
export function toTraceRow(summary: TraceSummary): (TraceRow & { readonly id: TraceId }) | undefined {
  const id = parseTraceId(summary.Id ?? '');
  if (id === undefined) {
    return undefined;
  }
  const { HttpMethod, HttpURL, HttpStatus } = summary.Http ?? {};
  const service = serviceOf(summary) ?? '';
  const http = {
    ...(HttpMethod !== undefined && { method: HttpMethod }),
    ...(HttpURL !== undefined && { url: HttpURL }),
  };
  return {
    id,
    xrayId: toXRayTraceId(id),
    name: traceName({ name: service, http }),
    service,
    startTime: `${Math.round(startMillisOf(summary))}000000`,
    durationNanos: String(Math.round((summary.Duration ?? summary.ResponseTime ?? 0) * 1e9)),
    spanCount: 0,
    errorCount: 0,
    logCount: 0,
    status: statusOf(summary),
    sources: ['xray'],
    ...(HttpStatus !== undefined && HttpStatus > 0 && { httpStatus: HttpStatus }),
    ...(HttpMethod !== undefined && { httpMethod: HttpMethod }),
    pinned: false,
    rootMissing: false,
  };
}

/** Whether a summary says too little for a row, as stand-ins for AWS do. */
export function isBare(summary: TraceSummary): boolean {
  return serviceOf(summary) === undefined && summary.Http?.HttpURL === undefined;
}

function serviceOf({ EntryPoint, ServiceIds }: TraceSummary): string | undefined {
  return EntryPoint?.Name ?? ServiceIds?.find(({ Type }) => Type !== 'client')?.Name;
}

/** As X-Ray ranks them: a trace with a fault and an error is one with a fault. */
function statusOf({ IsPartial, HasFault, HasThrottle, HasError }: TraceSummary): SpanStatus {
  if (HasFault === true) {
    return 'fault';
  }
  if (HasThrottle === true) {
    return 'throttled';
  }
  if (HasError === true) {
    return 'error';
  }
  return IsPartial === true ? 'running' : 'ok';
}
