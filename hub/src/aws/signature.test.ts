import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, onTestFinished, test } from 'vitest';
import { hubAccessKeyId } from '../client/dataDirectory.ts';
import { startLogsHub } from './testing/logsHub.ts';

const named = { logGroupName: 'cruddur', logStreamName: 'web' };

/** Writes without the hub's key, then reads with this key pair. Answers what came, or the error's name. */
async function check(keys: (dataDir: string) => { id: string; secret: string }, expected: string): Promise<void> {
  const { client, endpoint, dataDir } = await startLogsHub('--require-credentials');
  await client.send(new CreateLogGroupCommand({ logGroupName: 'cruddur' }));
  await client.send(new CreateLogStreamCommand(named));
  await client.send(new PutLogEventsCommand({ ...named, logEvents: [{ timestamp: Date.now(), message: 'kept' }] }));
  const { id, secret } = keys(dataDir);
  const credentials = { accessKeyId: id, secretAccessKey: secret };
  const reader = new CloudWatchLogsClient({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 });
  onTestFinished(() => reader.destroy());
  const said = await reader.send(new FilterLogEventsCommand({ logGroupName: 'cruddur', filterPattern: '"kept"' })).then(
    ({ events }) => events?.map(({ message }) => message).join() ?? '',
    (error: unknown) => (error as Error).name,
  );
  expect(said).toBe(expected);
  await expect(client.send(new DeleteLogGroupCommand({ logGroupName: 'cruddur' }))).rejects.toThrow(
    'signed with its own key',
  );
}

function secretOf(dataDir: string): string {
  return readFileSync(join(dataDir, 'aws-secret-key'), 'utf8').trim();
}

test("with the hub's own key pair events can be read where credentials are required", async () => {
  await check((dataDir) => ({ id: hubAccessKeyId, secret: secretOf(dataDir) }), 'kept');
});

test("AWS's tools find the pair in the data directory", async () => {
  await check((dataDir) => {
    const text = readFileSync(join(dataDir, 'aws-credentials'), 'utf8');
    const [, id = '', secret = ''] =
      /^\[default\]\naws_access_key_id = (\S+)\naws_secret_access_key = (\S+)\n$/.exec(text) ?? [];
    expect(statSync(join(dataDir, 'aws-credentials')).mode & 0o077).toBe(0);
    return { id, secret };
  }, 'kept');
});

test('without it they can be written only', async () => {
  await check(() => ({ id: hubAccessKeyId, secret: 'guessed' }), 'AccessDeniedException');
  await check((dataDir) => ({ id: 'other', secret: secretOf(dataDir) }), 'AccessDeniedException');
});
