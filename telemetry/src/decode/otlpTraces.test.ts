import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toJsonTraceRequest } from '../../test/otlpJsonRequest.ts';
import {
  encodeTraceRequest,
  writeSpan,
  type SentResourceSpans,
  type SentSpan,
  type SentValue,
} from '../../test/otlpRequest.ts';
import { ProtobufWriter } from '../../test/protobufWriter.ts';
import { renderSpans } from '../../test/renderSpan.ts';
import { parseTraceId } from '../model/ids.ts';
import { decodeOtlpTraces } from './otlpTraces.ts';

const utf8 = new TextEncoder();
const traceId = '5759e988bd862e3fe1be46a994272793';
const start = 1_461_096_053_500_000_000n;
const span: SentSpan = { traceId, spanId: '53995c3f42cd8ad8', name: 'home', start, end: start + 250n };
const plain = '53995c3f42cd8ad8 home [shop] internal ok 1461096053500000000 +250';

function requestOf(...spans: readonly SentSpan[]): SentResourceSpans[] {
  return [{ resource: { 'service.name': 'shop' }, spans }];
}

/** The request decodes to the expected spans, in protobuf and in JSON alike. */
function check(sent: readonly SentResourceSpans[], expected: string): void {
  const text = expected.trim().replaceAll(/^ {4}/gm, '').replaceAll('...', plain);
  expect(withoutResource(renderSpans(decodeOtlpTraces(encodeTraceRequest(sent), 'protobuf')))).toBe(text);
  checkJson(toJsonTraceRequest(sent), text);
}

function checkJson(request: object | string, expected: string): void {
  const body = utf8.encode(typeof request === 'string' ? request : JSON.stringify(request));
  expect(withoutResource(renderSpans(decodeOtlpTraces(body, 'json')))).toBe(expected.replaceAll('...', plain));
}

function checkProtobuf(body: Uint8Array, expected: string): void {
  const text = expected.trim().replaceAll(/^ {4}/gm, '').replaceAll('...', plain);
  expect(withoutResource(renderSpans(decodeOtlpTraces(body, 'protobuf')))).toBe(text);
}

/** The service is on the first line already. */
function withoutResource(text: string): string {
  return text.replaceAll('\n  resource {"service.name":"shop"}', '');
}

function jsonOf(fields: object): object {
  const service = { key: 'service.name', value: { stringValue: 'shop' } };
  const times = { startTimeUnixNano: String(start), endTimeUnixNano: String(start + 250n) };
  const base = { traceId, spanId: span.spanId, name: 'home', ...times };
  return {
    resourceSpans: [{ resource: { attributes: [service] }, scopeSpans: [{ spans: [{ ...base, ...fields }] }] }],
  };
}

test('a span has its service from the resource', () => {
  check(requestOf(span), '...');
  check([{ spans: [span] }], '53995c3f42cd8ad8 home [unknown_service] internal ok 1461096053500000000 +250');
});

test('everything that a span carries is there', () => {
  check(
    [
      {
        resource: { 'service.name': 'shop', 'host.name': 'h' },
        scope: { name: 'lib', version: '1.2', attributes: { a: 1 } },
        spans: [
          {
            ...span,
            parentSpanId: '0000000000000009',
            traceState: 'vendor=1',
            flags: 0x3_01,
            kind: 2,
            attributes: {
              'http.request.method': 'GET',
              'http.response.status_code': 503,
              'aws.xray.annotations': ['n', 'gone'],
              n: 7,
            },
            events: [
              { name: 'retry', time: start, attributes: { at: 2 } },
              {
                name: 'exception',
                time: start,
                attributes: {
                  'exception.type': 'E',
                  'exception.message': 'no',
                  'exception.stacktrace': 'E: no\n    at f (/a.js:1:2)',
                },
              },
            ],
            links: [
              {
                traceId: '0000000000000000000000000000000a',
                spanId: '000000000000000b',
                traceState: 'v=2',
                attributes: { why: 'batch' },
              },
            ],
            droppedAttributes: 1,
            droppedEvents: 2,
            droppedLinks: 3,
            statusCode: 2,
            statusMessage: 'unavailable',
          },
        ],
      },
    ],
    `
    53995c3f42cd8ad8 < 0000000000000009 (remote) home [shop] server fault 1461096053500000000 +250
      http {"method":"GET","status":503}
      message "unavailable"
      attributes {"http.request.method":"GET","http.response.status_code":503,"aws.xray.annotations":["n","gone"],"n":7}
      annotations {"n":7}
      resource {"service.name":"shop","host.name":"h"}
      scope {"name":"lib","attributes":{"a":1},"version":"1.2"}
      tracestate "vendor=1"
      dropped {"attributes":1,"events":2,"links":3}
      event {"name":"retry","time":"1461096053500000000n","attributes":{"at":2}}
      event {"name":"exception","time":"1461096053500000000n","attributes":{"exception.type":"E","exception.message":"no"}}
      link {"traceId":"0000000000000000000000000000000a","attributes":{"why":"batch"},"spanId":"000000000000000b","traceState":"v=2"}
      exception {"type":"E","message":"no"}
        at f /a.js 1 2
        of 26 characters of text`,
  );
});

test('every kind of value is kept, 64-bit integers to the last digit', () => {
  const attributes: Record<string, SentValue> = {
    text: 'ü\0',
    yes: true,
    int: -5,
    big: 2n ** 63n - 1n,
    double: 0.25,
    list: [1, 'a', [null]],
    map: { a: { b: false } },
    bytes: Uint8Array.of(0, 255, 62),
    empty: null,
  };
  check(
    requestOf({ ...span, attributes }),
    `
    ...
      attributes {"text":"ü\\u0000","yes":true,"int":-5,"big":"9223372036854775807n","double":0.25,"list":[1,"a",[null]],"map":{"a":{"b":false}},"bytes":"AP8+","empty":null}`,
  );
});

test('kinds go by number', () => {
  const kinds = [0, 1, 2, 3, 4, 5, 99].map((kind) =>
    decodeOtlpTraces(encodeTraceRequest(requestOf({ ...span, kind })), 'protobuf'),
  );
  expect(kinds.map(({ records }) => records[0]?.kind).join(' ')).toBe(
    'internal internal server client producer consumer internal',
  );
});

test('the resource and the scope may follow their spans on the wire', () => {
  const request = new ProtobufWriter().message(1, (resourceSpans) => {
    resourceSpans.message(2, (scopeSpans) => {
      scopeSpans.message(2, (writer) => writeSpan(writer, span)).message(1, (scope) => scope.text(1, 'lib'));
    });
    resourceSpans.message(1, (resource) => {
      resource.message(1, (item) => item.text(1, 'service.name').message(2, (value) => value.text(1, 'shop')));
    });
  });
  checkProtobuf(request.finish(), '...\n  scope {"name":"lib","attributes":{}}');
});

test('fields that we do not know are passed over', () => {
  const request = new ProtobufWriter().text(99, 'x').message(1, (resourceSpans) => {
    resourceSpans.text(3, 'https://schema').message(1, (resource) => {
      resource.varint(2, 7).message(3, (entity) => entity.text(1, 'x'));
      resource.message(1, (item) =>
        item
          .text(1, 'service.name')
          .varint(3, 9)
          .message(2, (value) => value.varint(8, 4).text(1, 'shop')),
      );
    });
    resourceSpans.message(2, (scopeSpans) => {
      scopeSpans.text(3, 'https://schema').message(2, (writer) => {
        writer
          .raw(Uint8Array.of(0xa3, 6, 0x08, 1, 0xa4, 6))
          .fixed32(50, 1)
          .double(51, 1)
          .text(52, 'x');
        writeSpan(writer, span);
      });
    });
  });
  checkProtobuf(request.finish(), '...');
});

test('a parent of zeros is none, as some exporters spell a root', () => {
  check(requestOf({ ...span, parentSpanId: '0000000000000000' }), '...');
});

test('a parent of another length, and a link to nowhere, cost only themselves', () => {
  check(
    requestOf({ ...span, parentSpanId: '0102', links: [{ traceId: '00', spanId: '' }] }),
    `
    ...
    ! resourceSpans[0].scopeSpans[0].spans[0].links[0].traceId: a trace id is all zeros, which means "none"
    ! resourceSpans[0].scopeSpans[0].spans[0].parentSpanId: a span id is 16 hex digits, not "0102"`,
  );
});

test('a span without ids costs only itself', () => {
  const sent = requestOf(
    { ...span, traceId: '0'.repeat(32) },
    span,
    { ...span, spanId: '0'.repeat(16) },
    { ...span, traceId: '' },
    { ...span, spanId: '01' },
  );
  check(
    sent,
    `
    ...
    ! resourceSpans[0].scopeSpans[0].spans[0].traceId: a trace id is all zeros, which means "none"
    ! resourceSpans[0].scopeSpans[0].spans[2].spanId: a span id is all zeros, which means "none"
    ! resourceSpans[0].scopeSpans[0].spans[3].traceId: a trace id is missing
    ! resourceSpans[0].scopeSpans[0].spans[4].spanId: a span id is 16 hex digits, not "01"`,
  );
  expect(decodeOtlpTraces(encodeTraceRequest(sent), 'protobuf').rejected).toBe(4);
});

test('odd times are kept and told', () => {
  check(
    requestOf(
      { ...span, end: start - 1_500_000_000n },
      { ...span, start: 0n, end: 5n },
      { ...span, start: 4_102_444_800_000_000_000n, end: 4_102_444_800_000_000_001n },
    ),
    `
    53995c3f42cd8ad8 home [shop] internal ok 1461096053500000000 +-1500000000
    53995c3f42cd8ad8 home [shop] internal ok 0 +5
    53995c3f42cd8ad8 home [shop] internal ok 4102444800000000000 +1
    ! resourceSpans[0].scopeSpans[0].spans[0]: the span ends 1.5 s before it starts
    ! resourceSpans[0].scopeSpans[0].spans[1]: the start time is 0 s since 1970, outside the years 2000 to 2099: the unit is probably wrong
    ! resourceSpans[0].scopeSpans[0].spans[2]: the start time is 4102444800 s since 1970, outside the years 2000 to 2099: the unit is probably wrong`,
  );
});

test('10,000 attributes are taken; values 100 deep are kept, deeper than 128 are cut', () => {
  const attributes = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`key.${at}`, at]));
  const { records, problems } = decodeOtlpTraces(encodeTraceRequest(requestOf({ ...span, attributes })), 'protobuf');
  expect([Object.keys(records[0]?.attributes ?? {}).length, problems]).toEqual([10_000, []]);
  check(
    requestOf({ ...span, attributes: { deep: nested(100) } }),
    `...\n  attributes {"deep":${'['.repeat(100)}1${']'.repeat(100)}}`,
  );
  for (const depth of [129, 1000]) {
    const { problems: told } = decodeOtlpTraces(
      encodeTraceRequest(requestOf({ ...span, attributes: { deep: nested(depth) } })),
      'protobuf',
    );
    expect(told.map(({ message }) => message)).toEqual(['a value is nested deeper than 128 levels']);
  }
});

function nested(depth: number): SentValue {
  let value: SentValue = 1;
  for (let at = 0; at < depth; at++) {
    value = [value];
  }
  return value;
}

test('text that is not UTF-8 is shown with U+FFFD and told', () => {
  const request = new ProtobufWriter().message(1, (resourceSpans) => {
    resourceSpans.message(2, (scopeSpans) => {
      scopeSpans.message(2, (writer) => {
        writeSpan(writer, span);
        writer.bytes(5, Uint8Array.of(0x61, 0xff));
      });
      scopeSpans.message(2, (writer) => writeSpan(writer, span));
    });
  });
  checkProtobuf(
    request.finish(),
    `
    53995c3f42cd8ad8 a\uFFFD [unknown_service] internal ok 1461096053500000000 +250
    53995c3f42cd8ad8 home [unknown_service] internal ok 1461096053500000000 +250
    ! resourceSpans[0].scopeSpans[0].spans[0]: a text is not UTF-8; what cannot be read is shown as U+FFFD`,
  );
});

test('a broken attribute costs its span nothing else', () => {
  const request = new ProtobufWriter().message(1, (resourceSpans) => {
    resourceSpans.message(2, (scopeSpans) => {
      scopeSpans.message(2, (writer) => {
        writer.bytes(9, Uint8Array.of(0x0a, 0x01, 0x6b, 0x12, 0x7f));
        writeSpan(writer, span);
      });
    });
  });
  checkProtobuf(
    request.finish(),
    `
    53995c3f42cd8ad8 home [unknown_service] internal ok 1461096053500000000 +250
      attributes {"k":null}
    ! resourceSpans[0].scopeSpans[0].spans[0]: a length reaches beyond the end of its message`,
  );
});

function malformed(body: Uint8Array, encoding: 'protobuf' | 'json'): string | undefined {
  return decodeOtlpTraces(body, encoding).malformed?.message;
}

test('a body that is no request at all is malformed', () => {
  const whole = encodeTraceRequest(requestOf(span));
  expect(malformed(whole, 'protobuf')).toBeUndefined();
  expect(malformed(whole.subarray(0, whole.length - 1), 'protobuf')).toBe(
    'a length reaches beyond the end of its message',
  );
  expect(malformed(utf8.encode('{"resourceSpans":[]}'), 'protobuf')).toBe(
    'a length reaches beyond the end of its message',
  );
  expect(malformed(utf8.encode('{"resourceSpans":'), 'json')).toBe('not JSON: Unexpected end of JSON input');
  expect(malformed(utf8.encode('[]'), 'json')).toBe('not a JSON object');
  expect(malformed(new Uint8Array(), 'protobuf')).toBeUndefined();
});

test('JSON: ids in upper case and in base64, keys in snake case, enums by name, integers as number or text', () => {
  checkJson(jsonOf({ traceId: traceId.toUpperCase() }), '...');
  checkJson(jsonOf({ traceId: 'V1npiL2GLj/hvkaplCcnkw==', spanId: 'U5lcP0LNitg=' }), '...');
  checkJson(
    jsonOf({ kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } }),
    '...'.replace('...', plain.replace('internal ok', 'client fault')),
  );
  checkJson(
    jsonOf({ startTimeUnixNano: 1461096053500000000, endTimeUnixNano: 1461096053500000256 }),
    plain.replace('+250', '+256'),
  );
  checkJson(
    JSON.stringify(jsonOf({ attributes: [{ key: 'n', value: { intValue: '-7' } }] })).replaceAll(
      /"(\w*[a-z][A-Z]\w*)":/g,
      (_, key: string) => `"${key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
    ),
    '...\n  attributes {"n":-7}',
  );
});

test('JSON: doubles that JSON lacks are text, lists may be empty, and events and links have places', () => {
  const values = ['NaN', '-Infinity', '1.5', 2, 'x', ''].map((doubleValue) => ({ doubleValue }));
  const attributes = [
    { key: 'doubles', value: { arrayValue: { values } } },
    { key: 'none', value: { arrayValue: {} } },
    { key: 'bytes', value: { bytesValue: 'AP8+' } },
  ];
  const { records, problems } = decodeOtlpTraces(
    utf8.encode(
      JSON.stringify(jsonOf({ attributes, events: [{ timeUnixNano: {}, name: 'e' }, 7], links: [{ traceId: 'x' }] })),
    ),
    'json',
  );
  expect(records[0]?.attributes).toEqual({
    doubles: [Number.NaN, -Infinity, 1.5, 2, null, null],
    none: [],
    bytes: 'AP8+',
  });
  expect(problems.map(({ place }) => place.replace('resourceSpans[0].scopeSpans[0].spans[0]', ''))).toEqual([
    '.attributes["doubles"]',
    '.attributes["doubles"]',
    '.events[0].timeUnixNano',
    '.links[0].traceId',
  ]);
});

test('JSON: a value that is not what its name says is null, and told', () => {
  const place = 'resourceSpans[0].scopeSpans[0].spans[0]';
  checkJson(
    jsonOf({
      attributes: [{ key: 'n', value: { intValue: 'seven' } }, { key: 'm', value: 7 }, 8],
      startTimeUnixNano: '-1',
      events: 'none',
    }),
    [
      '53995c3f42cd8ad8 home [shop] internal ok 0 +1461096053500000250',
      '  attributes {"n":null,"m":null,"":null}',
      `! ${place}.startTimeUnixNano: a time is a whole number of nanoseconds since 1970`,
      `! ${place}.attributes["n"]: intValue does not hold what its name says`,
      `! ${place}.attributes["m"]: a value is an object such as {"stringValue": "…"}`,
      `! ${place}: the start time is 0 s since 1970, outside the years 2000 to 2099: the unit is probably wrong`,
    ].join('\n'),
  );
});

const idBytes = (digits: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: digits, maxLength: digits })
    .map((hex) => hex.replace(/^./, '1'));
const value = fc.letrec<{ value: SentValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    fc.double({ noNaN: true, noInteger: true }),
    fc.uint8Array({ maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const attributes = fc.dictionary(fc.string(), value, { maxKeys: 4 });
const time = fc.bigInt(start, start + 2n ** 60n);
const anySpan: fc.Arbitrary<SentSpan> = fc.record(
  {
    traceId: fc.oneof(fc.constant(traceId), idBytes(32)),
    spanId: idBytes(16),
    parentSpanId: idBytes(16),
    traceState: fc.string(),
    flags: fc.nat(0x3_ff),
    name: fc.string(),
    kind: fc.nat(5),
    start: time,
    end: time,
    attributes,
    events: fc.array(fc.record({ name: fc.string(), time, attributes }), { maxLength: 2 }),
    links: fc.array(fc.record({ traceId: idBytes(32), spanId: idBytes(16), attributes }), { maxLength: 2 }),
    droppedEvents: fc.nat(9),
    statusCode: fc.nat(2),
    statusMessage: fc.string(),
  },
  { requiredKeys: ['traceId', 'spanId'] },
);
const anyRequest = fc.array(
  fc.record({
    resource: attributes,
    scope: fc.record({ name: fc.string(), version: fc.string({ minLength: 1 }) }),
    spans: fc.array(anySpan, { maxLength: 4 }),
  }),
  { maxLength: 3 },
);

test('any request decodes to the same spans in protobuf and in JSON, none lost', () => {
  fc.assert(
    fc.property(anyRequest, (sent) => {
      const decoded = decodeOtlpTraces(encodeTraceRequest(sent), 'protobuf');
      expect(decoded.records.length).toBe(sent.flatMap(({ spans }) => spans).length);
      expect(decodeOtlpTraces(utf8.encode(JSON.stringify(toJsonTraceRequest(sent))), 'json')).toEqual(decoded);
    }),
  );
});

test('`only` gives what picking that trace afterwards gives', () => {
  const only = parseTraceId(traceId);
  fc.assert(
    fc.property(anyRequest, (sent) => {
      const body = encodeTraceRequest(sent);
      const picked = decodeOtlpTraces(body, 'protobuf').records.filter((each) => each.traceId === only);
      const options = only === undefined ? {} : { only };
      expect(decodeOtlpTraces(body, 'protobuf', options).records).toEqual(picked);
      const json = utf8.encode(JSON.stringify(toJsonTraceRequest(sent)));
      expect(decodeOtlpTraces(json, 'json', options).records).toEqual(picked);
    }),
  );
});

test('a body cut anywhere, or with any bit flipped, never throws', () => {
  fc.assert(
    fc.property(anyRequest, fc.nat(), fc.nat(7), (sent, at, bit) => {
      for (const [body, encoding] of bodiesOf(sent)) {
        const place = at % body.length;
        decodeOtlpTraces(body.subarray(0, place), encoding);
        const flipped = body.slice();
        flipped[place] = (flipped[place] ?? 0) ^ (1 << bit);
        const { records, problems, rejected } = decodeOtlpTraces(flipped, encoding);
        expect(rejected).toBeLessThanOrEqual(problems.length);
        expect(records.every(({ id, traceId: trace }) => id.length === 16 && trace.length === 32)).toBe(true);
      }
    }),
  );
});

/** At least one span, so that there is a byte to flip. */
function bodiesOf(sent: readonly SentResourceSpans[]): readonly (readonly [Uint8Array, 'protobuf' | 'json'])[] {
  const request = [...requestOf(span), ...sent];
  return [
    [encodeTraceRequest(request), 'protobuf'],
    [utf8.encode(JSON.stringify(toJsonTraceRequest(request))), 'json'],
  ];
}
