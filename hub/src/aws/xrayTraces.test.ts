import {
  BatchGetTracesCommand,
  CreateGroupCommand,
  GetTraceSummariesCommand,
  PutTraceSegmentsCommand,
  type GetTraceSummariesCommandInput,
  type XRayClient,
} from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { send } from '../testing/rawHttp.ts';
import { exportOf, spanNumber } from '../testing/spans.ts';
import { cruddurSegment, segment, xrayTraceId, type TestSegment } from './testing/segments.ts';
import { answerOf, check, startStoringXRayHub } from './testing/xrayHub.ts';

async function put(xray: XRayClient, ...segments: TestSegment[]): Promise<void> {
  const TraceSegmentDocuments = segments.map((document) => JSON.stringify(document));
  await check(xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments })), '{"UnprocessedTraceSegments":[]}');
}

/** The last ten minutes. */
function summaries(xray: XRayClient, rest: Partial<GetTraceSummariesCommandInput> = {}) {
  const EndTime = new Date();
  const StartTime = new Date(EndTime.getTime() - 600_000);
  return xray.send(new GetTraceSummariesCommand({ StartTime, EndTime, ...rest }));
}

async function idsOf(xray: XRayClient, rest: Partial<GetTraceSummariesCommandInput> = {}): Promise<string[]> {
  const ids: string[] = [];
  const EndTime = new Date();
  const window = { StartTime: new Date(EndTime.getTime() - 600_000), EndTime };
  let NextToken: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page has the token of the next.
    const page: Awaited<ReturnType<typeof summaries>> = await summaries(xray, { ...window, ...rest, NextToken });
    ids.push(...(page.TraceSummaries ?? []).map(({ Id }) => Id ?? ''));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return ids;
}

test('a summary tells of the whole trace', async () => {
  const { xray } = await startStoringXRayHub();
  const sent = cruddurSegment();
  await put(xray, sent);
  const { TraceSummaries, TracesProcessedCount, ApproximateTime, NextToken } = await summaries(xray);
  const service = { Name: 'backend-flask', Names: ['backend-flask'] };
  const table = { Name: 'cruddur-messages', Type: 'AWS::DynamoDB::Table' };
  expect([TracesProcessedCount, NextToken, ApproximateTime === undefined]).toEqual([1, undefined, false]);
  expect(TraceSummaries).toMatchObject([
    {
      Id: sent.trace_id,
      StartTime: new Date(sent.start_time * 1_000),
      Duration: 0.05,
      ResponseTime: 0.05,
      HasFault: false,
      HasError: false,
      HasThrottle: false,
      IsPartial: false,
      Http: {
        HttpURL: 'http://127.0.0.1:4567/api/activities/home',
        HttpStatus: 200,
        HttpMethod: 'GET',
        UserAgent: 'curl/8',
        ClientIp: '127.0.0.1',
      },
      Annotations: { handle: [{ AnnotationValue: { StringValue: 'ada' }, ServiceIds: [service] }] },
      Users: [{ UserName: 'ada', ServiceIds: [service] }],
      ServiceIds: [service, table],
      EntryPoint: service,
      FaultRootCauses: [],
      ErrorRootCauses: [],
    },
  ]);
});

test('spans of OpenTelemetry are seen through the same call', async () => {
  const { xray, ready } = await startStoringXRayHub();
  const traceId = xrayTraceId().replace(/^1-/, '').replace('-', '');
  await send(`${ready.endpoints.otlpHttp ?? ''}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: exportOf([spanNumber(1, { traceId })]),
  });
  const { TraceSummaries } = await summaries(xray);
  expect(TraceSummaries?.map(({ Id, EntryPoint }) => `${Id} ${EntryPoint?.Name}`)).toEqual([
    `1-${traceId.slice(0, 8)}-${traceId.slice(8)} backend`,
  ]);
  const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [traceId] }));
  expect(Traces?.[0]?.Segments?.map(({ Document = '' }) => JSON.parse(Document) as object)).toMatchObject([
    { name: 'backend', trace_id: `1-${traceId.slice(0, 8)}-${traceId.slice(8)}` },
  ]);
});

test('a filter expression, and a group in it, selects traces', async () => {
  const { xray } = await startStoringXRayHub();
  const flask = cruddurSegment({ secondsAgo: 2 });
  const failed = segment({ name: 'frontend', fault: true });
  await put(xray, flask, failed);
  const filtered = (FilterExpression: string) => idsOf(xray, { FilterExpression });
  expect(await filtered('service("backend-flask")')).toEqual([flask.trace_id]);
  expect(await filtered('fault')).toEqual([failed.trace_id]);
  expect(await filtered('annotation.handle = "ada" AND !fault')).toEqual([flask.trace_id]);
  expect(await filtered('annotation.handle = "bob"')).toEqual([]);
  expect(await filtered('')).toEqual([failed.trace_id, flask.trace_id]);
  await xray.send(new CreateGroupCommand({ GroupName: 'Cruddur', FilterExpression: 'service("backend-flask")' }));
  expect(await filtered('group.name = "Cruddur"')).toEqual([flask.trace_id]);
  expect(await answerOf(summaries(xray, { FilterExpression: 'group.name = "Other"' }))).toBe(
    '400 InvalidRequestException: Invalid filter expression: There is no group with the name "Other".',
  );
});

test('an expression that is cut anywhere is taken or refused with its column', async () => {
  const { xray } = await startStoringXRayHub();
  await put(xray, cruddurSegment());
  const expression =
    'service(id(name: "backend-flask", type: "AWS::EC2::Instance")) { fault } OR !annotation[handle] = "ada" AND ' +
    '(http.status >= 500 OR edge("a", "b") { responsetime > 0.5 }) rootcause.fault.exception { message CONTAINS "x" }';
  for (let end = 0; end <= expression.length; end++) {
    expect(await answerOf(summaries(xray, { FilterExpression: expression.slice(0, end) }))).toMatch(
      /^(?:\{|400 InvalidRequestException: Invalid filter expression at column \d+: .)/,
    );
  }
});

test('pages follow one another, newest first, each with a token for the next of the same call only', async () => {
  const { xray } = await startStoringXRayHub();
  const sent = Array.from({ length: 250 }, (_, number) => segment({ secondsAgo: number + 1 }));
  await put(xray, ...sent);
  const EndTime = new Date();
  const StartTime = new Date(EndTime.getTime() - 600_000);
  const found: (string | undefined)[] = [];
  let NextToken: string | undefined;
  let calls = 0;
  do {
    const page: Awaited<ReturnType<typeof summaries>> = await summaries(xray, { StartTime, EndTime, NextToken });
    found.push(...(page.TraceSummaries ?? []).map(({ Id }) => Id));
    ({ NextToken } = page);
    calls += 1;
  } while (NextToken !== undefined);
  expect(found).toEqual(sent.map(({ trace_id }) => trace_id));
  expect(calls).toBeGreaterThan(2);
  const first = await summaries(xray, { StartTime, EndTime });
  const other = { StartTime, EndTime, NextToken: first.NextToken };
  const invalid = '400 InvalidRequestException: The specified NextToken is invalid.';
  await check(summaries(xray, { ...other, FilterExpression: 'ok' }), invalid);
  await check(summaries(xray, { ...other, NextToken: `${first.NextToken}x` }), invalid);
  await check(summaries(xray, { ...other, NextToken: 'guessed' }), invalid);
  // Grafana's data source lowers the rate of sampling from page to page.
  const sampled = { SamplingStrategy: { Name: 'FixedRate', Value: 0.5 } } as const;
  expect(await answerOf(summaries(xray, { ...other, ...sampled }))).toContain('"TraceSummaries":[{');
});

test('a window is at most six hours, not reversed and does not begin in the future', async () => {
  const { xray } = await startStoringXRayHub();
  const now = Date.now();
  const hour = 3_600_000;
  const between = (start: number, end: number) =>
    answerOf(summaries(xray, { StartTime: new Date(start), EndTime: new Date(end) }));
  expect(await between(now - 6 * hour, now)).toContain('"TraceSummaries":[]');
  expect(await between(now - 6 * hour - 1_000, now)).toBe(
    '400 InvalidRequestException: Time range cannot be longer than 6 hours',
  );
  expect(await between(now, now - 1_000)).toBe('400 InvalidRequestException: StartTime cannot be later than EndTime');
  expect(await between(now - hour, now + hour)).toContain('"TraceSummaries":[]');
  expect(await between(now + hour, now + 2 * hour)).toBe(
    '400 InvalidRequestException: StartTime cannot be in the future',
  );
});

test('a time range is about the start of traces, or about what happened in it', async () => {
  const { xray } = await startStoringXRayHub();
  const root = segment({ secondsAgo: 300, end_time: Math.floor(Date.now() / 1_000) - 60 });
  const { trace_id, id: parent_id } = root;
  await put(xray, root, segment({ trace_id, parent_id, name: 'worker', secondsAgo: 100 }));
  const late = { StartTime: new Date(Date.now() - 120_000), EndTime: new Date() };
  expect(await idsOf(xray, { ...late, TimeRangeType: 'TraceId' })).toEqual([]);
  expect(await idsOf(xray, { ...late, TimeRangeType: 'Service' })).toEqual([trace_id]);
  const { TraceSummaries } = await summaries(xray, { ...late, TimeRangeType: 'Event' });
  expect(TraceSummaries?.map(({ MatchedEventTime }) => typeof MatchedEventTime)).toEqual(['object']);
  expect(await answerOf(summaries(xray, { TimeRangeType: 'Other' as 'Event' }))).toContain(
    "at 'timeRangeType' failed to satisfy constraint: Member must satisfy enum value set: [TraceId, Event, Service]",
  );
});

test('sampling gives a part of the traces, the same with each call', async () => {
  const { xray } = await startStoringXRayHub();
  await put(xray, ...Array.from({ length: 80 }, () => segment({ secondsAgo: 500 })));
  const sampled = (Name: 'FixedRate' | 'PartialScan', Value: number, Sampling = true) =>
    idsOf(xray, { Sampling, SamplingStrategy: { Name, Value } });
  const half = await sampled('FixedRate', 0.5);
  expect(half.length).toBeGreaterThan(15);
  expect(half.length).toBeLessThan(65);
  expect(await sampled('FixedRate', 0.5)).toEqual(half);
  expect([(await sampled('FixedRate', 0)).length, (await sampled('FixedRate', 1)).length]).toEqual([0, 80]);
  expect((await sampled('FixedRate', 0, false)).length).toBe(80);
  expect([(await sampled('PartialScan', 0.5)).length, (await sampled('PartialScan', 1)).length]).toEqual([0, 80]);
  const refused = (SamplingStrategy: object) => answerOf(summaries(xray, { Sampling: true, SamplingStrategy }));
  expect(await refused({ Name: 'FixedRate', Value: 1.1 })).toContain("at 'value' failed to satisfy constraint");
  expect(await refused({ Name: 'FixedRate', Value: -0.1 })).toContain("at 'value' failed to satisfy constraint");
  expect(await refused({ Name: 'Other' })).toContain('Member must satisfy enum value set: [PartialScan, FixedRate]');
});

test('whole traces come with their documents and what X-Ray infers, by ids in either spelling', async () => {
  const { xray } = await startStoringXRayHub();
  const sent = cruddurSegment();
  await put(xray, sent);
  const w3c = sent.trace_id.replace(/^1-/, '').replace('-', '');
  for (const id of [sent.trace_id, w3c]) {
    const { Traces = [], UnprocessedTraceIds } = await xray.send(new BatchGetTracesCommand({ TraceIds: [id] }));
    expect(UnprocessedTraceIds).toEqual([]);
    expect(Traces.map(({ Id, Duration, LimitExceeded }) => [Id, Duration, LimitExceeded])).toEqual([
      [sent.trace_id, 0.05, false],
    ]);
    const [own, inferred] = (Traces[0]?.Segments ?? []).map(({ Document = '' }) => JSON.parse(Document) as object);
    expect(own).toEqual(sent);
    expect(inferred).toMatchObject({ inferred: true, origin: 'AWS::DynamoDB::Table' });
    expect(Traces[0]?.Segments?.[0]?.Id).toBe(sent.id);
  }
});

test('a segment that was sent twice is there once', async () => {
  const { xray } = await startStoringXRayHub();
  const sent = segment();
  const { end_time: _end, ...running } = sent;
  await put(xray, { ...running, in_progress: true });
  await put(xray, sent, sent);
  await put(xray, sent);
  const { Traces = [] } = await xray.send(new BatchGetTracesCommand({ TraceIds: [sent.trace_id] }));
  expect(Traces[0]?.Segments?.map(({ Document = '' }) => JSON.parse(Document) as object)).toEqual([sent]);
});

test('BatchGetTraces takes five ids, no token, and names what it does not have', async () => {
  const { xray } = await startStoringXRayHub();
  const sent = segment();
  await put(xray, sent);
  const get = (TraceIds: string[], NextToken?: string) =>
    answerOf(xray.send(new BatchGetTracesCommand({ TraceIds, ...(NextToken && { NextToken }) })));
  const other = xrayTraceId();
  const five = await get([sent.trace_id, other, 'x', 'y', 'z']);
  expect(five).toContain(`"UnprocessedTraceIds":${JSON.stringify([other, 'x', 'y', 'z'])}`);
  expect(await get(Array.from({ length: 6 }, () => xrayTraceId()))).toBe(
    '400 InvalidRequestException: Exceeding maximum query size: 5',
  );
  expect(await get([other], 'token')).toBe('400 InvalidRequestException: NextToken is currently not supported');
  expect(await get(['1'.repeat(36)])).toContain('Member must have length less than or equal to 35');
  expect(await get([''])).toContain('Member must have length greater than or equal to 1');
  expect(await get([])).toBe('{"Traces":[],"UnprocessedTraceIds":[]}');
});

test('of a trace over 500 KB as many segments come as fit, and it says so', async () => {
  const { xray } = await startStoringXRayHub();
  const trace_id = xrayTraceId();
  const segments = Array.from({ length: 10 }, () =>
    segment({ trace_id, metadata: { default: { text: 'x'.repeat(60_000) } } }),
  );
  await put(xray, ...segments);
  const { Traces = [] } = await xray.send(new BatchGetTracesCommand({ TraceIds: [trace_id] }));
  expect(Traces.map(({ LimitExceeded, Segments }) => [LimitExceeded, Segments?.length])).toEqual([[true, 8]]);
});

function ofBytes(bytes: number): string {
  const document = segment({ annotations: { text: '' } });
  const text = 'x'.repeat(bytes - JSON.stringify(document).length);
  return JSON.stringify({ ...document, annotations: { text } });
}

test('what cannot be read of a batch is named with its code, and the others are kept', async () => {
  const { xray } = await startStoringXRayHub();
  const good = segment();
  const { UnprocessedTraceSegments = [] } = await xray.send(
    new PutTraceSegmentsCommand({
      TraceSegmentDocuments: [
        JSON.stringify(good),
        JSON.stringify({ ...segment(), id: '70de5b6f19ff9a0a', trace_id: 'x' }),
        '{"id":"70de5b6f19ff9a0b"',
        ofBytes(65_536),
        ofBytes(65_537),
      ],
    }),
  );
  expect(UnprocessedTraceSegments.map(({ Id, ErrorCode }) => `${Id} ${ErrorCode}`)).toEqual([
    '70de5b6f19ff9a0a InvalidTraceId',
    '70de5b6f19ff9a0b InvalidSegment',
    `${UnprocessedTraceSegments[2]?.Id} InvalidSegment`,
  ]);
  expect(UnprocessedTraceSegments[2]?.Message).toBe(
    'Invalid segment. ErrorCode: InvalidSegment. The document has 65537 bytes, and a segment document may have 65536.',
  );
  expect(await idsOf(xray)).toContain(good.trace_id);
  expect((await idsOf(xray)).length).toBe(2);
});
