import { expect, test } from 'vitest';
import { sampleBackendTraces } from '../../test/capturedTraces.ts';
import { renderRequests } from '../../test/renderRequests.ts';
import { renderServiceMap } from '../../test/renderServiceMap.ts';
import { ServiceMapBuilder } from './serviceMapBuilder.ts';
import { requestsOfTrace } from './traceRequests.ts';

const traces = [...sampleBackendTraces().values()].map(requestsOfTrace);

test('each request of the sample is one, though both X-Ray and OpenTelemetry report it', () => {
  const text = traces.map(
    (trace) => `${trace.requests[trace.entryPoint ?? -1]?.name}\n${renderRequests(trace).replaceAll(/^/gm, '  ')}`,
  );
  expect(text.toSorted().join('\n')).toMatchInlineSnapshot(`
    "GET /api/activities/@:handle
      client → backend fault root
      backend → postgres@127.0.0.1 Database::SQL inferred
    GET /api/activities/@:handle
      client → backend root
      backend → postgres@127.0.0.1 Database::SQL inferred
      backend → postgres@127.0.0.1 Database::SQL inferred
    GET /api/activities/home
      client → backend root
      backend → postgres@127.0.0.1 Database::SQL inferred
      backend → postgres@127.0.0.1 Database::SQL inferred
    GET /api/activities/notifications
      client → backend fault root
      backend → postgres@127.0.0.1 Database::SQL inferred
    GET /api/announcements
      client → backend root
      backend → 127.0.0.1:3000 remote inferred
    POST /api/activities
      client → backend error root"
  `);
});

test('its map shows no call from the backend to itself', () => {
  const builder = new ServiceMapBuilder();
  for (const trace of traces) {
    builder.add(trace);
  }
  expect(renderServiceMap(builder.build())).toMatchInlineSnapshot(`
    "127.0.0.1:3000 remote inferred: 1 ok, 0.012 s
    backend client
      → backend: 3 ok, 1 error, 2 fault, 0.0126 s
    backend root: 3 ok, 1 error, 2 fault, 0.0126 s
      → 127.0.0.1:3000 remote: 1 ok, 0.012 s
      → postgres@127.0.0.1 Database::SQL: 6 ok, 0.0055 s
    postgres@127.0.0.1 Database::SQL inferred: 6 ok, 0.0055 s"
  `);
});
