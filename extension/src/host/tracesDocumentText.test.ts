import type { RawTrace, SpanJson } from '@sightline/hub/client/api';
import { expect, test } from 'vitest';
import { parseDocumentPath, renderRawDocument, renderSpanDocument, toDocumentPath } from './tracesDocumentText.ts';
import { testTraceId } from './tracesTestRows.ts';

function withoutLocalTime(document: string): string {
  // The local time depends on where the test runs; what it is made of has tests of its own.
  return document.replaceAll(/\d{4}-\d\d-\d\d [\d:.]+/g, '<local time>');
}

const traceId = testTraceId(0xabc);

test('a path says which trace and span it shows, and ends in a title for the tab', () => {
  const path = toDocumentPath({ traceId, title: 'GET /api/messages/@:handle' });
  expect(path).toBe(`/${traceId}/raw/GET  api messages @ handle.json`);
  expect(parseDocumentPath(path)).toEqual({ traceId });
  const ofSpan = toDocumentPath({ traceId, spanId: '53995c3f42cd8ad8', title: '../..' });
  expect(ofSpan).toBe(`/${traceId}/53995c3f42cd8ad8/.. ...json`);
  expect(parseDocumentPath(ofSpan)).toEqual({ traceId, spanId: '53995c3f42cd8ad8' });
});

test('any other path is not one of ours', () => {
  expect([parseDocumentPath('/etc/passwd'), parseDocumentPath(`/${traceId}/raw`)]).toEqual([undefined, undefined]);
});

test('a trace shows its documents as they came', () => {
  const raw: RawTrace = {
    id: traceId,
    documents: [
      {
        source: 'xray',
        format: 'xray-json',
        receivedAt: '1795392187120000000',
        document: { name: 'backend', aws: {} },
      },
      { source: 'otlp', format: 'otlp-protobuf', receivedAt: '1795392187220000000', document: { resourceSpans: [] } },
    ],
  };
  expect(withoutLocalTime(renderRawDocument(raw))).toMatchInlineSnapshot(`
    "{
      "traceId": "00000000000000000000000000000abc",
      "documents": [
        {
          "source": "xray",
          "format": "xray-json",
          "receivedAt": "<local time> (1795392187120000000 ns)",
          "document": {
            "name": "backend",
            "aws": {}
          }
        },
        {
          "source": "otlp",
          "format": "otlp-protobuf",
          "receivedAt": "<local time> (1795392187220000000 ns)",
          "document": {
            "resourceSpans": []
          }
        }
      ]
    }
    "
  `);
  expect(JSON.parse(renderRawDocument(raw)).documents[1].document).toEqual({ resourceSpans: [] });
});

test('what is too large for the editor is counted, and the rest is still JSON', () => {
  const document = { text: 'x'.repeat(9_000_000) };
  const one = { source: 'otlp', format: 'otlp-json', receivedAt: '0', document } as const;
  const shown = JSON.parse(renderRawDocument({ id: traceId, documents: [one, one, one] })) as Record<string, unknown>;
  expect([(shown['documents'] as unknown[]).length, shown['documentsLeftOutForTheirSize']]).toEqual([2, 1]);
});

test('a span shows its times in words and leaves out what its sender left empty', () => {
  const span: SpanJson = {
    id: '53995c3f42cd8ad8',
    name: 'pg.query:SELECT',
    service: 'backend',
    kind: 'client',
    startTime: '1795392187120000000',
    durationNanos: '4200000',
    status: 'ok',
    attributes: { 'db.query.text': 'SELECT 1' },
    annotations: {},
    metadata: {},
    resource: {},
    events: [],
    links: [],
    exceptions: [],
    source: 'otlp',
  };
  expect(withoutLocalTime(renderSpanDocument(traceId, span))).toMatchInlineSnapshot(`
    "{
      "traceId": "00000000000000000000000000000abc",
      "id": "53995c3f42cd8ad8",
      "start": "<local time> (1795392187120000000 ns)",
      "duration": "4.2 ms",
      "durationNanos": "4200000",
      "name": "pg.query:SELECT",
      "service": "backend",
      "kind": "client",
      "status": "ok",
      "attributes": {
        "db.query.text": "SELECT 1"
      },
      "source": "otlp"
    }
    "
  `);
});
