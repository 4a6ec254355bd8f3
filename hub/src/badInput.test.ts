import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubClient } from './client/hubClient.ts';
import type { ReadyLine } from './client/api.ts';
import { parseCommandLine } from './commandLine.ts';
import { prepareDataDirectory } from './dataDirectory.ts';
import { Hub } from './hub.ts';
import { openTelemetryStore } from './store/openTelemetryStore.ts';
import { freePorts } from './testing/hubProcess.ts';
import { send } from './testing/rawHttp.ts';
import { exportOf, hex, spanNumber, type SpanSpec } from './testing/spans.ts';

// One hub with its real store for the whole file: whatever a test sends, the next one finds it at work.
let hub: Hub;
let ready: ReadyLine;
let client: HubClient;
const dataDir = mkdtempSync(join(tmpdir(), 'sightline-bad-'));
let lastNumber = 0;

beforeAll(async () => {
  const commandLine = parseCommandLine(['--data-dir', dataDir, ...freePorts]);
  if (commandLine.kind !== 'serve') {
    throw new Error('Not a command line that serves.');
  }
  prepareDataDirectory(dataDir);
  ({ hub, ready } = await Hub.start(commandLine.options, openTelemetryStore));
  client = new HubClient({ dataDir });
});

afterAll(async () => {
  client.dispose();
  await hub.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Sends OTLP and compares status and body; problems are what the hub has to show for it afterwards. */
async function check(body: string | Uint8Array, type: 'json' | 'x-protobuf', expected: string | RegExp): Promise<void> {
  const headers = { 'content-type': `application/${type}` };
  const reply = await send(`${ready.endpoints.otlpHttp}/v1/traces`, { method: 'POST', headers, body });
  expect(`${reply.status} ${reply.body}`.trim()).toMatch(expected);
}

/** Sends good spans beside bad ones, compares the answer, and expects that the good ones are there. */
async function checkBeside(bad: readonly SpanSpec[], expected: RegExp): Promise<void> {
  const first = spanNumber((lastNumber += 1));
  const last = spanNumber((lastNumber += 1));
  await check(exportOf([first, ...bad, last]), 'json', expected);
  for (const { traceId } of [first, last]) {
    expect((await client.loadTreeRows(traceId))?.rows.length).toBe(1);
  }
}

function oddTraceOf(number: number): string {
  return hex(900_000 + number, 32);
}

async function sendDatagrams(datagrams: readonly (string | Uint8Array)[]): Promise<void> {
  const [host, port] = (ready.endpoints.xrayUdp ?? '').split(':');
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise((resolve) => {
      socket.send(datagram, Number(port), host, resolve);
    });
  }
  socket.close();
}

test('an OTLP body that cannot be read gets 400 and a sentence, and is kept as a problem', async () => {
  const { problems } = await client.stats();
  const whole = Buffer.from(exportOf([spanNumber(1)]));
  await check(whole.subarray(0, 100), 'json', /^400 \{"code":3,"message":".+"\}$/);
  await check('\0\0\0', 'json', /^400 /);
  await check(Buffer.from([0xff, 0xfe, 0x7b]), 'json', /^400 /);
  await check('[]', 'json', /^400 /);
  await check(Buffer.from([0x0a, 0x7f, 0x01]), 'x-protobuf', /^400 /);
  await check(Buffer.from('no protobuf at all'), 'x-protobuf', /^400 /);
  await expect.poll(async () => (await client.stats()).problems).toBeGreaterThanOrEqual(problems + 6);
  const [newest] = (await client.listProblems(1)).problems;
  expect(newest).toMatchObject({ receiver: 'otlpHttp' });
});

test('an empty body is an empty request', async () => {
  await check('', 'x-protobuf', /^200$/);
  await check('{}', 'json', /^200 \{\}$/);
});

test('spans without usable ids are rejected one by one', async () => {
  const zeros = { ...spanNumber(9), traceId: '0'.repeat(32) };
  const noSpanId = { ...spanNumber(9), spanId: '0'.repeat(16) };
  const short = { ...spanNumber(9), traceId: 'abc' };
  await checkBeside([zeros, noSpanId, short], /^200 \{"partialSuccess":\{"rejectedSpans":"3","errorMessage":".+"\}\}$/);
});

test('odd times are kept: a negative duration, 1970 and 2100', async () => {
  const times = { startTimeUnixNano: '2', endTimeUnixNano: '1' };
  await checkBeside(
    [
      { ...spanNumber(1, times), traceId: oddTraceOf(1) },
      { ...spanNumber(1, { startTimeUnixNano: '0', endTimeUnixNano: '0' }), traceId: oddTraceOf(2) },
      {
        ...spanNumber(1, { startTimeUnixNano: '4102444800000000000', endTimeUnixNano: '4102444801000000000' }),
        traceId: oddTraceOf(3),
      },
    ],
    // Taken, with a warning: nothing is rejected.
    /^200 \{"partialSuccess":\{"rejectedSpans":"0","errorMessage":".*1970.*"\}\}$/,
  );
  const found = await Promise.all(
    [1, 2, 3].map(async (number) => (await client.loadTrace(oddTraceOf(number)))?.spans.length),
  );
  expect(found).toEqual([1, 1, 1]);
});

test('deep, wide and NUL-filled attributes are kept', async () => {
  let deep: object = { stringValue: 'bottom' };
  for (let depth = 0; depth < 100; depth += 1) {
    deep = { arrayValue: { values: [deep] } };
  }
  const wide = Array.from({ length: 10_000 }, (_, number) => ({ key: `key ${number}`, value: { intValue: number } }));
  const id = hex(910_000, 32);
  const span = spanNumber(910_000, {
    name: 'a\0b',
    attributes: [{ key: 'deep', value: deep }, { key: 'n\0l', value: { stringValue: '\0' } }, ...wide],
  });
  await checkBeside([span], /^200 \{\}$/);
  const loaded = (await client.loadTrace(id))?.spans[0];
  expect(loaded?.name).toBe('a\0b');
  expect(Object.keys(loaded?.attributes ?? {}).length).toBe(10_002);
  expect(JSON.stringify(loaded?.attributes['deep'])).toBe(`${'['.repeat(100)}"bottom"${']'.repeat(100)}`);
});

test('bad datagrams become problems, the good ones among them traces', async () => {
  const { problems } = await client.stats();
  const header = '{"format":"json","version":1}\n';
  const time = Date.now() / 1_000;
  const segment = (number: number, rest: object = {}): string =>
    JSON.stringify({
      name: 'backend',
      id: hex(number, 16),
      trace_id: `1-${hex(number, 32).slice(0, 8)}-${hex(number, 32).slice(8)}`,
      start_time: time,
      end_time: time + 0.01,
      ...rest,
    });
  const bad = [
    '',
    'no newline',
    `no header\n${segment(1)}`,
    `{"format":"json","version":2}\n${segment(2)}`,
    `{"format":"xml","version":1}\n${segment(3)}`,
    `${header}${segment(4).slice(0, 50)}`,
    `${header}\0\0\0`,
    Buffer.concat([Buffer.from(header), Buffer.from([0xff, 0xfe, 0x00])]),
    `${header}[]`,
    `${header}${segment(5, { trace_id: '1-00000000-000000000000000000000000' })}`,
    `${header}${segment(6, { trace_id: 'abc' })}`,
  ];
  const good = [
    `${header}${segment(920_001)}`,
    `{"format":"JSON","version":1}\n${segment(920_002, { end_time: time - 5 })}`,
    `${header}${segment(920_003, { metadata: { default: { large: 'x'.repeat(65_000) } } })}`,
    `${header}${segment(920_004, { start_time: 1, end_time: 2, name: 'n\0l' })}`,
  ];
  await sendDatagrams(bad.flatMap((datagram, number) => [datagram, good[number] ?? datagram]));
  await expect
    .poll(
      async () =>
        await Promise.all(
          [1, 2, 3, 4].map(async (n) => (await client.loadTreeRows(hex(920_000 + n, 32)))?.rows.length),
        ),
    )
    .toEqual([1, 1, 1, 1]);
  await expect.poll(async () => (await client.stats()).problems).toBeGreaterThanOrEqual(problems + bad.length);
});

test('after all this the hub takes and shows a good span', async () => {
  await checkBeside([], /^200 \{\}$/);
  expect(await client.health()).toMatchObject({ status: 'ok' });
});
