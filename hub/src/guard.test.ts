import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { Guard } from './guard.ts';
import { startHubUnderTest, type HubUnderTest } from './testing/hubUnderTest.ts';
import { send } from './testing/rawHttp.ts';

const guard = new Guard(['192.168.7.1', 'hub.example:4318']);

function check(headers: Record<string, string>, expected: 'passes' | RegExp): void {
  const request = { headers, socket: { localAddress: '::ffff:10.0.0.5' } } as unknown as IncomingMessage;
  expect(guard.refusalOf(request) ?? 'passes').toMatch(expected);
}

test('loopback names, the bound address and allowed names pass, with and without a port', () => {
  for (const host of ['127.0.0.1', '127.9.9.9:1', 'localhost:4319', 'LOCALHOST.', '[::1]:4319', '[::1]']) {
    check({ host }, 'passes');
  }
  for (const host of ['192.168.7.1:4319', 'hub.example', 'Hub.Example:1', '10.0.0.5:4319']) {
    check({ host }, 'passes');
  }
});

test('every other name is refused, since a page may have made it point here', () => {
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:4319',
    '10.0.0.6',
    '127.1',
    '',
  ]) {
    check({ host }, /--allow-host/);
  }
  for (const host of ['localhost@evil.example', 'a b', '[::1', '::1', 'localhost:99999999']) {
    check({ host }, /--allow-host/);
  }
});

test('an origin is refused, whichever it is', () => {
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:4319', '']) {
    check({ host: 'localhost', origin }, /Origin/);
  }
});

test('a request that a browser made for a page is refused, one typed by a person is not', () => {
  check({ host: 'localhost', 'sec-fetch-site': 'cross-site' }, /Sec-Fetch-Site/);
  check({ host: 'localhost', 'sec-fetch-site': 'same-origin' }, /Sec-Fetch-Site/);
  check({ host: 'localhost', 'sec-fetch-site': 'none' }, 'passes');
});

const paths = ['api/health', 'api/sightline/v1/traces', 'otlpHttp/v1/traces', 'xrayTcp/GetSamplingRules'];

function urlsOf({ endpoints }: HubUnderTest): string[] {
  return paths.map((path) => {
    const [server, ...rest] = path.split('/');
    return `${endpoints[server as 'api' | 'otlpHttp' | 'xrayTcp']}/${rest.join('/')}`;
  });
}

test('a page on another origin can neither read nor write, on any server of the hub', async () => {
  const hub = await startHubUnderTest();
  for (const url of urlsOf(hub)) {
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
      const authorization = `Bearer ${hub.token}`;
      const headers = { origin: 'https://evil.example', 'content-type': 'text/plain', authorization };
      const { status, headers: answered } = await send(url, { method, headers, body: method === 'POST' ? '{}' : '' });
      expect(`${method} ${url} ${status} ${answered['access-control-allow-origin'] ?? 'no CORS'}`).toBe(
        `${method} ${url} 403 no CORS`,
      );
    }
  }
  expect(hub.store.payloads).toEqual([]);
});

test('a name that was made to point here (DNS rebinding) can neither read nor write', async () => {
  const hub = await startHubUnderTest();
  for (const url of urlsOf(hub)) {
    for (const method of ['GET', 'POST']) {
      const headers = { host: 'evil.example:4319', authorization: `Bearer ${hub.token}` };
      expect((await send(url, { method, headers })).status).toBe(403);
    }
  }
  expect(hub.store.payloads).toEqual([]);
});

test('--allow-host lets clients in by that name', async () => {
  const { endpoints } = await startHubUnderTest('--allow-host', 'sightline');
  const { status } = await send(`${endpoints.api}/health`, { headers: { host: 'sightline:4319' } });
  expect(status).toBe(200);
});
