import { readFileSync, readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTrace } from '../../test/arbitraryTrace.ts';
import { sampleBackendSegments, sampleBackendTraces } from '../../test/capturedTraces.ts';
import { spansOf } from '../../test/traceSpans.ts';
import { decodeXRayDatagram } from '../decode/xrayDatagram.ts';
import { decodeXRaySegment } from '../decode/xraySegment.ts';
import type { Span } from '../model/span.ts';
import { requestsOfTrace } from './traceRequests.ts';
import { xrayDocuments } from './xrayDocument.ts';

interface Part {
  readonly id: string;
  readonly name: string;
  readonly parent_id?: string;
  readonly type?: string;
  readonly namespace?: string;
  readonly inferred?: boolean;
  readonly origin?: string;
  readonly subsegments?: readonly Part[];
}

/** Documents as an outline: what is nested is indented, what has a parent elsewhere names it. */
function check(outline: string, expected: string): void {
  const documents = xrayDocuments(spansOf(outline)).map(({ document }) => JSON.parse(document) as Part);
  expect(documents.map((part) => renderPart(part)).join('\n')).toBe(expected.trim().replaceAll(/^ {4}/gm, ''));
}

function renderPart(part: Part, indent = ''): string {
  const head = [
    part.type ?? (indent === '' ? 'segment' : 'subsegment'),
    part.name,
    ...(part.namespace === undefined ? [] : [part.namespace]),
    ...(part.origin === undefined ? [] : [part.origin]),
    ...(part.inferred === true ? ['inferred'] : []),
    ...(part.parent_id === undefined ? [] : [`below ${part.parent_id.replace(/^0+/, '')}`]),
  ].join(' ');
  return [indent + head, ...(part.subsegments ?? []).map((inner) => renderPart(inner, `${indent}  `))].join('\n');
}

test('OTel spans are segments where a service was asked, and subsegments elsewhere', () => {
  check(
    `server shop GET {"resource":{"cloud.platform":"aws_ecs"}}
       internal shop render
         client shop pg.query {"db.system.name":"postgresql","db.namespace":"orders","server.address":"db.example"}
       client shop DynamoDB.PutItem {"rpc.system":"aws-api","rpc.service":"DynamoDB","aws.dynamodb.table_names":["carts"]}
       client shop GET {"http":{"url":"https://stock.example/items"}}
         server stock GET`,
    `
    segment shop AWS::ECS::Container
      subsegment render
        subsegment orders@db.example remote
      subsegment DynamoDB aws
      subsegment stock.example remote
    segment stock below 5
    segment orders@db.example Database::SQL inferred below 3
    segment DynamoDB AWS::DynamoDB::Table inferred below 4`,
  );
});

test('a subsegment whose segment has not arrived is a document of its own', () => {
  check(
    `internal shop late <lost
       internal shop inner`,
    `
    subsegment late below dead
      subsegment inner`,
  );
});

test('the blocks of a database call, a failed call and its exception', () => {
  const spans =
    spansOf(`server shop GET fault {"http":{"method":"GET","url":"/pay","status":500},"server.address":"shop.example","user":"u","enduser.id":"alice","app.items":3,"annotations":{"app.items":3},"resource":{"service.version":"1.2","telemetry.sdk.name":"opentelemetry","telemetry.sdk.language":"nodejs"}}
    client shop query fault {"db.system":"mysql","db.name":"orders","server.address":"db","server.port":3306,"db.statement":"select 1","exceptions":[{"type":"Error","message":"gone","stack":[{"path":"a.js","line":3,"label":"run"}]}]}`);
  const documents = xrayDocuments(spans);
  expect(documents.map(({ document }) => JSON.parse(document) as unknown)).toMatchInlineSnapshot(`
    [
      {
        "annotations": {
          "app.items": 3,
        },
        "aws": {
          "xray": {
            "sdk": "opentelemetry for nodejs",
          },
        },
        "end_time": 1795397632.1,
        "fault": true,
        "http": {
          "request": {
            "method": "GET",
            "url": "http://shop.example/pay",
          },
          "response": {
            "status": 500,
          },
        },
        "id": "0000000000000001",
        "metadata": {
          "default": {
            "otel.resource.service.version": "1.2",
            "otel.resource.telemetry.sdk.language": "nodejs",
            "otel.resource.telemetry.sdk.name": "opentelemetry",
            "server.address": "shop.example",
            "user": "u",
          },
        },
        "name": "shop",
        "service": {
          "version": "1.2",
        },
        "start_time": 1795397632,
        "subsegments": [
          {
            "cause": {
              "exceptions": [
                {
                  "id": "9e3779b97f4a7c17",
                  "message": "gone",
                  "remote": true,
                  "stack": [
                    {
                      "label": "run",
                      "line": 3,
                      "path": "a.js",
                    },
                  ],
                  "type": "Error",
                },
              ],
            },
            "end_time": 1795397632.1,
            "fault": true,
            "id": "0000000000000002",
            "metadata": {
              "default": {
                "server.address": "db",
                "server.port": 3306,
              },
            },
            "name": "orders@db",
            "namespace": "remote",
            "sql": {
              "connection_string": "db:3306/orders",
              "database_type": "mysql",
              "sanitized_query": "select 1",
              "url": "query",
            },
            "start_time": 1795397632,
          },
        ],
        "trace_id": "1-4efaaf4d-1e8720b39541901950019ee5",
        "user": "alice",
      },
      {
        "end_time": 1795397632.1,
        "fault": true,
        "id": "fffffffffffffffd",
        "inferred": true,
        "name": "orders@db",
        "origin": "Database::SQL",
        "parent_id": "0000000000000002",
        "sql": {
          "connection_string": "db:3306/orders",
          "database_type": "mysql",
          "sanitized_query": "select 1",
          "url": "query",
        },
        "start_time": 1795397632,
        "trace_id": "1-4efaaf4d-1e8720b39541901950019ee5",
      },
    ]
  `);
});

test('what X-Ray’s SDKs sent comes back as it was', () => {
  const segments = sampleBackendSegments();
  for (const [traceId, spans] of sampleBackendTraces()) {
    const sent = segments.filter((segment) => JSON.stringify(segment).includes(traceId.slice(8)));
    const documents = xrayDocuments(spans, sent).map(({ document }) => JSON.parse(document) as object);
    expect(documents).toContainEqual(sent[0]);
  }
});

test('subsegments that were sent alone are put into their segment', () => {
  const fixtures = new URL('../../test/fixtures/', import.meta.url);
  const sent = readdirSync(fixtures)
    .filter((name) => /^node-xray-(?:worker|subsegment).*\.txt$/.test(name))
    .map((name) => decodeXRayDatagram(readFileSync(new URL(name, fixtures))).document ?? '');
  const spans = sent.flatMap((document) => decodeXRaySegment(document).records);
  const parsed = sent.map((document) => JSON.parse(document) as unknown);
  const [document] = xrayDocuments(spans, parsed).map((made) => JSON.parse(made.document) as Part);
  expect(renderPart(document as Part)).toMatchInlineSnapshot(`
    "segment worker below 53995c3f42cd8ad8
      subsegment chunk
        subsegment row
      subsegment late"
  `);
});

test('documents made of X-Ray’s spans decode to the same spans', () => {
  const flagged = {
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
    id: '00000000000000aa',
    name: 'shop',
    start_time: 1,
  };
  const http = { request: { method: 'GET', traced: true, x_forwarded_for: true } };
  for (const segment of [...sampleBackendSegments(), { ...flagged, http, end_time: 2 }]) {
    const spans = decodeXRaySegment(JSON.stringify(segment)).records;
    const made = xrayDocuments(spans).flatMap(({ document }) => decodeXRaySegment(document).records);
    expect(made).toEqual(spans);
  }
});

test('every trace has documents, each span in one of them, and all are JSON', () => {
  fc.assert(
    fc.property(anyTrace, (spans) => {
      const parts = xrayDocuments(spans).flatMap(({ document }) => flat(JSON.parse(document) as Part));
      const inferred = requestsOfTrace(spans).requests.filter(({ isInferred }) => isInferred);
      const ids = [...new Set(spans.map(({ id }) => id)), ...inferred.map(({ id }) => id)];
      expect(parts.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    }),
  );
});

test('a chain of 10,000 spans has documents', () => {
  const [first] = spansOf('internal shop step') as [Span];
  const chain = Array.from({ length: 10_000 }, (_, index): Span => ({
    ...first,
    id: hex(index + 1),
    ...(index === 0 ? {} : { parentId: hex(index) }),
  }));
  expect(xrayDocuments(chain).flatMap(({ document }) => flat(JSON.parse(document) as Part))).toHaveLength(10_000);
});

function flat(part: Part): Part[] {
  return [part, ...(part.subsegments ?? []).flatMap(flat)];
}

function hex(number: number): Span['id'] {
  return number.toString(16).padStart(16, '0') as Span['id'];
}
