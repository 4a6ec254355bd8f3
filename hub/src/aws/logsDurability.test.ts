import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import { startHubProcess } from '../testing/hubProcess.ts';
import { temporaryFolder } from '../testing/hubUnderTest.ts';
import { logsClient } from './testing/logsHub.ts';

const named = { logGroupName: 'cruddur', logStreamName: 'web' };
const killAfter = 40;

test('kill -9 in the middle of writing loses no event that was acknowledged', async () => {
  const dataDir = temporaryFolder();
  const first = await startHubProcess(dataDir);
  const client = logsClient(first.ready.endpoints.api);
  await client.send(new CreateLogGroupCommand({ logGroupName: 'cruddur' }));
  await client.send(new CreateLogStreamCommand(named));
  const acknowledged = new Set<string>();
  const start = Date.now();
  let next = 0;
  const write = async (): Promise<void> => {
    for (;;) {
      const message = `line ${next}`;
      const event = { timestamp: start + next, message };
      next += 1;
      await client.send(new PutLogEventsCommand({ ...named, logEvents: [event] }));
      acknowledged.add(message);
      if (acknowledged.size === killAfter) {
        first.child.kill('SIGKILL');
      }
    }
  };
  const ends = await Promise.allSettled([write(), write(), write()]);
  expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
  await first.ended;
  const second = await startHubProcess(dataDir);
  const again = logsClient(second.ready.endpoints.api);
  const { events = [] } = await again.send(new GetLogEventsCommand({ ...named, startFromHead: true }));
  const kept = events.map(({ message = '' }) => message);
  expect([...acknowledged].filter((message) => !kept.includes(message))).toEqual([]);
  expect(new Set(kept).size).toBe(kept.length);
});
