import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import AWSXRay from 'aws-xray-sdk-core';
import type { Subsegment } from 'aws-xray-sdk-core';
import express from 'express';
import type { Express, RequestHandler } from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Recorder } from '../testing/recorder.ts';
import { inSubsegment, startXRay, xrayMiddleware } from './xray.ts';

let recorder: Recorder;
const servers: http.Server[] = [];

beforeAll(async () => {
  recorder = await Recorder.start();
  AWSXRay.setDaemonAddress(recorder.environment['AWS_XRAY_DAEMON_ADDRESS'] ?? '');
  startXRay({ serviceName: 'orders', hostPattern: 'shop*' });
});

afterAll(() => {
  for (const server of servers) {
    server.close();
  }
  recorder.close();
});

async function listen(handler: RequestHandler): Promise<number> {
  const app: Express = express();
  app.use(xrayMiddleware());
  app.get('/', handler);
  const server = http.createServer(app).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Sends a request and gives what came of it as text: the status, and the segment where one is expected. */
async function check(handler: RequestHandler, headers: http.OutgoingHttpHeaders, expected: string): Promise<void> {
  const port = await listen(handler);
  const before = recorder.segments.length;
  const request = http.get({ host: '127.0.0.1', port, path: '/', headers });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  const segment = expected.includes('segment')
    ? await recorder.waitFor(() => recorder.segments[before])
    : recorder.segments[before];
  const parent = segment?.parent_id === undefined ? '' : ` of ${segment.trace_id} below ${segment.parent_id}`;
  const inside = segment?.subsegments?.map(({ name, fault }) => ` > ${name}${fault ? ' fault' : ''}`).join('') ?? '';
  const flags = ['error', 'fault', 'throttle'].filter((flag) => segment && flag in segment).join(' ');
  const text = segment ? `, segment ${segment.name}${parent} ${flags}${inside}`.trimEnd() : '';
  expect(`${response.statusCode}${text}`).toBe(expected);
}

const answer: RequestHandler = (_request, response) => {
  response.json({});
};

const throttle: RequestHandler = (_request, response) => {
  response.sendStatus(429);
};

/** Runs `work` in a subsegment and answers, whatever came of it. */
function withSubsegment(name: string, work: (subsegment: Subsegment) => void): RequestHandler {
  return async (request, response) => {
    await inSubsegment(request, name, work).catch(() => undefined);
    response.json({});
  };
}

const sampled = { 'x-amzn-trace-id': 'Root=1-4efaaf4d-1e8720b39541901950019ee5;Parent=53995c3f42cd8ad8;Sampled=1' };
const place = 'of 1-4efaaf4d-1e8720b39541901950019ee5 below 53995c3f42cd8ad8';

test('without OpenTelemetry the trace is the one that the caller names', async () => {
  await check(answer, sampled, `200, segment orders ${place}`);
});

test('a caller that does not sample is followed', async () => {
  await check(answer, { 'x-amzn-trace-id': 'Root=1-4efaaf4d-1e8720b39541901950019ee5;Sampled=0' }, '200');
});

test('a Host that matches the pattern names the segment', async () => {
  await check(answer, { ...sampled, host: 'shop.example' }, `200, segment shop.example ${place}`);
});

test('a throttled request is an error too', async () => {
  await check(throttle, sampled, `429, segment orders ${place} error throttle`);
});

test('a subsegment whose work throws is closed and marked', async () => {
  const failing = withSubsegment('work', () => {
    throw new TypeError('no');
  });
  await check(failing, sampled, `200, segment orders ${place}  > work fault`);
});

test('a segment too large for a datagram costs the segment, not the request', async () => {
  const large = withSubsegment('large', (subsegment) => subsegment.addMetadata('text', 'x'.repeat(100_000)));
  await check(large, sampled, '200');
  await check(answer, sampled, `200, segment orders ${place}`);
});

test('metadata that cannot be JSON costs the segment, not the request', async () => {
  const circular = withSubsegment('circular', (subsegment) => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    subsegment.addMetadata('loop', loop);
  });
  await check(circular, sampled, '200');
  await check(answer, sampled, `200, segment orders ${place}`);
});
