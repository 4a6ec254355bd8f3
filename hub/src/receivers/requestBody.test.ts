import type { IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { createServer } from '../client/nodeHttp.ts';
import { BodyReader, type BodyLimits, type RequestBody } from './requestBody.ts';

/** Sends whole or unfinished requests, one connection each, and compares what reading each came to, in the order of settling. */
async function check(limits: BodyLimits, requests: readonly string[], expected: readonly string[]): Promise<void> {
  const reader = new BodyReader(limits);
  const outcomes: string[] = [];
  const received = Array.from({ length: requests.length }, () => Promise.withResolvers<undefined>());
  let count = 0;
  const server = createServer((request: IncomingMessage, response) => {
    const read = async (): Promise<void> => {
      outcomes.push(shown(await reader.read(request)));
      response.end();
    };
    void read();
    received[count]?.resolve(undefined);
    count += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  for (const [number, request] of requests.entries()) {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\n${request}`, 'latin1');
    await received[number]?.promise;
  }
  await expect.poll(() => outcomes).toEqual(expected);
}

function shown(body: RequestBody): string {
  switch (body.kind) {
    case 'body':
      return Buffer.from(body.bytes).toString();
    case 'refused':
      return `${body.status} ${body.message}`;
    case 'gone':
      return 'gone';
  }
}

const limits = { maxBytes: 2 ** 20, maxBytesInFlight: 10 };
const tooMany = '503 The hub is reading as many bodies as it can hold; try again.';

test('bodies that are being read take from one budget, and give it back', async () => {
  await check(
    limits,
    ['Content-Length: 8\r\n\r\nunfin', 'Content-Length: 3\r\n\r\nabc', 'Content-Length: 2\r\n\r\nde'],
    [tooMany, 'de'],
  );
  await check(
    limits,
    ['Content-Length: 9\r\n\r\ncomplete!', 'Content-Length: 9\r\n\r\ncomplete?'],
    ['complete!', 'complete?'],
  );
});

test('chunked bodies that pass the budget together are told to wait', async () => {
  await check(
    limits,
    [
      'Transfer-Encoding: chunked\r\n\r\n6\r\nunfini\r\n',
      'Transfer-Encoding: chunked\r\n\r\n6\r\nsecond\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    [tooMany, 'ok'],
  );
});

test('many compressed bodies at one time are all read', async () => {
  const compressed = gzipSync('a'.repeat(200)).toString('latin1');
  const request = `Content-Encoding: gzip\r\nContent-Length: ${compressed.length}\r\n\r\n${compressed}`;
  await check(
    { maxBytes: 2 ** 20, maxBytesInFlight: 2 ** 20 },
    Array.from({ length: 8 }, () => request),
    Array.from({ length: 8 }, () => 'a'.repeat(200)),
  );
});

test('a chunked body counts as it comes', async () => {
  await check(
    limits,
    [
      'Transfer-Encoding: chunked\r\n\r\n9\r\ncomplete!\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    ['complete!', 'ok'],
  );
});
