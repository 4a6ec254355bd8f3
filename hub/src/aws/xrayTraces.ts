import { parseTraceId, toXRayTraceId } from '@sightline/telemetry/model/ids';
import { epochNanos } from '@sightline/telemetry/model/units';
import { toEpochSeconds } from '@sightline/telemetry/view/xraySummary';
import type { TraceSelection } from '../store/traceAnalysis.ts';
import { invalidRequest, JsonText, type XRayContext, type XRayOperations } from './xrayCall.ts';
import { loadPlan } from './xrayGroupCalls.ts';
import { mostHours } from './xrayGraphs.ts';
import { loadSegments, withinLimit } from './xraySegments.ts';
import { flagIn, numberIn, required, structureIn, textIn, textsIn, wordIn, type XRayInput } from './xrayParameters.ts';
import { windowIn, type XRayWindow } from './xrayWindow.ts';

/** AWS names no number; its pages hold about as many. */
const summariesPerPage = 100;
/** X-Ray API, BatchGetTraces. */
const mostIds = 5;
const timeRangeTypes = ['TraceId', 'Event', 'Service'] as const;
const strategyNames = ['PartialScan', 'FixedRate'] as const;

export const traceOperations: XRayOperations = { '/TraceSummaries': getTraceSummaries, '/Traces': batchGetTraces };

/**
 * GetTraceSummaries: one page, the newest traces first. The index ends a page after some hundredths of a second, so that others get their
 * answers too: it may hold few traces, or none, while there is a next one.
 */
async function getTraceSummaries(input: XRayInput, context: XRayContext): Promise<object> {
  const window = windowIn(input, context.now, { mostHours });
  const timeRangeType = wordIn(input, 'TimeRangeType', timeRangeTypes) ?? 'TraceId';
  const filter = textIn(input, 'FilterExpression');
  const plan = await loadPlan(filter, context);
  const sampling = samplingIn(input);
  // Without the sampling: Grafana's data source lowers the rate from page to page.
  const call = ['TraceSummaries', window.start, window.end, timeRangeType, filter ?? ''];
  const token = textIn(input, 'NextToken');
  const after = token === undefined ? undefined : context.tokens.parse(call, token);
  if (token !== undefined && after === undefined) {
    throw invalidRequest('The specified NextToken is invalid.');
  }
  const selection: TraceSelection = {
    from: sampling.scanFrom(window),
    to: window.to,
    timeRangeType,
    ...(plan && { plan }),
  };
  const { traces, processed, next } = await context.store.analysis.findTraces(
    selection,
    { limit: summariesPerPage, summarizedShare: sampling.share, ...(after !== undefined && { after }) },
    context.signal,
  );
  const oldest = traces.at(-1)?.startTime;
  const page = {
    // A page reaches back to its oldest trace, the last one to the beginning of the window.
    ApproximateTime: next === undefined ? window.start : oldest === undefined ? window.end : toEpochSeconds(oldest),
    TracesProcessedCount: processed,
    ...(next !== undefined && { NextToken: context.tokens.make(call, next) }),
  };
  const summaries = traces.flatMap(({ summary }) => summary ?? []).join(',');
  return new JsonText(`{"TraceSummaries":[${summaries}],${JSON.stringify(page).slice(1)}`);
}

interface Sampling {
  scanFrom(window: XRayWindow): XRayWindow['from'];
  /** Of what is found, the same traces with each call. */
  readonly share: number;
}

/**
 * What `Sampling` and `SamplingStrategy` ask for: a partial scan looks only into the newest part of the window, a fixed rate keeps that
 * part of all that is found, the same traces with each call.
 */
function samplingIn(input: XRayInput): Sampling {
  const isSampled = flagIn(input, 'Sampling') ?? true;
  const strategy = structureIn(input, 'SamplingStrategy');
  const name = strategy && required(wordIn(strategy, 'Name', strategyNames), 'SamplingStrategy.Name');
  const share = (strategy && numberIn(strategy, 'Value', { least: 0, most: 1 })) ?? 1;
  const scanned = isSampled && name === 'PartialScan' ? share : 1;
  const kept = isSampled && name === 'FixedRate' ? share : 1;
  return {
    scanFrom: ({ from, to }) =>
      scanned === 1 ? from : epochNanos(to - (BigInt(Math.round(scanned * 1e9)) * (to - from)) / 1_000_000_000n),
    share: kept,
  };
}

/** BatchGetTraces: what is not here, or is no trace id, is named as unprocessed. */
async function batchGetTraces(input: XRayInput, context: XRayContext): Promise<object> {
  const given = required(textsIn(input, 'TraceIds', {}, { least: 1, most: 35 }), 'TraceIds');
  if (textIn(input, 'NextToken') !== undefined) {
    throw invalidRequest('NextToken is currently not supported');
  }
  if (given.length > mostIds) {
    throw invalidRequest(`Exceeding maximum query size: ${mostIds}`);
  }
  const traces = await Promise.all([...new Set(given)].map((text) => loadTrace(text, context)));
  return {
    Traces: traces.filter((trace) => typeof trace === 'object'),
    UnprocessedTraceIds: traces.filter((trace) => typeof trace === 'string'),
  };
}

/** A trace as BatchGetTraces has it, or its id as it was given where there is none. */
async function loadTrace(given: string, context: XRayContext): Promise<object | string> {
  const traceId = parseTraceId(given);
  const trace = traceId && (await loadSegments(traceId, context));
  if (traceId === undefined || trace === undefined) {
    return given;
  }
  const { segments, isWhole } = withinLimit(trace.segments);
  return {
    Id: toXRayTraceId(traceId),
    Duration: trace.durationSeconds,
    LimitExceeded: !isWhole,
    Segments: segments.map(({ id, document }) => ({ Id: id, Document: document })),
  };
}
