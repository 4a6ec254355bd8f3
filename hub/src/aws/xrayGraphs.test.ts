import {
  CreateGroupCommand,
  GetServiceGraphCommand,
  GetTimeSeriesServiceStatisticsCommand,
  GetTraceGraphCommand,
  PutTraceSegmentsCommand,
  type GetServiceGraphCommandInput,
  type GetTimeSeriesServiceStatisticsCommandInput,
  type Service,
  type XRayClient,
} from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { cruddurSegment, segment, type TestSegment } from './testing/segments.ts';
import { answerOf, startStoringXRayHub } from './testing/xrayHub.ts';

async function startWith(...segments: TestSegment[]): Promise<XRayClient> {
  const { xray } = await startStoringXRayHub();
  const TraceSegmentDocuments = segments.map((document) => JSON.stringify(document));
  await xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments }));
  return xray;
}

function lastMinutes(minutes: number): { StartTime: Date; EndTime: Date } {
  const EndTime = new Date();
  return { StartTime: new Date(EndTime.getTime() - minutes * 60_000), EndTime };
}

function graph(xray: XRayClient, rest: Partial<GetServiceGraphCommandInput> = {}) {
  return xray.send(new GetServiceGraphCommand({ ...lastMinutes(10), ...rest }));
}

function statistics(of: Service['SummaryStatistics']): string {
  return of === undefined
    ? 'takes no requests'
    : `${of.OkCount} ok, ${of.ErrorStatistics?.TotalCount} errors, ${of.ErrorStatistics?.ThrottleCount} throttled, ${of.FaultStatistics?.TotalCount} faults of ${of.TotalCount}`;
}

/** A line for each service and one for each edge. */
function render(services: readonly Service[] = []): string[] {
  const nameOf = (reference: number | undefined): string => {
    const found = services.find(({ ReferenceId }) => ReferenceId === reference);
    return `${found?.Name} (${found?.Type ?? 'no type'})`;
  };
  return services
    .flatMap((service) => [
      `${nameOf(service.ReferenceId)}${service.Root === true ? ' root' : ''} ${service.State}: ${statistics(service.SummaryStatistics)}`,
      ...(service.Edges ?? []).map(
        (edge) =>
          `${nameOf(service.ReferenceId)} -> ${nameOf(edge.ReferenceId)}: ${statistics(edge.SummaryStatistics)}`,
      ),
    ])
    .toSorted();
}

const cruddur = [
  'backend-flask (client) -> backend-flask (no type): 1 ok, 0 errors, 0 throttled, 0 faults of 1',
  'backend-flask (client) unknown: takes no requests',
  'backend-flask (no type) -> cruddur-messages (AWS::DynamoDB::Table): 1 ok, 0 errors, 0 throttled, 0 faults of 1',
  'backend-flask (no type) root active: 1 ok, 0 errors, 0 throttled, 0 faults of 1',
  'cruddur-messages (AWS::DynamoDB::Table) unknown: 1 ok, 0 errors, 0 throttled, 0 faults of 1',
];

test('the graph has clients, services and what they call, the edges on the callers', async () => {
  const xray = await startWith(cruddurSegment());
  const { Services, ContainsOldGroupVersions, StartTime } = await graph(xray);
  expect(render(Services)).toEqual(cruddur);
  expect([ContainsOldGroupVersions, StartTime instanceof Date]).toEqual([false, true]);
});

test('every request is counted once, by how it ended, with its time in a histogram', async () => {
  const flags = [{}, { error: true }, { error: true, throttle: true }, { fault: true }];
  const xray = await startWith(...flags.map((flag) => segment(flag)));
  const { Services } = await graph(xray);
  const service = Services?.find(({ Type }) => Type !== 'client');
  expect(service?.SummaryStatistics).toEqual({
    OkCount: 1,
    ErrorStatistics: { ThrottleCount: 1, OtherCount: 1, TotalCount: 2 },
    FaultStatistics: { OtherCount: 1, TotalCount: 1 },
    TotalCount: 4,
    TotalResponseTime: 0.2,
  });
  const count = service?.ResponseTimeHistogram?.reduce((sum, { Count = 0 }) => sum + Count, 0);
  expect(count).toBe(4);
  expect(service?.ResponseTimeHistogram?.[0]?.Value).toBeCloseTo(0.05, 2);
});

test('a group selects the traces of a graph', async () => {
  const xray = await startWith(cruddurSegment(), segment({ name: 'other' }));
  const { Group } = await xray.send(
    new CreateGroupCommand({ GroupName: 'Cruddur', FilterExpression: 'service("backend-flask")' }),
  );
  expect(render((await graph(xray, { GroupName: 'Cruddur' })).Services)).toEqual(cruddur);
  expect(render((await graph(xray, { GroupARN: Group?.GroupARN })).Services)).toEqual(cruddur);
  expect((await graph(xray, { GroupName: 'Default' })).Services?.length).toBe(5);
  expect(await answerOf(graph(xray, { GroupName: 'none' }))).toBe(
    '400 InvalidRequestException: There is no group with the name "none".',
  );
});

test('a graph is of six hours at most', async () => {
  const xray = await startWith();
  expect(await answerOf(graph(xray, lastMinutes(360)))).toContain('"Services":[]');
  expect(await answerOf(graph(xray, lastMinutes(361)))).toBe(
    '400 InvalidRequestException: Time range cannot be longer than 6 hours',
  );
  expect(await answerOf(graph(xray, { NextToken: 'guessed' }))).toBe(
    '400 InvalidRequestException: The specified NextToken is invalid.',
  );
});

test('the graph of some traces is of those alone', async () => {
  const wanted = cruddurSegment();
  const xray = await startWith(wanted, segment({ name: 'other' }));
  const { Services } = await xray.send(new GetTraceGraphCommand({ TraceIds: [wanted.trace_id, 'x'] }));
  expect(render(Services)).toEqual(cruddur);
  const tooLong = xray.send(new GetTraceGraphCommand({ TraceIds: ['1'.repeat(36)] }));
  expect(await answerOf(tooLong)).toContain('Member must have length less than or equal to 35');
});

function series(xray: XRayClient, rest: Partial<GetTimeSeriesServiceStatisticsCommandInput> = {}) {
  return xray.send(new GetTimeSeriesServiceStatisticsCommand({ ...lastMinutes(10), ...rest }));
}

/** The points that count something: which statistics, and how many requests. */
async function counts(
  xray: XRayClient,
  rest: Partial<GetTimeSeriesServiceStatisticsCommandInput> = {},
): Promise<string[]> {
  const { TimeSeriesServiceStatistics = [] } = await series(xray, rest);
  return TimeSeriesServiceStatistics.flatMap(({ EdgeSummaryStatistics, ServiceSummaryStatistics }) => [
    ...(EdgeSummaryStatistics?.TotalCount ? [`edge ${EdgeSummaryStatistics.TotalCount}`] : []),
    ...(ServiceSummaryStatistics?.TotalCount ? [`service ${ServiceSummaryStatistics.TotalCount}`] : []),
  ]);
}

test('a time series counts the requests of each period', async () => {
  const xray = await startWith(cruddurSegment({ secondsAgo: 400 }), cruddurSegment({ secondsAgo: 100 }));
  expect(await counts(xray)).toEqual(['edge 1', 'edge 1']);
  expect(await counts(xray, { EntitySelectorExpression: 'service("cruddur-messages")' })).toEqual([
    'service 1',
    'service 1',
  ]);
  expect(
    await counts(xray, { EntitySelectorExpression: 'edge("backend-flask", "cruddur-messages")', Period: 3_600 }),
  ).toEqual(['edge 2']);
  const { TimeSeriesServiceStatistics = [] } = await series(xray, { Period: 60 });
  const times = TimeSeriesServiceStatistics.map(({ Timestamp }) => (Timestamp?.getTime() ?? 1) % 60_000);
  expect([times.length >= 10, times.every((time) => time === 0)]).toEqual([true, true]);
});

test('a time series of a group counts its traces only', async () => {
  const xray = await startWith(cruddurSegment(), segment({ name: 'other' }));
  await xray.send(new CreateGroupCommand({ GroupName: 'Cruddur', FilterExpression: 'service("backend-flask")' }));
  expect(await counts(xray, { Period: 3_600 })).toEqual(['edge 2']);
  expect(await counts(xray, { Period: 3_600, GroupName: 'Cruddur' })).toEqual(['edge 1']);
  const EntitySelectorExpression = 'service("other")';
  expect(await counts(xray, { Period: 3_600, GroupName: 'Cruddur', EntitySelectorExpression })).toEqual([]);
});

test('a long time series comes in pages', async () => {
  const xray = await startWith(segment());
  const window = lastMinutes(36 * 60);
  const first = await series(xray, window);
  const second = await series(xray, { ...window, NextToken: first.NextToken });
  const points = [...(first.TimeSeriesServiceStatistics ?? []), ...(second.TimeSeriesServiceStatistics ?? [])];
  const times = points.map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
  expect(times.every((time, at) => at === 0 || time - (times[at - 1] ?? 0) === 60_000)).toBe(true);
  expect([times.length >= 36 * 60, second.NextToken]).toEqual([true, undefined]);
  expect(await answerOf(series(xray, { ...window, Period: 120, NextToken: first.NextToken }))).toBe(
    '400 InvalidRequestException: The specified NextToken is invalid.',
  );
});

test('what a time series asks for is checked', async () => {
  const xray = await startWith();
  const asked = (rest: Partial<GetTimeSeriesServiceStatisticsCommandInput>) => answerOf(series(xray, rest));
  expect(await asked({ Period: 61 })).toBe('400 InvalidRequestException: Period has to be a multiple of 60 seconds.');
  expect(await asked({ EntitySelectorExpression: 'fault' })).toBe(
    '400 InvalidRequestException: EntitySelectorExpression has to be service() or edge().',
  );
  expect(await asked({ EntitySelectorExpression: 'service(' })).toMatch(
    /^400 InvalidRequestException: Invalid filter expression at column 9: /,
  );
  expect(await asked({ EntitySelectorExpression: `service("${'x'.repeat(489)}")` })).toMatch(/^\{/);
  expect(await asked({ EntitySelectorExpression: `service("${'x'.repeat(490)}")` })).toContain(
    'Member must have length less than or equal to 500',
  );
  expect(await asked({ ForecastStatistics: true })).toBe(
    '400 InvalidRequestException: ForecastStatistics needs an EntitySelectorExpression.',
  );
});
