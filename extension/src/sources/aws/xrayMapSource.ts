import type { Edge, HistogramEntry, Service } from '@aws-sdk/client-xray';
import type { ServiceMapQuery } from '@sightline/hub/client/hubClient';
import type {
  HistogramEntryJson,
  RequestStatisticsJson,
  ServiceMapEdgeJson,
  ServiceMapNodeJson,
  ServiceMapReply,
} from '@sightline/hub/client/mapApi';
import { parseTraceId, toXRayTraceId } from '@sightline/telemetry/model/ids';
import type { MapSource } from '../mapSource.ts';
import type { AwsAccount } from './awsAccount.ts';
import type { PollPace } from '../polledSource.ts';
import { CloudSource } from './cloudSource.ts';
import { newestPlace, readSummaries, type SummaryPlace } from './traceSummaries.ts';

const hourMillis = 3_600_000;
/** GetServiceGraph refuses more: "Time range cannot be longer than 6 hours". */
const longestMillis = 6 * hourMillis;
/** Traces that a map by a filter is made of at most. */
const mostTraces = 100;
const nanosPerMilli = 1_000_000n;

/** The service map of AWS X-Ray in one account and region. */
export class XRayMapSource extends CloudSource implements MapSource {
  readonly quietPace: number;
  readonly #account: AwsAccount;
  readonly #now: () => number;

  constructor(account: AwsAccount, options: PollPace & { readonly now: () => number }) {
    super(account, 'xray', options);
    this.#account = account;
    this.#now = options.now;
    this.quietPace = options.pollMillis;
  }

  mayAskByItself(): boolean {
    return this.#account.meter.mayPoll('xray');
  }

  async loadServiceMap(query: ServiceMapQuery, signal?: AbortSignal): Promise<ServiceMapReply> {
    const to = query.to === undefined ? this.#now() : millisOf(query.to);
    const wanted = query.from === undefined ? to - hourMillis : millisOf(query.from);
    const window = { from: Math.max(wanted, to - longestMillis), to };
    const services = await this.#services(query, window, signal);
    const times = services.flatMap(({ StartTime, EndTime }) => [StartTime?.getTime(), EndTime?.getTime()]);
    const known = times.filter((time) => time !== undefined);
    const extent =
      query.trace === undefined || known.length === 0 ? window : { from: Math.min(...known), to: Math.max(...known) };
    return { from: nanosOf(extent.from), to: nanosOf(extent.to), nodes: toNodes(services) };
  }

  /** X-Ray draws maps of a time or of traces; one by a filter is that of the newest traces which fulfil it. */
  async #services(
    { trace, filter }: ServiceMapQuery,
    window: { readonly from: number; readonly to: number },
    signal?: AbortSignal,
  ): Promise<readonly Service[]> {
    const traceId = trace === undefined ? undefined : parseTraceId(trace);
    if (traceId !== undefined) {
      return await this.#graphOf([toXRayTraceId(traceId)], signal);
    }
    if (filter !== undefined && filter !== '') {
      return await this.#graphOf(await this.#idsOf(filter, window, signal), signal);
    }
    const services: Service[] = [];
    let token: string | undefined;
    do {
      const times = { StartTime: new Date(window.from), EndTime: new Date(window.to) };
      const input = { ...times, ...(token !== undefined && { NextToken: token }) };
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
      const page = await this.#account.xray(
        'xray:GetServiceGraph',
        ({ sdk, client, options }) => client.send(new sdk.GetServiceGraphCommand(input), options),
        signal,
      );
      services.push(...(page.Services ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return services;
  }

  async #graphOf(ids: readonly string[], signal?: AbortSignal): Promise<readonly Service[]> {
    if (ids.length === 0) {
      return [];
    }
    this.#account.meter.count('xray', { tracesRetrieved: ids.length });
    const { Services = [] } = await this.#account.xray(
      'xray:GetTraceGraph',
      ({ sdk, client, options }) => client.send(new sdk.GetTraceGraphCommand({ TraceIds: [...ids] }), options),
      signal,
    );
    return Services;
  }

  async #idsOf(filter: string, window: { from: number; to: number }, signal?: AbortSignal): Promise<readonly string[]> {
    const ids: string[] = [];
    for (
      let place: SummaryPlace | undefined = newestPlace(filter, window);
      place !== undefined && ids.length < mostTraces;
    ) {
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
      const page = await readSummaries(this.#account, place, mostTraces - ids.length, signal);
      ids.push(...page.summaries.flatMap(({ Id }) => (Id === undefined ? [] : [Id])));
      place = page.next;
    }
    return ids;
  }
}

/** Nodes and edges as the local map has them. Edges name the called service by its reference, which here becomes its place in the list. */
function toNodes(services: readonly Service[]): readonly ServiceMapNodeJson[] {
  const places = new Map(services.map(({ ReferenceId }, index) => [ReferenceId, index]));
  return services.map((service) => {
    const { Name = '', Type, AccountId, Names, Root, State, SummaryStatistics, StartTime, EndTime } = service;
    const isClient = Type === 'client';
    return {
      name: Name,
      ...(Type !== undefined && { type: Type }),
      ...(AccountId !== undefined && AccountId !== 'all' && { accountId: AccountId }),
      names: Names ?? [Name],
      isRoot: Root === true,
      isInferred: !isClient && State === 'unknown',
      startTime: nanosOf(StartTime?.getTime() ?? 0),
      endTime: nanosOf(EndTime?.getTime() ?? 0),
      ...(SummaryStatistics !== undefined && { statistics: toStatistics(SummaryStatistics) }),
      responseTimes: toHistogram(service.ResponseTimeHistogram),
      durations: toHistogram(service.DurationHistogram),
      edges: (service.Edges ?? []).flatMap((edge) => toEdge(edge, places.get(edge.ReferenceId))),
    };
  });
}

function toEdge(edge: Edge, target: number | undefined): readonly ServiceMapEdgeJson[] {
  const { StartTime, EndTime, SummaryStatistics, ResponseTimeHistogram } = edge;
  return target === undefined
    ? []
    : [
        {
          target,
          startTime: nanosOf(StartTime?.getTime() ?? 0),
          endTime: nanosOf(EndTime?.getTime() ?? 0),
          statistics: toStatistics(SummaryStatistics ?? {}),
          responseTimes: toHistogram(ResponseTimeHistogram),
        },
      ];
}

function toStatistics(given: NonNullable<Service['SummaryStatistics']>): RequestStatisticsJson {
  const { OkCount = 0, ErrorStatistics, FaultStatistics, TotalCount = 0, TotalResponseTime = 0 } = given;
  return {
    ok: OkCount,
    throttle: ErrorStatistics?.ThrottleCount ?? 0,
    error: ErrorStatistics?.OtherCount ?? 0,
    fault: FaultStatistics?.TotalCount ?? 0,
    total: TotalCount,
    totalResponseSeconds: TotalResponseTime,
  };
}

function toHistogram(entries: readonly HistogramEntry[] | undefined): readonly HistogramEntryJson[] {
  return (entries ?? []).map(({ Value = 0, Count = 0 }) => ({ value: Value, count: Count }));
}

function millisOf(nanos: string): number {
  return Number(BigInt(nanos) / nanosPerMilli);
}

function nanosOf(millis: number): string {
  return String(BigInt(Math.round(millis)) * nanosPerMilli);
}
