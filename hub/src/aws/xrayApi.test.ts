import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { hubAccessKeyId } from '../client/dataDirectory.ts';
import { send } from '../testing/rawHttp.ts';

import { segment } from './testing/segments.ts';
import { answerOf, startStoringXRayHub, startXRayHub, xrayClient } from './testing/xrayHub.ts';

const { GetGroupsCommand, GetSamplingRulesCommand, GetTraceSummariesCommand, PutTraceSegmentsCommand } = sdk;

/** The path of every call that AWS's SDK knows. */
async function everyPath(): Promise<string[]> {
  const paths = new Set<string>();
  const client = xrayClient('http://127.0.0.1:9');
  client.middlewareStack.add(
    () =>
      ({ request }) => {
        paths.add((request as { path: string }).path);
        return Promise.reject(new Error('only its path is wanted'));
      },
    { step: 'build', priority: 'low' },
  );
  const commands = Object.entries(sdk).filter(
    ([name, value]) => /^[A-Z].*Command$/.test(name) && typeof value === 'function',
  );
  for (const [, command] of commands) {
    const Command = command as typeof GetGroupsCommand;
    await client.send(new Command({})).catch(() => undefined);
  }
  return [...paths];
}

function lastMinute(): { StartTime: Date; EndTime: Date } {
  return { StartTime: new Date(Date.now() - 60_000), EndTime: new Date() };
}

test('every call of the X-Ray API is served, on the port of the hub and on that of the daemon', async () => {
  const { endpoints } = await startXRayHub();
  const paths = await everyPath();
  expect(paths.length).toBeGreaterThanOrEqual(38);
  for (const endpoint of [endpoints.api, endpoints.xrayTcp]) {
    const answers = await Promise.all(paths.map((path) => send(`${endpoint}${path}`, { method: 'POST', body: '{}' })));
    expect(answers.filter(({ status }) => status !== 200 && status !== 400)).toEqual([]);
  }
});

test('whatever a body holds, the answer is an error of AWS and never a failure of the hub', async () => {
  const { ready } = await startStoringXRayHub();
  const members =
    'TraceIds TraceSegmentDocuments StartTime EndTime FilterExpression GroupName GroupARN NextToken Tags TagKeys ResourceARN ' +
    'InsightsConfiguration SamplingStrategy Sampling TimeRangeType Period EntitySelectorExpression RetrievalToken Rule Name ' +
    'PolicyName PolicyDocument Type KeyId InsightId States MaxResults SamplingRule SamplingRuleUpdate RuleName RuleARN ' +
    'SamplingStatisticsDocuments TelemetryRecords Destination TraceFormat ForecastStatistics';
  const values = [null, true, -1, 1e308, '', 'x', '\0', [], [null], [5], [['x']], [{}], {}, { Name: 5 }, { Key: [] }];
  const bodies = [
    '',
    '[]',
    '5',
    '"x"',
    '{',
    '\0',
    ...values.map((value) => JSON.stringify(Object.fromEntries(members.split(' ').map((name) => [name, value])))),
  ];
  for (const path of await everyPath()) {
    const answers = await Promise.all(
      bodies.map((body) => send(`${ready.endpoints.api}${path}`, { method: 'POST', body })),
    );
    for (const { status, headers, body } of answers) {
      const type: unknown = status === 200 ? undefined : (JSON.parse(body) as Record<string, unknown>)['__type'];
      expect(`${path} ${status < 500} ${headers['x-amzn-errortype'] === type}`).toBe(`${path} true true`);
    }
  }
});

test('a call that the hub does not know says so and is counted', async () => {
  const { endpoints, token } = await startXRayHub();
  const reply = await send(`${endpoints.api}/NoSuchCall`, { method: 'POST', body: '{}' });
  expect(`${reply.status} ${reply.headers['x-amzn-errortype'] as string}`).toBe('404 UnknownOperationException');
  const headers = { authorization: `Bearer ${token}` };
  const stats = await send(`${endpoints.api}/sightline/v1/stats`, { headers });
  expect(JSON.parse(stats.body)).toMatchObject({ unservedCalls: 1 });
});

test('OTLP that comes to the port of X-Ray is told the variable and the port that are right', async () => {
  const { endpoints } = await startXRayHub();
  const { status, body } = await send(`${endpoints.xrayTcp}/v1/traces`, { method: 'POST', body: '{}' });
  expect(status).toBe(404);
  expect(body).toContain(
    `OTEL_EXPORTER_OTLP_ENDPOINT names the port for OpenTelemetry, which is ${endpoints.otlpHttp}`,
  );
  expect(body).not.toContain('AWS_ENDPOINT_URL');
});

test("where credentials are required, reading and changing calls have to be signed by the hub's own key", async () => {
  const { xray, ready, dataDir } = await startStoringXRayHub('--require-credentials');
  const sent = segment();
  const TraceSegmentDocuments = [JSON.stringify(sent)];
  expect(await answerOf(xray.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments })))).toBe(
    '{"UnprocessedTraceSegments":[]}',
  );
  expect(await answerOf(xray.send(new GetSamplingRulesCommand({})))).toContain('"SamplingRuleRecords"');
  const secretAccessKey = readFileSync(join(dataDir, 'aws-secret-key'), 'utf8').trim();
  for (const endpoint of [ready.endpoints.api, ready.endpoints.xrayTcp ?? '']) {
    const stranger = xrayClient(endpoint);
    const guesser = xrayClient(endpoint, { accessKeyId: hubAccessKeyId, secretAccessKey: 'guessed' });
    const owner = xrayClient(endpoint, { accessKeyId: hubAccessKeyId, secretAccessKey });
    const refused = /^403 AccessDeniedException: .* signed with its own key/;
    expect(await answerOf(stranger.send(new GetTraceSummariesCommand(lastMinute())))).toMatch(refused);
    expect(await answerOf(guesser.send(new GetGroupsCommand({})))).toMatch(refused);
    expect(await answerOf(owner.send(new GetTraceSummariesCommand(lastMinute())))).toContain(sent.trace_id);
  }
});
