import {
  CancelTraceRetrievalCommand,
  GetRetrievedTracesGraphCommand,
  ListRetrievedTracesCommand,
  PutTraceSegmentsCommand,
  StartTraceRetrievalCommand,
  type ListRetrievedTracesCommandInput,
  type XRayClient,
} from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { cruddurSegment, segment, xrayTraceId, type TestSegment } from './testing/segments.ts';
import { answerOf, check, startStoringXRayHub } from './testing/xrayHub.ts';

async function startWith(...segments: TestSegment[]): Promise<XRayClient> {
  const { xray } = await startStoringXRayHub();
  const TraceSegmentDocuments = segments.map((document) => JSON.stringify(document));
  await xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments }));
  return xray;
}

function start(xray: XRayClient, TraceIds: string[], secondsAgo = 600) {
  const EndTime = new Date();
  const StartTime = new Date(EndTime.getTime() - secondsAgo * 1_000);
  return xray.send(new StartTraceRetrievalCommand({ TraceIds, StartTime, EndTime }));
}

/** All pages of a retrieval. */
async function list(xray: XRayClient, input: ListRetrievedTracesCommandInput) {
  const traces = [];
  let NextToken: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(xray, { ...input, NextToken });
    expect(page.RetrievalStatus).toBe('COMPLETE');
    traces.push(page.Traces ?? []);
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return traces;
}

function listPage(xray: XRayClient, input: ListRetrievedTracesCommandInput) {
  return xray.send(new ListRetrievedTracesCommand(input));
}

test('traces are retrieved as X-Ray documents and as OTel spans', async () => {
  const sent = cruddurSegment();
  const xray = await startWith(sent);
  const { RetrievalToken } = await start(xray, [sent.trace_id, xrayTraceId()]);
  const [[own] = []] = await list(xray, { RetrievalToken });
  expect([own?.Id, own?.Duration]).toEqual([sent.trace_id, 0.05]);
  expect(JSON.parse(own?.Spans?.[0]?.Document ?? '')).toEqual(sent);
  const [[otel] = []] = await list(xray, { RetrievalToken, TraceFormat: 'OTEL' });
  expect(otel?.Spans?.map(({ Document = '' }) => JSON.parse(Document) as object)).toMatchObject([
    {
      resource: { attributes: { 'service.name': 'backend-flask' } },
      traceId: sent.trace_id.replace(/^1-/, '').replace('-', ''),
      spanId: sent.id,
      kind: 'SERVER',
      durationNano: '50000000',
      attributes: { handle: 'ada', 'aws.xray.metadata.default': { results: 3 } },
      status: { code: 'UNSET' },
    },
    { parentSpanId: sent.id, kind: 'CLIENT', name: 'DynamoDB' },
  ]);
});

test('a page has five traces, and each at most a hundred spans', async () => {
  const subsegments = Array.from({ length: 149 }, (_, number) => ({
    ...segment({ name: `s${number}` }),
    id: (number + 1).toString(16).padStart(16, 'a'),
  }));
  const large = segment({ subsegments });
  const others = Array.from({ length: 6 }, () => segment());
  const xray = await startWith(large, ...others);
  const { RetrievalToken } = await start(
    xray,
    [large, ...others].map(({ trace_id }) => trace_id),
  );
  const pages = await list(xray, { RetrievalToken, TraceFormat: 'OTEL' });
  expect(pages.map((page) => page.map(({ Spans }) => Spans?.length))).toEqual([
    [100, 50, 1, 1, 1],
    [1, 1, 1],
  ]);
});

test('a retrieval is of its window only', async () => {
  const old = segment({ secondsAgo: 500 });
  const xray = await startWith(old);
  const { RetrievalToken } = await start(xray, [old.trace_id], 100);
  expect(await list(xray, { RetrievalToken })).toEqual([[]]);
});

test('the graph of what was retrieved says which traces are linked', async () => {
  const linkedTo = xrayTraceId();
  const links = [{ trace_id: linkedTo, id: 'aaaaaaaaaaaaaaaa', attributes: { reference_type: 'parent' } }];
  const sent = segment({ links });
  const xray = await startWith(sent);
  const { RetrievalToken } = await start(xray, [sent.trace_id]);
  const { RetrievalStatus, Services } = await xray.send(new GetRetrievedTracesGraphCommand({ RetrievalToken }));
  expect(RetrievalStatus).toBe('COMPLETE');
  expect(Services?.map(({ Service, Links }) => [Service?.Name, Service?.Type, Links])).toEqual(
    expect.arrayContaining([
      ['backend-flask', 'client', []],
      [
        'backend-flask',
        undefined,
        [{ ReferenceType: 'parent', SourceTraceId: sent.trace_id, DestinationTraceIds: [linkedTo] }],
      ],
    ]),
  );
});

test('a retrieval that was cancelled gives nothing more', async () => {
  const sent = segment();
  const xray = await startWith(sent);
  const { RetrievalToken } = await start(xray, [sent.trace_id]);
  await check(xray.send(new CancelTraceRetrievalCommand({ RetrievalToken })), '{}');
  expect(await answerOf(listPage(xray, { RetrievalToken }))).toContain('"RetrievalStatus":"CANCELLED"');
  expect(await answerOf(xray.send(new GetRetrievedTracesGraphCommand({ RetrievalToken })))).toContain('"CANCELLED"');
});

test('what a retrieval asks for is checked', async () => {
  const xray = await startWith();
  const ids = Array.from({ length: 100 }, () => xrayTraceId());
  expect(await answerOf(start(xray, ids))).toContain('"RetrievalToken"');
  expect(await answerOf(start(xray, [...ids, xrayTraceId()]))).toContain(
    'Member must have length less than or equal to 100',
  );
  expect(await answerOf(start(xray, ['x']))).toBe('400 InvalidRequestException: "x" is not a trace id.');
  expect(await answerOf(listPage(xray, { RetrievalToken: 'guessed' }))).toMatch(/^404 ResourceNotFoundException: /);
  expect(await answerOf(listPage(xray, { RetrievalToken: 'x'.repeat(1021) }))).toContain(
    'Member must have length less than or equal to 1020',
  );
});
