import { parseTraceId } from '@sightline/telemetry/model/ids';
import { epochNanos } from '@sightline/telemetry/model/units';
import type { TracePlan } from '@sightline/telemetry/language/filterExpressionPlan';
import type { TimeSeriesEntity, TimeSeriesPoint } from '../store/traceAnalysis.ts';
import { invalidRequest, type XRayContext, type XRayOperations } from './xrayCall.ts';
import { groupIn, loadGroup, loadPlan } from './xrayGroupCalls.ts';
import { flagIn, integerIn, required, textIn, textsIn, type XRayInput } from './xrayParameters.ts';
import { toHistogram, toServices, toStatistics } from './xrayServiceGraph.ts';
import { nanosOf, secondsOf, windowIn } from './xrayWindow.ts';

/** The window that GetServiceGraph and GetTraceSummaries take. */
export const mostHours = 6;
/** A day of minutes. */
const pointsPerPage = 1_440;
/** X-Ray keeps traces for 30 days (endpoints and quotas). */
const mostSeriesHours = 30 * 24;

export const graphOperations: XRayOperations = {
  '/ServiceGraph': async (input, context) => {
    const { start, end, from, to } = windowIn(input, context.now, { mostHours });
    const plan = await loadGroupPlan(input, context);
    refuseToken(input);
    const map = await context.store.analysis.serviceMap({ from, to, ...(plan && { plan }) }, context.signal);
    // The graph is made anew of all traces, by what the group's filter is now.
    return { StartTime: start, EndTime: end, Services: toServices(map), ContainsOldGroupVersions: false };
  },
  '/TraceGraph': async (input, { store, signal }) => {
    const given = required(textsIn(input, 'TraceIds', {}, { least: 1, most: 35 }), 'TraceIds');
    refuseToken(input);
    const ids = given.map((text) => parseTraceId(text)).filter((id) => id !== undefined);
    return { Services: toServices(await store.analysis.serviceMapOfTraces([...new Set(ids)], signal)) };
  },
  '/TimeSeriesServiceStatistics': timeSeries,
};

async function timeSeries(input: XRayInput, context: XRayContext): Promise<object> {
  const window = windowIn(input, context.now, { mostHours: mostSeriesHours });
  const period = integerIn(input, 'Period', { least: 1 }) ?? 60;
  if (period % 60 !== 0) {
    throw invalidRequest('Period has to be a multiple of 60 seconds.');
  }
  const entity = textIn(input, 'EntitySelectorExpression', { least: 1, most: 500 });
  const selector = entity === undefined ? undefined : await loadEntity(entity, context);
  if (flagIn(input, 'ForecastStatistics') === true && entity === undefined) {
    throw invalidRequest('ForecastStatistics needs an EntitySelectorExpression.');
  }
  const group = await loadGroupPlan(input, context);
  const call = ['TimeSeries', window.start, window.end, period, entity, input['GroupName'], input['GroupARN']];
  const token = textIn(input, 'NextToken');
  const place = token === undefined ? undefined : context.tokens.parse(call, token);
  if (token !== undefined && place === undefined) {
    throw invalidRequest('The specified NextToken is invalid.');
  }
  const start = place === undefined ? Math.floor(window.start / period) * period : Number(place);
  const next = start + period * pointsPerPage;
  const isLast = next > window.end;
  const points = await context.store.analysis.timeSeries(
    {
      from: nanosOf(start),
      to: isLast ? window.to : epochNanos(nanosOf(next) - 1n),
      ...(group && { plan: group }),
    },
    { periodSeconds: period, ...(selector && { entity: selector }) },
    context.signal,
  );
  return {
    TimeSeriesServiceStatistics: points.map((point) => toSeriesEntry(point, selector)),
    ContainsOldGroupVersions: false,
    ...(!isLast && { NextToken: context.tokens.make(call, String(next)) }),
  };
}

/** X-Ray gives the statistics of a service for `service()`, those of edges otherwise. */
function toSeriesEntry(
  { from, statistics, responseTimes }: TimeSeriesPoint,
  entity: TimeSeriesEntity | undefined,
): object {
  const member = entity?.kind === 'service' ? 'ServiceSummaryStatistics' : 'EdgeSummaryStatistics';
  return {
    Timestamp: secondsOf(from),
    [member]: toStatistics(statistics),
    ResponseTimeHistogram: toHistogram(responseTimes),
  };
}

async function loadEntity(expression: string, context: XRayContext): Promise<TimeSeriesEntity> {
  const plan = await loadPlan(expression, context);
  if (plan?.kind !== 'service' && plan?.kind !== 'edge') {
    throw invalidRequest('EntitySelectorExpression has to be service() or edge().');
  }
  return plan;
}

async function loadGroupPlan(input: XRayInput, context: XRayContext): Promise<TracePlan | undefined> {
  const reference = groupIn(input);
  return reference && (await loadPlan((await loadGroup(reference, context)).FilterExpression, context));
}

/** A graph is one page, so nobody was ever given a token. */
function refuseToken(input: XRayInput): void {
  if (textIn(input, 'NextToken') !== undefined) {
    throw invalidRequest('The specified NextToken is invalid.');
  }
}
