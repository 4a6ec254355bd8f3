import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, test } from 'vitest';
import { allowedOriginsOf, crossOrigin } from './crossOrigin.ts';

/** What a browser on `origin` is told before and by a call of the backend that has this environment. */
async function check(env: Record<string, string>, origin: string, expected: string): Promise<void> {
  const app = express();
  app.use(crossOrigin(allowedOriginsOf(env)));
  app.get('/', (_request, response) => {
    response.json({});
  });
  const server = http.createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const answers = [];
    for (const method of ['OPTIONS', 'GET']) {
      const { status, headers } = await fetch(url, {
        method,
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      answers.push(`${method} ${status} ${headers.get('access-control-allow-origin')}`);
    }
    expect(answers.join(', ')).toBe(expected);
  } finally {
    server.close();
  }
}

const codespace = {
  FRONTEND_URL: 'https://octo-3000.app.github.dev',
  BACKEND_URL: 'https://octo-4567.app.github.dev/',
};

test('the page and the backend may call, each from its public address', async () => {
  const page = 'https://octo-3000.app.github.dev';
  await check(codespace, page, `OPTIONS 204 ${page}, GET 200 ${page}`);
  const backend = 'https://octo-4567.app.github.dev';
  await check(codespace, backend, `OPTIONS 204 ${backend}, GET 200 ${backend}`);
});

test('another origin is told nothing, nor is anyone where no address is known', async () => {
  await check(codespace, 'https://evil.example', 'OPTIONS 204 null, GET 200 null');
  await check({}, 'http://127.0.0.1:3000', 'OPTIONS 204 null, GET 200 null');
});

test('both spellings of this machine are one', () => {
  expect(allowedOriginsOf({ FRONTEND_URL: 'http://127.0.0.1:3000' })).toEqual([
    'http://127.0.0.1:3000',
    'http://localhost:3000',
  ]);
});

test('what is no address is refused in words', () => {
  expect(() => allowedOriginsOf({ FRONTEND_URL: 'localhost:3000' })).toThrow(
    'FRONTEND_URL must be an address such as http://localhost:3000, not "localhost:3000".',
  );
});
