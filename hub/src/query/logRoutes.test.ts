import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect, onTestFinished, test } from 'vitest';
import { startLogsHub } from '../aws/testing/logsHub.ts';
import { send } from '../testing/rawHttp.ts';
import { HubClient } from '../client/hubClient.ts';
import type { LogRowJson } from '../client/logsApi.ts';

const now = Date.now();
const xrayId = '1-6562a1b2-0123456789abcdef01234567';

/** A hub with these lines, a millisecond apart, in the stream `web` of the group `cruddur`. */
async function startWith(...lines: string[]): Promise<HubClient> {
  const { dataDir, client } = await startLogsHub();
  await client.send(new CreateLogGroupCommand({ logGroupName: 'cruddur' }));
  await client.send(new CreateLogStreamCommand({ logGroupName: 'cruddur', logStreamName: 'web' }));
  if (lines.length > 0) {
    const logEvents = lines.map((message, at) => ({ timestamp: now + at, message }));
    await client.send(new PutLogEventsCommand({ logGroupName: 'cruddur', logStreamName: 'web', logEvents }));
  }
  const hub = new HubClient({ dataDir });
  onTestFinished(() => hub.dispose());
  return hub;
}

function nanos(millis: number): string {
  return `${now + millis}000000`;
}

/** A log record as OTLP/JSON spells it. */
function record(at: number, text: string, more: object = {}): object {
  return { timeUnixNano: nanos(at), severityNumber: 9, body: { stringValue: text }, ...more };
}

/** Rows as text, in the order they came. */
function check(rows: readonly LogRowJson[] | undefined, expected: readonly string[]): void {
  expect(rows?.map(({ level, message }) => `${level} ${message}`)).toEqual(expected);
}

test('lines come newest first with the level that their logger wrote, page by page', async () => {
  const hub = await startWith(
    '[INFO] one',
    '{"level":"error","msg":"two"}',
    '2026-11-23T01:02:03Z WARN three',
    '{"level":30,"msg":"four"}',
    'five, about an error',
  );
  const first = await hub.listLogEvents({ group: 'cruddur', limit: 3 });
  check(first?.events, [
    'unset five, about an error',
    'info {"level":30,"msg":"four"}',
    'warn 2026-11-23T01:02:03Z WARN three',
  ]);
  const second = await hub.listLogEvents({ group: 'cruddur', limit: 3, before: first?.next ?? '' });
  check(second?.events, ['error {"level":"error","msg":"two"}', 'info [INFO] one']);
  expect(second?.next).toBeUndefined();
});

test('where pages begin can be asked for without the pages', async () => {
  const lines = Array.from({ length: 25 }, (_, at) => `${at % 2 === 0 ? 'INFO even' : 'INFO odd'} ${at}`);
  const hub = await startWith(...lines);
  const all = await hub.listLogMarks({ group: 'cruddur', limit: 10 });
  expect({ events: all?.events, hasMore: all?.hasMore, marks: all?.marks.length }).toEqual({
    events: 25,
    hasMore: false,
    marks: 3,
  });
  const third = await hub.listLogEvents({ group: 'cruddur', limit: 10, before: all?.marks[1] ?? '' });
  check(third?.events, [
    'info INFO even 4',
    'info INFO odd 3',
    'info INFO even 2',
    'info INFO odd 1',
    'info INFO even 0',
  ]);

  const odd = await hub.listLogMarks({ group: 'cruddur', limit: 10, pattern: 'odd', before: all?.marks[0] ?? '' });
  expect({ events: odd?.events, hasMore: odd?.hasMore }).toEqual({ events: 7, hasMore: false });
  await expect(hub.listLogMarks({ group: 'cruddur', pattern: '{ $.a = }' })).rejects.toThrow(
    'There is nothing to compare with.',
  );
  expect(await hub.listLogMarks({ group: 'nothing' })).toBeUndefined();
});

test('the lines of a trace are found by its id in either spelling', async () => {
  const w3c = xrayId.replaceAll('-', '').slice(1);
  const hub = await startWith(
    `got ${xrayId}`,
    'nothing',
    `{"trace_id":"${w3c}","span_id":"00f067aa0ba902b7"}`,
    `file ${'9'.repeat(32)}`,
  );
  const { events = [] } = (await hub.listLogEvents({ trace: xrayId })) ?? {};
  expect(events.map(({ traceId }) => traceId)).toEqual([w3c, w3c]);
  expect(events[0]?.spanId).toBe('00f067aa0ba902b7');
  check((await hub.listLogEvents({ group: 'cruddur', trace: w3c }))?.events, [
    `unset {"trace_id":"${w3c}","span_id":"00f067aa0ba902b7"}`,
    `unset got ${xrayId}`,
  ]);
  check((await hub.listLogEvents({ trace: 'f'.repeat(32) }))?.events, []);
});

test('lines can be asked for by stream, pattern and time', async () => {
  const hub = await startWith('one', 'two', 'three');
  check((await hub.listLogEvents({ group: 'cruddur', from: nanos(1), to: nanos(1) }))?.events, ['unset two']);
  check((await hub.listLogEvents({ group: 'cruddur', pattern: 't' }))?.events, ['unset three', 'unset two']);
  check((await hub.listLogEvents({ group: 'cruddur', streams: ['web', 'other'] }))?.events.slice(0, 1), [
    'unset three',
  ]);
  check((await hub.listLogEvents({ group: 'cruddur', streams: ['other'] }))?.events, []);
  await expect(hub.listLogEvents({ pattern: '{ $.a = }' })).rejects.toThrow('There is nothing to compare with.');
  expect(await hub.listLogEvents({ group: 'other' })).toBeUndefined();
});

test('groups can be made, changed and removed, and say who writes', async () => {
  const hub = await startWith('one');
  await hub.changeLogGroup({ name: 'made-here', retentionDays: 3 });
  const { groups } = await hub.listLogGroups();
  expect(groups.map(({ name, retentionDays, eventCount }) => `${name} ${retentionDays} ${eventCount}`)).toEqual([
    'cruddur undefined 1',
    'made-here 3 0',
  ]);
  await hub.changeLogGroup({ name: 'made-here', retentionDays: null });
  expect((await hub.listLogGroups('made')).groups[0]).not.toHaveProperty('retentionDays');
  const streams = await hub.listLogStreams('cruddur');
  expect(streams?.streams[0]?.writers[0]).toMatch(/^aws-sdk-js\/.* \((::ffff:)?127\.0\.0\.1\)$/);
  expect(await hub.deleteLogGroup('cruddur')).toBe(true);
  expect(await hub.deleteLogGroup('cruddur')).toBe(false);
  expect(await hub.listLogStreams('cruddur')).toBeUndefined();
  await expect(hub.changeLogGroup({ name: 'no good' })).rejects.toThrow('regular expression');
});

test('the change feed names the groups that changed', async () => {
  const { dataDir, client } = await startLogsHub();
  const hub = new HubClient({ dataDir });
  const seen = Promise.withResolvers<readonly string[] | undefined>();
  const connected = Promise.withResolvers<void>();
  const stop = hub.subscribe({
    onChange: ({ logGroups }) => seen.resolve(logGroups),
    onState: () => connected.resolve(),
  });
  onTestFinished(() => {
    stop();
    hub.dispose();
  });
  await connected.promise;
  await client.send(new CreateLogGroupCommand({ logGroupName: 'cruddur' }));
  expect(await seen.promise).toEqual(['cruddur']);
});

test("OpenTelemetry's log records are a group a service, beside CloudWatch's", async () => {
  const { dataDir, otlpHttp } = await startLogsHub();
  const hub = new HubClient({ dataDir });
  onTestFinished(() => hub.dispose());
  const traceId = 'ab'.repeat(16);
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'backend' } }] };
  const logRecords = [record(0, 'one'), record(1, 'two', { traceId, spanId: 'cd'.repeat(8) }), record(2, 'three')];
  const body = JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'app' }, logRecords }] }] });
  await send(`${otlpHttp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { groups } = await hub.listLogGroups();
  expect(groups.map(({ name, source, eventCount }) => `${name} ${source} ${eventCount}`)).toEqual([
    'otlp/backend otlp 3',
  ]);
  const { streams } = (await hub.listLogStreams('otlp/backend')) ?? {};
  expect(streams?.map(({ name, eventCount }) => `${name} ${eventCount}`)).toEqual(['records 3']);
  const first = await hub.listLogEvents({ group: 'otlp/backend', limit: 2 });
  check(first?.events, ['info three', 'info two']);
  check((await hub.listLogEvents({ group: 'otlp/backend', before: first?.next ?? '' }))?.events, ['info one']);
  check((await hub.listLogEvents({ group: 'otlp/backend', trace: traceId, pattern: 'two' }))?.events, ['info two']);
  expect(await hub.listLogEvents({ group: 'otlp/other' })).toBeUndefined();
});
