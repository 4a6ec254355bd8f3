import {
  GetInsightCommand,
  GetInsightEventsCommand,
  GetInsightImpactGraphCommand,
  GetInsightSummariesCommand,
  type GetInsightSummariesCommandInput,
} from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { answerOf, check, startXRayHub } from './testing/xrayHub.ts';

const InsightId = '24f8d7a2-1f3b-4a5c-9d6e-7f8091a2b3c4';
const EndTime = new Date();
const StartTime = new Date(EndTime.getTime() - 3_600_000);

async function summaries(rest: Partial<GetInsightSummariesCommandInput>): Promise<string> {
  const { client } = await startXRayHub();
  return await answerOf(
    client.send(new GetInsightSummariesCommand({ StartTime, EndTime, GroupName: 'Default', ...rest })),
  );
}

test('there are no insights, in a well-formed answer', async () => {
  expect(await summaries({})).toBe('{"InsightSummaries":[]}');
  expect(await summaries({ States: ['ACTIVE'], MaxResults: 100 })).toBe('{"InsightSummaries":[]}');
});

test('what a call for insights asks for is checked', async () => {
  expect(await summaries({ GroupName: 'other' })).toBe(
    '400 InvalidRequestException: There is no group with the name "other".',
  );
  expect(await summaries({ GroupName: undefined })).toMatch(/^400 InvalidRequestException: Specify a group/);
  expect(await summaries({ MaxResults: 101 })).toContain("at 'maxResults' failed to satisfy");
  expect(await summaries({ States: ['ACTIVE', 'CLOSED'] })).toContain("at 'states' failed to satisfy");
  expect(await summaries({ StartTime: new Date(Date.now() - 31 * 86_400_000) })).toBe(
    '400 InvalidRequestException: StartTime cannot be more than 30 days ago',
  );
});

test('an insight that is asked for by its id is not there', async () => {
  const { client } = await startXRayHub();
  const missing = `400 InvalidRequestException: There is no insight with the id ${InsightId}.`;
  await check(client.send(new GetInsightCommand({ InsightId })), missing);
  await check(client.send(new GetInsightEventsCommand({ InsightId })), missing);
  await check(client.send(new GetInsightImpactGraphCommand({ InsightId, StartTime, EndTime })), missing);
  expect(await answerOf(client.send(new GetInsightCommand({ InsightId: 'x' })))).toContain("at 'insightId' failed");
});
