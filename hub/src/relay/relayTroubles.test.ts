import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { relayDestinations, type RelayChange, type RelayDestination } from '../client/relayApi.ts';
import { untrusted } from '../testing/untrusted.ts';
import { makeSender } from './makeSender.ts';

// What stands between a machine and its destinations: portals, proxies, certificates of neither.
const settings: Omit<RelayChange, 'endpoint'> = {
  enabled: true,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'planted-secret-0123456789' },
  token: 'planted0token0abcdef0123456789abcd',
  headers: { 'x-api-key': 'planted-key-0123456789' },
};
const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'NO_PROXY', 'no_proxy'] as const;
const environment = proxyNames.map((name) => [name, process.env[name]] as const);

afterEach(() => {
  for (const [name, value] of environment) {
    if (value === undefined) {
      delete process.env[name];
    } else {
      process.env[name] = value;
    }
  }
});

/** Sends a test to each destination at an endpoint, and compares what a person is told of all of them. */
async function check(endpoint: string, expected: (destination: RelayDestination) => RegExp): Promise<void> {
  for (const destination of relayDestinations) {
    // oxlint-disable-next-line no-await-in-loop -- four short ones.
    const said = await outcomeOf(destination, endpoint);
    expect(`${destination}: ${said.replaceAll(new URL(endpoint).host, 'HOST')}`).toMatch(expected(destination));
    expect(said).not.toMatch(/planted/);
  }
}

async function outcomeOf(destination: RelayDestination, endpoint: string): Promise<string> {
  const sender = await makeSender(destination, { ...settings, endpoint });
  try {
    return await sender.test(AbortSignal.timeout(20_000));
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  } finally {
    sender.close();
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function answering(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createHttpServer(listener))}`;
}

test('a web page in place of an answer is said to be one', async () => {
  const endpoint = await answering((_, reply) => {
    reply.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
  });
  await check(endpoint, (destination) => new RegExp(`^${destination}: TestFailure: .*answers with a web page`));
});

test('an address that only leads elsewhere is said to', async () => {
  const endpoint = await answering((_, reply) => reply.writeHead(302, { location: 'https://portal.example' }).end());
  await check(endpoint, (destination) => new RegExp(`^${destination}: TestFailure: .*sends elsewhere \\(302\\)`));
});

test('a certificate that nobody trusts is said to be that, with what to do', async () => {
  const port = await listening(createHttpsServer(untrusted, (_, reply) => reply.end('{}')));
  await check(
    `https://127.0.0.1:${port}`,
    (destination) =>
      new RegExp(
        `^${destination}: TestFailure: The certificate of HOST is not trusted \\(DEPTH_ZERO_SELF_SIGNED_CERT\\): .*NODE_EXTRA_CA_CERTS\\.$`,
      ),
  );
});

test('a name that nobody knows is said to be that', async () => {
  await check(
    'http://no-such-name.invalid',
    (destination) => new RegExp(`^${destination}: TestFailure: The name HOST cannot be found`),
  );
});

test('what is not on this machine goes through the proxy that the environment names', async () => {
  const passed: string[] = [];
  process.env['HTTP_PROXY'] = await answering((request, reply) => {
    passed.push(`${request.method} ${request.url}`);
    reply.writeHead(503).end();
  });
  await check('http://vendor.invalid', (destination) => new RegExp(`^${destination}: TestFailure: .*\\(503\\)`));
  expect(passed).toEqual([
    'POST http://vendor.invalid/TraceSegments',
    'POST http://vendor.invalid/',
    'POST http://vendor.invalid/v1/traces',
    'POST http://vendor.invalid/api/1/item/',
  ]);
});

test('a proxy that lets nothing through is said to be the one', async () => {
  const server = createHttpServer();
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${await listening(server)}`;
  await check(
    'https://vendor.invalid',
    (destination) => new RegExp(`^${destination}: TestFailure: The proxy does not let through to HOST \\(407\\)`),
  );
});
