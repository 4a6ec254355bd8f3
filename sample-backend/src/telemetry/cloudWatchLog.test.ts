import { ROOT_CONTEXT } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogsServer } from '../testing/logsServer.ts';
import { CloudWatchLog, type CloudWatchLogOptions } from './cloudWatchLog.ts';
import type { LogLine } from './log.ts';

let server: LogsServer;
let said: string[];

beforeEach(async () => {
  server = await LogsServer.start();
  said = [];
});

afterEach(() => server.close());

/** A log to the server with tiny waits, started as the sample starts it. */
function startLog(options: Partial<CloudWatchLogOptions> = {}): CloudWatchLog {
  const log = new CloudWatchLog(
    {
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      group: 'cruddur',
      stream: 'backend/2026-11-23',
      retentionDays: 1,
    },
    { say: (sentence) => said.push(scrubbed(sentence)), delay: 5, firstPause: 5, ...options },
  );
  log.start();
  return log;
}

function line(message: string, time = Date.UTC(2026, 10, 23)): LogLine {
  return { time, level: 'info', message, context: ROOT_CONTEXT, kind: 'own' };
}

function scrubbed(sentence: string): string {
  return sentence.replace(server.url.slice('http://'.length), '<server>');
}

/** For what the log says, which no event of the server announces. */
async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** Writes the lines, one at a time, and waits until that many have arrived in all. */
async function check(log: CloudWatchLog, messages: readonly string[], arrived = messages.length): Promise<void> {
  for (const message of messages) {
    log.write(line(message));
  }
  await server.waitUntil(() => server.batches.flat().length >= arrived);
}

describe('the start', () => {
  test('makes the group, sets its retention, and makes the stream', async () => {
    await check(startLog(), ['a']);
    expect(server.preparations).toEqual([
      'CreateLogGroup cruddur',
      'PutRetentionPolicy cruddur 1',
      'CreateLogStream cruddur backend/2026-11-23',
    ]);
  });

  test('takes what is there already', async () => {
    server.reply = ({ operation }) =>
      operation.startsWith('Create') ? { error: 'ResourceAlreadyExistsException' } : { json: {} };
    await check(startLog(), ['a']);
    expect(server.batches.flat()).toEqual(['[2026-11-23T00:00:00.000Z] INFO a']);
    expect(said).toEqual([]);
  });

  test('goes on where the retention may not be set', async () => {
    server.reply = ({ operation }) =>
      operation === 'PutRetentionPolicy' ? { error: 'AccessDeniedException', message: 'Not you.' } : { json: {} };
    await check(startLog(), ['a']);
    expect(said).toEqual(['The log group cruddur keeps the retention it has: AccessDeniedException: Not you.']);
  });
});

describe('lines', () => {
  test('carry the trace in which they were written', async () => {
    const log = startLog();
    const traceId = '1-5759e988-bd862e3fe1be46a994272793';
    log.write({ ...line('one\n  at two'), level: 'error', traceId });
    log.write({ ...line('::1 GET http / 200'), kind: 'request', traceId });
    await server.waitUntil(() => server.batches.length > 0);
    expect(server.batches.flat()).toEqual([
      '[2026-11-23T00:00:00.000Z] ERROR one trace=1-5759e988-bd862e3fe1be46a994272793\n  at two',
      '[2026-11-23T00:00:00.000Z] ::1 GET http / 200 level=info trace=1-5759e988-bd862e3fe1be46a994272793',
    ]);
  });

  test('go together, in the order of time', async () => {
    const log = startLog();
    log.write(line('later', Date.UTC(2026, 10, 23, 1)));
    log.write(line('earlier', Date.UTC(2026, 10, 23)));
    await server.waitUntil(() => server.batches.length > 0);
    expect(server.batches).toEqual([
      ['[2026-11-23T00:00:00.000Z] INFO earlier', '[2026-11-23T01:00:00.000Z] INFO later'],
    ]);
  });

  test('are signed, and in no trace', async () => {
    await check(startLog(), ['a']);
    const headers = server.calls.map(({ headers: sent }) => [sent.authorization?.split(' ')[0], sent['traceparent']]);
    expect(new Set(headers.map(String))).toEqual(new Set(['AWS4-HMAC-SHA256,']));
  });
});

describe('trouble', () => {
  test('a group that somebody has deleted is made again, with its stream', async () => {
    const log = startLog();
    await check(log, ['a']);
    let isThere = false;
    server.reply = ({ operation }) => {
      isThere ||= operation === 'CreateLogStream';
      return isThere || operation !== 'PutLogEvents' ? { json: {} } : { error: 'ResourceNotFoundException' };
    };
    await check(log, ['b'], 3);
    expect(server.preparations.slice(3)).toEqual(server.preparations.slice(0, 3));
    expect(server.batches.at(-1)).toEqual(['[2026-11-23T00:00:00.000Z] INFO b']);
    expect(said).toEqual([]);
  });

  test('lines wait while nobody listens, and it is said once', async () => {
    server.close();
    const log = startLog();
    log.write(line('a'));
    await until(() => said.length > 0);
    log.write(line('b'));
    await server.open();
    await server.waitUntil(() => server.batches.flat().length === 2);
    await log.close(5000);
    expect(said).toEqual([
      'CloudWatch Logs: it does not take log lines (connect ECONNREFUSED <server>). They wait, as long as there is room.',
      'CloudWatch Logs: it takes log lines again. Dropped meanwhile: 0.',
    ]);
  });

  test('an answer that is none is tried again', async () => {
    let isMad = true;
    server.reply = ({ operation }) => (isMad && operation === 'PutLogEvents' ? { text: '<html>' } : { json: {} });
    const log = startLog();
    await check(log, ['a']);
    isMad = false;
    await server.waitUntil(() => server.batches.length > 1);
    await log.close(5000);
    expect(said).toEqual([
      expect.stringMatching(/^CloudWatch Logs: it does not take log lines \(.+ is not valid JSON\)\. They wait/),
      'CloudWatch Logs: it takes log lines again. Dropped meanwhile: 0.',
    ]);
  });

  test.each(['ThrottlingException', 'LimitExceededException'])('%s is a reason to wait', async (error) => {
    let isBusy = true;
    server.reply = () => (isBusy ? { error } : { json: {} });
    const log = startLog();
    log.write(line('a'));
    await until(() => said.length > 0);
    isBusy = false;
    await server.waitUntil(() => server.batches.length > 0);
    await log.close(5000);
    expect(server.batches.at(-1)).toEqual(['[2026-11-23T00:00:00.000Z] INFO a']);
  });

  test('a batch that is refused is not sent again; the next one is', async () => {
    server.reply = ({ operation }) =>
      operation === 'PutLogEvents' ? { error: 'InvalidParameterException', message: 'Bad.' } : { json: {} };
    const log = startLog();
    await check(log, ['a']);
    await until(() => said.length > 0);
    server.reply = () => ({ json: {} });
    await check(log, ['b'], 3);
    expect(server.batches).toEqual([
      ['[2026-11-23T00:00:00.000Z] INFO a'],
      ['[2026-11-23T00:00:00.000Z] INFO b'],
      [expect.stringMatching(/WARN Log lines dropped before this one: 1\.$/)],
    ]);
    expect(said).toEqual([
      'CloudWatch Logs: it refuses log lines (InvalidParameterException: Bad.). They are dropped.',
      'CloudWatch Logs: it takes log lines again. Dropped meanwhile: 1.',
    ]);
  });

  test('lines that are too old for the service are counted as lost', async () => {
    server.reply = () => ({ json: { rejectedLogEventsInfo: { tooOldLogEventEndIndex: 2 } } });
    const log = startLog();
    await check(log, ['a', 'b', 'c']);
    await log.close(5000);
    expect(said).toEqual([
      'CloudWatch Logs: it refuses log lines as too old or too new: is the clock right?',
      'CloudWatch Logs: log lines that could not be sent: 2.',
    ]);
  });
});

describe('no room', () => {
  test.each([
    ['events', { events: 2, bytes: 1000 }],
    ['bytes', { events: 10, bytes: 2 * ('[2026-11-23T00:00:00.000Z] INFO 1'.length + 26) }],
  ])('beyond so many %s the newest lines are dropped, counted, and said once', async (_what, most) => {
    server.reply = () => 'slow';
    const log = startLog({ most });
    for (const message of ['1', '2', '3', '4', '5']) {
      log.write(line(message));
    }
    expect(said).toEqual(['CloudWatch Logs: more log lines are waiting than it takes. What comes now is dropped.']);
    await log.close(20);
    expect(said.slice(1)).toEqual(['CloudWatch Logs: log lines that could not be sent: 5.']);
  });

  test('what was dropped is told in the log itself', async () => {
    const log = startLog({ most: { events: 2, bytes: 1000 } });
    for (const message of ['1', '2', '3']) {
      log.write(line(message));
    }
    await server.waitUntil(() => server.batches.flat().length === 3);
    expect(server.batches.flat().map((text) => text.replace(/^\[.+?\] /, ''))).toEqual([
      'INFO 1',
      'INFO 2',
      'WARN Log lines dropped before this one: 1.',
    ]);
  });
});

describe('the end', () => {
  test('sends what waits', async () => {
    const log = startLog({ delay: 60_000 });
    log.write(line('a'));
    await log.close(5000);
    expect(server.batches.flat()).toEqual(['[2026-11-23T00:00:00.000Z] INFO a']);
    expect(said).toEqual([]);
  });

  test('does not wait for a server that never answers', async () => {
    server.reply = ({ operation }) => (operation === 'PutLogEvents' ? 'slow' : { json: {} });
    const log = startLog();
    await check(log, ['a']);
    const asked = performance.now();
    await log.close(50);
    // A call that is not answered is given up only after five seconds.
    expect(performance.now() - asked).toBeLessThan(4500);
    expect(said).toEqual(['CloudWatch Logs: log lines that could not be sent: 1.']);
  });
});
