import { expect, test } from 'vitest';
import { exportRequest, nowNanos, randomId, traceparentOf, type ClientSpan } from './clientSpan.ts';

const span: ClientSpan = {
  traceId: '4efaaf4d1e8720b39541901950019ee5',
  spanId: '53995c3f42cd8ad8',
  method: 'GET',
  path: '/api/activities/search?term=span',
  origin: 'http://127.0.0.1:3000',
  action: 'Search',
  startTime: '1795482000000000000',
  endTime: '1795482000012345000',
  status: 200,
};

/** The one span of the request's body: its name, status and attributes, as text. */
function check(changes: Partial<ClientSpan>, expected: string): void {
  const { resourceSpans } = exportRequest({ ...span, ...changes }) as {
    resourceSpans: {
      scopeSpans: {
        spans: { name: string; status: { code?: number }; attributes: { key: string; value: object }[] }[];
      }[];
    }[];
  };
  const [sent] = resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
  const attributes = sent?.attributes.map(({ key, value }) => `${key}=${Object.values(value).join()}`).join(' ');
  expect(`${sent?.name} | ${sent?.status.code ?? 0} | ${attributes}`).toBe(expected);
}

test('the name has no query, the address has', () => {
  check(
    {},
    'GET /api/activities/search | 0 | http.request.method=GET url.full=http://127.0.0.1:3000/api/activities/search?term=span app.action=Search http.response.status_code=200',
  );
});

test('an answer of 400 or more is an error', () => {
  check(
    { path: '/api/messages', status: 422 },
    'GET /api/messages | 2 | http.request.method=GET url.full=http://127.0.0.1:3000/api/messages app.action=Search http.response.status_code=422',
  );
});

test('no answer is an error without a status', () => {
  check(
    { path: '/api/messages', status: undefined },
    'GET /api/messages | 2 | http.request.method=GET url.full=http://127.0.0.1:3000/api/messages app.action=Search error.type=no_answer',
  );
});

test('the backend gets the ids in the W3C header', () => {
  expect(traceparentOf(span)).toBe('00-4efaaf4d1e8720b39541901950019ee5-53995c3f42cd8ad8-01');
});

test('ids are hex of the right length, times whole nanoseconds', () => {
  expect(randomId(16)).toMatch(/^[\da-f]{32}$/);
  expect(nowNanos()).toMatch(/^\d{16}000$/);
});
