import { expect, test } from 'vitest';
import type { Attributes, SpanKind } from '../model/span.ts';
import { httpOf, statusOf } from './otlpConventions.ts';

function check(attributes: Attributes, expected: string): void {
  expect(JSON.stringify(httpOf(attributes)) ?? 'none').toBe(expected);
}

function checkStatus(kind: SpanKind, httpStatuses: readonly (number | undefined)[], expected: string): void {
  const isError = [0, 2];
  const rows = isError.map((code) => httpStatuses.map((status) => statusOf(code, kind, status)).join(' '));
  expect(rows.join(' | ')).toBe(expected);
}

test('HTTP is read by the stable conventions', () => {
  check(
    {
      'http.request.method': 'GET',
      'url.full': 'https://h/a?b',
      'http.route': '/a',
      'http.response.status_code': 200,
      'user_agent.original': 'curl',
      'client.address': '192.0.2.7',
      'http.response.body.size': 17,
    },
    '{"method":"GET","url":"https://h/a?b","route":"/a","status":200,"userAgent":"curl","clientIp":"192.0.2.7","contentLength":17}',
  );
  check({ 'url.path': '/a', 'url.query': 'b=1' }, '{"url":"/a?b=1"}');
  check({ 'url.path': '/a', 'url.query': '?b=1' }, '{"url":"/a?b=1"}');
});

test('HTTP is read by the older conventions', () => {
  check(
    {
      'http.method': 'GET',
      'http.url': 'https://h/a',
      'http.status_code': '404',
      'http.user_agent': 'curl',
      'http.client_ip': '::1',
    },
    '{"method":"GET","url":"https://h/a","status":404,"userAgent":"curl","clientIp":"::1"}',
  );
  check({ 'http.target': '/a?b' }, '{"url":"/a?b"}');
});

test('of both, the stable one counts', () => {
  check(
    { 'http.method': 'OLD', 'http.request.method': 'GET', 'http.status_code': 1, 'http.response.status_code': 200 },
    '{"method":"GET","status":200}',
  );
});

test('a span without HTTP has none, whatever its client', () => {
  check({ 'client.address': '::1', 'db.system': 'postgresql' }, 'none');
  check({ 'http.method': 7, 'http.status_code': 'x' }, 'none');
});

test('the status of a server, unset and then ERROR, for no HTTP status, 200, 404, 429 and 500', () => {
  checkStatus(
    'server',
    [undefined, 200, 404, 429, 500],
    'ok ok error throttled fault | fault fault error throttled fault',
  );
});

test('the status of anything else needs ERROR', () => {
  checkStatus('client', [undefined, 200, 404, 429, 500], 'ok ok ok ok ok | fault fault error throttled fault');
  checkStatus('internal', [undefined], 'ok | fault');
});
