import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startRealHub, type RealHub } from '../testing/realHub.ts';
import { countsText, relayUntil, traceIdOf } from './testing/clouds.ts';

// The memory of what has been delivered is used again at once: these payloads are of the sizes that are, and each is compared byte for byte.

/** A destination that is away until it is `up`, and refuses what holds the text `refuses`. */
async function startSink() {
  const sink = { isUp: false, refuses: 'nothing', bodies: [] as string[], endpoint: '' };
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    const status = sink.isUp ? (body.includes(sink.refuses) ? 400 : 200) : 503;
    if (status === 200) {
      sink.bodies.push(body);
    }
    response.writeHead(status).end();
  };
  const server = createServer((incoming, response) => void answer(incoming, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  sink.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return sink;
}

/** An OTLP request in JSON of about that many bytes, unlike any other one. */
function payloadOf(number: number, bytes: number): string {
  const start = `${Date.now()}000000`;
  const span = {
    traceId: traceIdOf(number),
    spanId: number.toString(16).padStart(16, '1'),
    name: `GET /${number}`,
    startTimeUnixNano: start,
    endTimeUnixNano: start,
    attributes: [{ key: 'filling', value: { stringValue: `<${number}>`.repeat(Math.ceil(bytes / 5)) } }],
  };
  return JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans: [span] }] }] });
}

async function send(hub: RealHub, payloads: readonly string[]): Promise<void> {
  const url = `${hub.ready.endpoints.otlpHttp}/v1/traces`;
  const headers = { 'content-type': 'application/json' };
  await Promise.all(
    payloads.map(async (body) => {
      const { status } = await fetch(url, { method: 'POST', headers, body });
      expect(status).toBe(200);
    }),
  );
}

test('what waited through an outage arrives byte for byte, and what is refused is kept byte for byte', async () => {
  const [hub, sink] = await Promise.all([startRealHub(), startSink()]);
  await hub.client.changeRelay('otlp', { enabled: true, endpoint: sink.endpoint });
  const sizes = [300, 5_000, 17_000, 40_000, 70_000, 120_000, 1_100_000];
  const payloads = Array.from({ length: 70 }, (_, number) => payloadOf(number, sizes[number % sizes.length] ?? 0));
  await send(hub, payloads);
  sink.refuses = 'GET /4"';
  sink.isUp = true;
  const refused = await relayUntil(hub.client, 'otlp', ({ sent, waiting }) => sent === 69 && waiting === 0);
  expect(countsText(refused)).toMatch(/sent 69 waiting 0 refused 1/);
  sink.refuses = 'nothing';
  await hub.client.resendRelay('otlp');
  const isSame = sink.bodies.toSorted().every((body, at) => body === payloads.toSorted()[at]);
  expect([sink.bodies.length, isSame]).toEqual([70, true]);
});
