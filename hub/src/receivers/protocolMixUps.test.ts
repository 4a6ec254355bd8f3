import { execFile } from 'node:child_process';
import { connect, Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client, credentials } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { startHubUnderTest, temporaryFolder, type HubUnderTest } from '../testing/hubUnderTest.ts';
import { InMemoryStore } from '../testing/inMemoryStore.ts';
import { send, sendBytes } from '../testing/rawHttp.ts';
import { ProtocolMixUps } from './protocolMixUps.ts';

/** The problems that the hub has to show, with the ports as what they are. */
async function check(hub: HubUnderTest, expected: readonly string[]): Promise<void> {
  await expect
    .poll(
      () => hub.store.problems.map(({ receiver, place, message }) => named(hub, `${receiver}, ${place}: ${message}`)),
      {
        timeout: 20_000,
      },
    )
    .toEqual(expected);
}

function named({ endpoints }: HubUnderTest, sentence: string): string {
  const ports = (['otlpHttp', 'otlpGrpc', 'xrayTcp', 'api'] as const).map(
    (name) => [name, new URL(endpoints[name].replace(/^(?!http)/, 'tcp://')).port] as const,
  );
  return ports.reduce((shown, [name, port]) => shown.replaceAll(port, name), sentence);
}

/** Lets an app with the exporter of its language's SDK send a span; answers all that it prints. */
function runExporter(endpoint: string, protocol: 'grpc' | 'http/protobuf' | 'http/json'): Promise<string> {
  const app = join(import.meta.dirname, '../testing/apps/otelApp.ts');
  const env = {
    PATH: process.env['PATH'],
    HOME: temporaryFolder(),
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_LOG_LEVEL: 'error',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [app], { env, timeout: 50_000 }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
}

const grpcAtHttp =
  'gRPC came to the port of OTLP over HTTP (otlpHttp): send it to http://127.0.0.1:otlpGrpc, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.';
const httpAtGrpc =
  'HTTP/1.1 came to the port of OTLP over gRPC (otlpGrpc): send it to http://127.0.0.1:otlpHttp, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.';

test(
  'a gRPC exporter at the port of HTTP is told the right one, and so is its developer',
  { timeout: 60_000 },
  async () => {
    const hub = await startHubUnderTest();
    const printed = await runExporter(hub.endpoints.otlpHttp, 'grpc');
    expect(named(hub, printed)).toContain(grpcAtHttp);
    await check(hub, [`otlpHttp, connection from 127.0.0.1: ${grpcAtHttp}`]);
  },
);

test(
  'an HTTP exporter at the port of gRPC is told the right one, and so is its developer',
  { timeout: 60_000 },
  async () => {
    const hub = await startHubUnderTest();
    const printed = await runExporter(`http://${hub.endpoints.otlpGrpc}`, 'http/json');
    expect(named(hub, printed)).toContain(httpAtGrpc);
    await check(hub, [`otlpGrpc, connection from 127.0.0.1: ${httpAtGrpc}`]);
  },
);

test('OTLP at the port of X-Ray is told the right one, and so is its developer', { timeout: 60_000 }, async () => {
  const hub = await startHubUnderTest();
  const otlpAtXRay =
    "POST /v1/traces is OpenTelemetry's, and this is the X-Ray daemon's port. OTEL_EXPORTER_OTLP_ENDPOINT names the port for OpenTelemetry, which is http://127.0.0.1:otlpHttp of this hub.";
  expect(named(hub, await runExporter(hub.endpoints.xrayTcp, 'http/protobuf'))).toContain(otlpAtXRay);
  await runExporter(hub.endpoints.xrayTcp, 'grpc');
  await check(hub, [
    `xrayTcp, /v1/traces from 127.0.0.1: ${otlpAtXRay}`,
    'xrayTcp, connection from 127.0.0.1: gRPC came to the port of X-Ray (xrayTcp): send it to http://127.0.0.1:otlpGrpc.',
  ]);
});

test("OpenTelemetry's logs and metrics at the port of the hub's API are told the right one", async () => {
  const hub = await startHubUnderTest();
  const message =
    "POST /v1/logs is OpenTelemetry's, and this is the port of the hub's API. OTEL_EXPORTER_OTLP_ENDPOINT names the port for OpenTelemetry, which is http://127.0.0.1:otlpHttp of this hub.";
  const { status, body } = await send(`${hub.endpoints.api}/v1/logs`, { method: 'POST', body: '.' });
  expect(`${status} ${named(hub, body)}`).toContain(`404 {"__type":"UnknownOperationException","Message":"${message}"`);
  await check(hub, [`api, /v1/logs from 127.0.0.1: ${message}`]);
});

test("gRPC at the port of the hub's API, where no port takes it, is told how to change", async () => {
  const hub = await startHubUnderTest('--otlp-grpc-port', 'none');
  const client = new Client(new URL(hub.endpoints.api).host, credentials.createInsecure());
  const details = await new Promise<string>((resolve) => {
    client.makeUnaryRequest('/a.Service/Call', asIs, asIs, Buffer.from('.'), (error) => resolve(error?.details ?? ''));
  });
  client.close();
  expect(details).toMatch(/^gRPC came to the port of the hub's API \(\d+\): this hub has no port for it\.$/);
});

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

test('an X-Ray SDK pointed at the port of OTLP is told the right one', async () => {
  const hub = await startHubUnderTest();
  const { status, body } = await send(`${hub.endpoints.otlpHttp}/GetSamplingRules`, { method: 'POST', body: '{}' });
  const message =
    "POST /GetSamplingRules is X-Ray's, and this is the port of OTLP over HTTP. AWS_XRAY_DAEMON_ADDRESS names the port for X-Ray, which is 127.0.0.1:xrayTcp of this hub.";
  expect(`${status} ${named(hub, body)}`).toBe(`404 ${JSON.stringify({ code: 12, message })}`);
  await check(hub, [`otlpHttp, /GetSamplingRules from 127.0.0.1: ${message}`]);
});

test('TLS and what is no HTTP at all are named', async () => {
  const hub = await startHubUnderTest();
  const hello = Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x03]);
  const segment = '{"format": "json", "version": 1}\n{"name":"app"}';
  await sendBytes(hub.endpoints.otlpHttp, hello);
  await sendBytes(hub.endpoints.otlpGrpc, hello);
  const answer = await sendBytes(hub.endpoints.otlpHttp, segment);
  await sendBytes(hub.endpoints.otlpGrpc, segment);
  await sendBytes(hub.endpoints.xrayTcp, segment);
  const right = 'X-Ray segments are sent by UDP, to 127.0.0.1:xrayTcp.';
  expect(named(hub, answer)).toBe(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(answer.split('\r\n\r\n')[1] ?? '')}\r\nConnection: close\r\n\r\nWhat came to the port of OTLP over HTTP (otlpHttp) is not HTTP: ${right}`,
  );
  const tls = 'which takes it unencrypted: begin the endpoint with http://, not https://';
  await check(hub, [
    `otlpHttp, connection from 127.0.0.1: TLS came to the port of OTLP over HTTP (otlpHttp), ${tls}.`,
    `otlpGrpc, connection from 127.0.0.1: TLS came to the port of OTLP over gRPC (otlpGrpc), ${tls}, or set OTEL_EXPORTER_OTLP_INSECURE=true.`,
    `otlpHttp, connection from 127.0.0.1: What came to the port of OTLP over HTTP (otlpHttp) is not HTTP: ${right}`,
    `otlpGrpc, connection from 127.0.0.1: What came to the port of OTLP over gRPC (otlpGrpc) is not gRPC: ${right}`,
    `xrayTcp, connection from 127.0.0.1: What came to the port of X-Ray (xrayTcp) is not HTTP: ${right}`,
  ]);
});

test('a request that is only malformed gets the answer that node:http gives, and is no mix-up', async () => {
  const hub = await startHubUnderTest();
  expect(await sendBytes(hub.endpoints.otlpHttp, 'POST / HTTP/1.1\r\nno header\r\n\r\n')).toBe(
    'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n',
  );
  expect(hub.store.problems).toEqual([]);
});

test('bytes that come one by one are told apart as well', async () => {
  const hub = await startHubUnderTest();
  const socket = connect(Number(hub.endpoints.otlpGrpc.split(':')[1]), '127.0.0.1').setNoDelay();
  for (const byte of 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n') {
    await new Promise((resolve) => {
      socket.write(byte, resolve);
    });
  }
  const [statusLine, ...rest] = named(hub, await text(socket)).split('\r\n');
  expect(statusLine).toBe(`HTTP/1.1 400 ${httpAtGrpc}`);
  expect(rest.at(-1)).toBe(JSON.stringify({ code: 3, message: httpAtGrpc }));
});

test('one who tries again and again is told about once a minute', () => {
  const store = new InMemoryStore();
  let now = 0;
  const mixUps = new ProtocolMixUps(
    store,
    () => undefined,
    () => now,
  );
  for (const seconds of [0, 1, 59, 60, 61]) {
    now = seconds * 1_000;
    mixUps.note('otlpHttp', 'http2', new Socket());
  }
  expect(store.problems.map(({ message }) => message)).toEqual(
    Array(2).fill('gRPC came to the port of OTLP over HTTP: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.'),
  );
});

test('a connection that is open on a mixed-up port does not keep the hub up', async () => {
  const hub = await startHubUnderTest();
  const { port } = new URL(hub.endpoints.otlpHttp);
  const atHttp = connect(Number(port), '127.0.0.1');
  atHttp.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  const atGrpc = connect(Number(hub.endpoints.otlpGrpc.split(':')[1]), '127.0.0.1');
  atGrpc.write('POST /v1/traces HTTP/1.1\r\n');
  const ended = Promise.all([atHttp, atGrpc].map(async (socket) => await text(socket).catch(() => '')));
  await expect.poll(() => hub.store.problems.length).toBe(1);
  await hub.hub.stop();
  await ended;
});
