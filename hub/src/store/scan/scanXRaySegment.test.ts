import { readdirSync, readFileSync } from 'node:fs';
import { toUtf8 } from '@sightline/telemetry/decode/utf8';
import { decodeXRaySegment } from '@sightline/telemetry/decode/xraySegment';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeIndex, renderIndexRows } from '../testing/indexRows.ts';
import { XRaySegmentScanner } from './scanXRaySegment.ts';
import { stageSpan } from './stageSpan.ts';

/** Makes the scanner give up in the middle of everything, which must not show in what it reads next. */
const halfRead = Buffer.from(
  '{"parent_id":"00000000000000ff","aws":{"a":{"b":1}},"subsegments":[{"http":{"request":{"url":null',
);

/**
 * Where the scanner says that a document is plain, it and the decoder fill the columns alike, and the decoder has nothing to say about it;
 * else nothing has been staged. Answers whether it is plain.
 */
function check(body: Uint8Array): boolean {
  const index = makeIndex();
  const scanner = new XRaySegmentScanner(index.staging);
  scanner.scan(halfRead);
  const { isPlain, spans } = scanner.scan(body);
  const found = { spans, problems: [], rows: renderIndexRows(index) };
  expect(found).toEqual(isPlain ? decode(body) : { spans: 0, problems: [], rows: [] });
  return isPlain;
}

function decode(body: Uint8Array): object {
  const index = makeIndex();
  const { records, problems } = decodeXRaySegment(toUtf8(body));
  for (const record of records) {
    stageSpan(index.staging, record);
  }
  return { spans: records.length, problems: [...problems], rows: renderIndexRows(index) };
}

/** Checks many documents, of which at least a share of `plain` must have been scanned. */
function checkMany(bodies: fc.Arbitrary<Uint8Array>, plain: number, numRuns: number): void {
  let checked = 0;
  fc.assert(
    fc.property(bodies, (body) => void (checked += check(body) ? 1 : 0)),
    { numRuns },
  );
  expect(checked).toBeGreaterThanOrEqual(plain * numRuns);
}

const folder = new URL('../../../../telemetry/test/fixtures/', import.meta.url);
const captured = readdirSync(folder)
  .filter((name) => name.includes('xray') && name.endsWith('.txt'))
  .map((name) => {
    const datagram = readFileSync(new URL(name, folder));
    return { name, body: datagram.subarray(datagram.indexOf('\n') + 1) };
  });

/** JSON text by the field; a key may come twice. */
type Fields = readonly (readonly [key: string, json: string])[];

/** `often` where nothing is wrong; one in `oneIn` is something else. */
function mostly(often: fc.Arbitrary<string>, other: fc.Arbitrary<string>, oneIn = 60): fc.Arbitrary<string> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: often }, { weight: 1, arbitrary: other });
}

function objectOf(fields: fc.Arbitrary<Fields>): fc.Arbitrary<string> {
  return fc
    .tuple(fields, fc.constantFrom('', '', ' ', '\n\t'))
    .map(([each, space]) => `{${each.map(([key, json]) => `${space}${key}:${space}${json}`).join(',')}${space}}`);
}

/** All `fields` that are drawn, in any order, now and then one of them twice. */
function fieldsOf(
  fields: Readonly<Record<string, fc.Arbitrary<string>>>,
  required: readonly string[],
): fc.Arbitrary<Fields> {
  const entries = Object.entries(fields).map(([key, json]) =>
    fc
      .tuple(json, required.includes(key) ? fc.constantFrom(...ones(99), 0) : fc.nat({ max: 1 }))
      .map(([text, times]): Fields => Array.from({ length: times }, () => [JSON.stringify(key), text] as const)),
  );
  return fc
    .tuple(fc.tuple(...entries), fc.array(fc.nat({ max: 3 }), { minLength: 30, maxLength: 30 }), fc.nat({ max: 99 }))
    .map(([drawn, order, twice]) => {
      const each = drawn.flat().toSorted(([a], [b]) => (order[a.length] ?? 0) - (order[b.length] ?? 0));
      return twice < each.length && twice < 3 ? [...each, each[twice] as Fields[number]] : each;
    });
}

function ones(count: number): number[] {
  return Array.from({ length: count }, () => 1);
}

const anything = fc.json({ maxDepth: 3 });
const text = fc.oneof(
  fc.constantFrom('"aws"', '"remote"', '"local"', '"ä€😀"', '""', '"a.b"', '"GET"', '"500"'),
  fc.stringMatching(/^[a-z ./:?=0-9]{0,20}$/).map((each) => JSON.stringify(each)),
);
const oddText = fc.oneof(
  fc.string().map((each) => JSON.stringify(each)),
  fc.constantFrom('"\\u00e4"', '"\\n"', '"\\/"'),
  anything,
);
const hex = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length / 2, maxLength: length / 2 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const id = mostly(
  hex(16).map((digits) => `"${digits}"`),
  fc.oneof(
    hex(14).map((digits) => `"${digits}"`),
    hex(16).map((digits) => `"${digits.toUpperCase()}"`),
    fc.constant(`"${'0'.repeat(16)}"`),
    anything,
  ),
);
const traceId = mostly(
  hex(32).map((digits) => `"1-${digits.slice(0, 8)}-${digits.slice(8)}"`),
  fc.oneof(
    hex(32).map((digits) => `"${digits}"`),
    fc.constant(`"1-${'0'.repeat(8)}-${'0'.repeat(24)}"`),
    anything,
  ),
);
const time = (from: number): fc.Arbitrary<string> =>
  mostly(
    fc
      .tuple(fc.nat({ max: 99_999 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(undefined, 3, 6, 7))
      .map(([seconds, part, places]) => {
        const sum = from + seconds + part;
        return places === undefined ? String(sum) : sum.toFixed(places);
      }),
    fc.oneof(
      fc.double().map((each) => JSON.stringify(each)),
      fc.constantFrom('1795397563', '1.795397563e9', '4102444799.9999998', '0', 'null', '"1795397563"'),
    ),
  );
const flag = mostly(fc.constantFrom('true', 'false'), anything);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('-0', '1.50', '1e3', '12345678901234567890'),
);
const status = mostly(fc.constantFrom('200', '404', '429', '503', '0', '70000', '200.5'), fc.oneof(number, oddText));
const value = fc.oneof(
  text,
  number,
  fc.constantFrom('true', 'false', 'null', '[]', '[1,{"a":"b"}]', '{}'),
  mostly(text, oddText, 8),
);
const key = mostly(
  fc.stringMatching(/^[a-z_]{1,8}$/).map((each) => JSON.stringify(each)),
  oddText.filter((each) => each.startsWith('"')),
  80,
);
const anyFields = (json: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  objectOf(fc.uniqueArray(fc.tuple(key, json), { maxLength: 5, selector: ([each]) => each }));
const nested = fc.oneof(value, anyFields(fc.oneof(value, anyFields(value))));
const exception = objectOf(fieldsOf({ id, type: text, message: oddText, remote: flag, stack: anything }, []));

const common = {
  name: mostly(
    text.filter((each) => each !== '""'),
    oddText,
  ),
  id,
  start_time: time(1_795_000_000),
  end_time: time(1_795_100_000),
  in_progress: flag,
  http: mostly(
    objectOf(
      fieldsOf(
        {
          request: mostly(
            objectOf(
              fieldsOf(
                {
                  method: mostly(text, oddText),
                  url: mostly(text, oddText),
                  user_agent: oddText,
                  client_ip: text,
                  x_forwarded_for: flag,
                  traced: flag,
                  other: anything,
                },
                [],
              ),
            ),
            anything,
          ),
          response: mostly(
            objectOf(fieldsOf({ status, content_length: value, other: anything }, ['status'])),
            anything,
          ),
        },
        [],
      ),
    ),
    anything,
  ),
  error: flag,
  throttle: flag,
  fault: flag,
  cause: fc.oneof(
    id,
    objectOf(
      fieldsOf({ working_directory: value, paths: nested, exceptions: exception.map((each) => `[${each}]`) }, []),
    ),
  ),
  annotations: mostly(anyFields(mostly(fc.oneof(text, number), value)), anything),
  metadata: anything,
  namespace: mostly(text, nested),
  links: mostly(fc.constant('[]'), anything),
  aws: nested,
  service: nested,
  user: value,
  sql: anyFields(value),
  __proto: nested,
  constructor: nested,
};
const always = ['name', 'id', 'start_time', 'end_time', 'trace_id'];
const { segment } = fc.letrec<{ subsegment: string; segment: string }>((tie) => {
  const subsegments = fc
    .array(tie('subsegment'), { maxLength: 3, depthIdentifier: 'subsegments' })
    .map((each) => `[${each.join(', ')}]`);
  const nestedToo = { ...common, subsegments: mostly(subsegments, anything) };
  return {
    subsegment: fc.oneof(
      { maxDepth: 2, depthIdentifier: 'subsegments' },
      objectOf(fieldsOf(common, always)),
      objectOf(fieldsOf({ ...nestedToo, trace_id: traceId, parent_id: id, type: text }, always)),
    ),
    segment: objectOf(
      fieldsOf(
        {
          ...nestedToo,
          trace_id: traceId,
          parent_id: mostly(id, oddText),
          type: mostly(fc.constantFrom('"subsegment"', '"segment"'), anything),
        },
        always,
      ),
    ),
  };
});
const document = segment.map((each) => Buffer.from(each));

function changed(bodies: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const bytes = fc.oneof(fc.constantFrom(...Buffer.from('"\\{}[],:0189-.eE \n_atfn')), fc.nat({ max: 255 }));
  return fc
    .tuple(bodies, fc.nat(), bytes, fc.nat({ max: 2 }), fc.nat({ max: 2 }))
    .map(([body, at, byte, put, taken]) => {
      const place = at % (body.length + 1);
      return Buffer.concat([body.subarray(0, place), Buffer.alloc(put, byte), body.subarray(place + taken)]);
    });
}

test.each(captured)('what an SDK sent is plain: $name', ({ body }) => {
  expect(check(body)).toBe(true);
});

const ids = '"trace_id":"1-6b0397bb-99365e2f13ee83f4bb966e89","id":"c09259f9ddf530ad"';
const sub = '{"id":"60288b3c66be833a","name":"b","start_time":1795397563.5,"end_time":1795397564}';

/** A segment with these fields besides those that every segment has. */
function segmentWith(fields: string): string {
  return `{${ids},"name":"a","start_time":1795397563.25,"end_time":1795397563.5,${fields}}`;
}

test.each([
  segmentWith('"user":"a"'),
  segmentWith('"parent_id":""'),
  segmentWith('"annotations":{"a.b":1,"user":"x"},"user":"x"'),
  segmentWith('"aws":{"a":{"b":[1,{"c":2}],"d":null,"e":{}},"f":-0,"g":1e3,"h":0.1234567890123456}'),
  segmentWith('"http":{"request":{"method":"GET","url":"http://ä.example/","traced":true},"response":{"status":429}}'),
  segmentWith(`"type":"subsegment","namespace":"aws","subsegments":[${sub}],"parent_id":"00000000000000FF"`),
  segmentWith('"metadata":{"a":"\\u00e4\\n","a":[[["\\""]]]}'),
  ` \n${segmentWith('"cause":{"paths":{"a":1},"working_directory":"/","exceptions":[]}')}\t `,
  `{${ids},"name":"a","start_time":1795397563,"in_progress":true}`,
])('plain: %s', (json) => {
  expect(check(Buffer.from(json))).toBe(true);
});

test.each([
  segmentWith('"user":"a","user":"b"'),
  segmentWith('"aws":{"a":1},"aws":{"b":2}'),
  segmentWith('"aws":{"a":1,"a":{"b":2}}'),
  segmentWith('"aws":{"a.b":1,"a":{"b":2}}'),
  segmentWith('"a.b":1,"a":{"b":2}'),
  segmentWith('"http.request.traced":1,"http":{"request":{"traced":true}}'),
  segmentWith('"annotations":{"a":1,"a":2}'),
  segmentWith('"annotations":{"a":null}'),
  segmentWith('"annotations":{"a":[1]}'),
  segmentWith(String.raw`"user":"\u0061"`),
  segmentWith(String.raw`"us\u0065r":"a"`),
  segmentWith(`"namespace":["aws"],"type":"subsegment","parent_id":"00000000000000ff"`),
  segmentWith('"type":"subsegment"'),
  segmentWith('"parent_id":"0000000000000000"'),
  segmentWith('"parent_id":"xyz"'),
  segmentWith('"subsegments":[1]'),
  segmentWith(`"subsegments":[${sub.replace('1795397564', '1795397563')}]`),
  segmentWith(`"subsegments":[${sub.replace('60288b3c66be833a', '0000000000000000')}]`),
  segmentWith('"links":[{"trace_id":"x"}]'),
  segmentWith('"fault":1'),
  segmentWith('"http":{"response":{"status":"500"}}'),
  `${segmentWith('"user":"a"')} x`,
  `\uFEFF${segmentWith('"user":"a"')}`,
  segmentWith(`"aws":${'{"a":'.repeat(200)}1${'}'.repeat(200)}`),
  segmentWith(`"metadata":${'['.repeat(200)}1${']'.repeat(200)}`),
  `{${ids},"name":"","start_time":1795397563,"end_time":1795397563}`,
  `{${ids},"name":"a","start_time":1795397563}`,
  `{${ids},"name":"a","start_time":1,"end_time":1795397563}`,
  `{${ids},"name":"a","start_time":4102444799.9999998,"end_time":4102444799.9999998}`,
  `{${ids},"name":"a","start_time":1795397563,"end_time":1e11}`,
  '{"id":"c09259f9ddf530ad","name":"a","start_time":1795397563,"end_time":1795397563}',
])('left to the decoder: %s', (json) => {
  expect(check(Buffer.from(json))).toBe(false);
});

test('left to the decoder: what is not UTF-8', () => {
  expect(check(Buffer.from(segmentWith('"user":"\u00e4"'), 'latin1'))).toBe(false);
});

test('left to the decoder: what is larger than X-Ray takes', () => {
  expect(check(Buffer.from(segmentWith(`"metadata":"${'x'.repeat(65_536)}"`)))).toBe(false);
});

test('the scanner fills the columns as the decoder does', () => {
  checkMany(document, 0.2, 500);
});

test('they agree about a document with a byte changed, missing or too many', () => {
  checkMany(changed(document), 0.05, 500);
});

test('they agree about what an SDK sent, with a byte changed, missing or too many', () => {
  checkMany(changed(fc.constantFrom(...captured.map(({ body }) => body))), 0.2, 1000);
});

test('they agree about a document that was cut off', () => {
  checkMany(
    fc.tuple(document, fc.nat()).map(([body, at]) => body.subarray(0, at % (body.length + 1))),
    0,
    100,
  );
});

test('they agree about any JSON', () => {
  checkMany(
    anything.map((each) => Buffer.from(each)),
    0,
    100,
  );
});

test('they agree about a document in which a part of another was put', () => {
  const put = fc
    .tuple(document, document, fc.nat(), fc.nat(), fc.nat({ max: 200 }))
    .map(([body, other, at, from, length]) => {
      const place = at % (body.length + 1);
      const start = from % (other.length + 1);
      return Buffer.concat([body.subarray(0, place), other.subarray(start, start + length), body.subarray(place)]);
    });
  checkMany(put, 0, 200);
});

test('documents that were given up half-way leave nothing behind', () => {
  const scanner = new XRaySegmentScanner(makeIndex().staging);
  for (let count = 0; count < 1000; count += 1) {
    scanner.scan(halfRead);
  }
  expect(scanner.scan(Buffer.from(segmentWith('"user":"a"')))).toEqual({ spans: 1, isPlain: true });
});
