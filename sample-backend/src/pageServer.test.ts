import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPageServer } from './pageServer.ts';

/** Answers with the name it was given and the path it was asked for. */
function createNamedServer(name: string): http.Server {
  return http.createServer((request, response) => response.end(`${name} ${request.url ?? ''}`));
}

const backend = createNamedServer('backend');
const other = createNamedServer('other');
let server: http.Server;

beforeAll(async () => {
  for (const each of [backend, other]) {
    await once(each.listen(0, '127.0.0.1'), 'listening');
  }
  server = createPageServer({
    backendUrl: `http://127.0.0.1:${portOf(backend)}`,
    otlpTracesUrl: 'http://127.0.0.1:1/v1/traces',
    otlpHeaders: {},
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterAll(() => {
  for (const each of [backend, other, server]) {
    each.close();
    each.closeAllConnections();
  }
});

/** Sends bytes as they stand, which `fetch` would put right first, and compares the status and the body's end. */
async function check(requestLine: string, status: number, body: string): Promise<void> {
  const socket = net.connect(portOf(server), '127.0.0.1');
  socket.write(`${requestLine} HTTP/1.1\r\nhost: page\r\nconnection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  expect(`${text.split(' ')[1]} ${text.includes(body)}`).toBe(`${status} true`);
}

test('what is under /api and /rollbar goes to the backend, with its query', async () => {
  await check('GET /api/activities/home?delay=1', 200, 'backend /api/activities/home?delay=1');
  await check('GET /rollbar/test', 200, 'backend /rollbar/test');
});

test('no path makes the server call another host', async () => {
  await check(`GET //127.0.0.1:${portOf(other)}/api/secret`, 404, 'not found');
  await check(`GET http://127.0.0.1:${portOf(other)}/api/secret`, 400, 'path');
  await check(`GET /api/..//127.0.0.1:${portOf(other)}/secret`, 200, 'backend ');
});

test('an address that is none is answered, and the server goes on', async () => {
  await check('GET http://[', 400, 'path');
  await check('GET /', 200, '<html');
});

test('a sender of spans that goes away in the middle costs only itself', async () => {
  const socket = net.connect(portOf(server), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /v1/traces HTTP/1.1\r\nhost: page\r\ncontent-length: 1000\r\n\r\n{');
  const [request] = (await once(server, 'request')) as [http.IncomingMessage];
  socket.destroy();
  await new Promise((resolve) => request.once('close', resolve));
  await check('GET /', 200, '<html');
});

function portOf(listening: http.Server): number {
  return (listening.address() as AddressInfo).port;
}
