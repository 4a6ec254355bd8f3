import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderErrorItems } from '../../test/renderErrorItem.ts';
import { epochNanos } from '../model/units.ts';
import { decodeRollbarItem } from './rollbarItem.ts';

const receipt = { time: epochNanos(1_700_000_000_000_000_000n), uuid: 'of-the-hub' };
const greeting = { message: { body: 'Hello World' } };
const traceId = '65a0b1c2000102030405060708090a0b';

function check(body: string, expected: string): void {
  expect(renderErrorItems(decodeRollbarItem(body, receipt))).toBe(expected);
}

/** An item of the environment `dev` with `Hello World` for a body, but for what is given. */
function item(data: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ data: { environment: 'dev', body: greeting, ...data } });
}

function thrown(trace: unknown): string {
  return item({ body: { trace } });
}

const hello = '1700000000000000000 info [dev] Hello World (of-the-hub)\n  message Hello World';

test('the least that an item can say is where it was and what', () => {
  check(item(), hello);
});

test('null and empty texts are what the sender does not know', () => {
  check(item({ level: null, uuid: '', person: { id: null, username: '' }, context: null, request: null }), hello);
});

test('the older form has the JSON in its field `payload`', () => {
  const json = encodeURIComponent(item()).replaceAll('%20', '+');
  check(`payload=${json}`, hello);
  check(`access_token=a&payload=${json}`, hello);
});

test('an exception has its newest frame first, and node_rollbar counts columns from 0', () => {
  const trace = {
    frames: [
      { filename: 'node:events', lineno: 514, colno: 27, method: 'Server.emit' },
      { filename: '/app/a.js', lineno: 7, colno: 0, code: 'fail();', context: { pre: ['{'], post: ['}'] } },
    ],
    exception: { class: 'TypeError', message: 'no handle\nat all', description: 'while saving' },
  };
  check(
    item({ body: { trace }, notifier: { name: 'node_rollbar' }, level: 'critical', timestamp: 1_700_000_001.5 }),
    `1700000001500000000 critical [dev] TypeError: no handle (of-the-hub)
  notifier {"name":"node_rollbar"}
  exception {"type":"TypeError","message":"no handle\\nat all","description":"while saving"}
    at ? /app/a.js 7 1 {"code":"fail();","codeBefore":["{"],"codeAfter":["}"]}
    at Server.emit node:events 514 28`,
  );
});

test('a crash report is kept raw and called by its first line', () => {
  check(
    item({ body: { crash_report: { raw: '\nIncident: 1\nHardware: x' } } }),
    `1700000000000000000 error [dev] Incident: 1 (of-the-hub)
  crashReport "\\nIncident: 1\\nHardware: x"`,
  );
});

test('telemetry comes with the item, and a ring that the sender cut is a text like any other', () => {
  const telemetry = [
    { level: 'info', type: 'log', source: 'server', timestamp_ms: 1_700_000_000_250, body: { message: 'hi' } },
    { type: 'manual', body: { self: '<removed circular reference>' } },
    { type: 'network', body: '[Circular]' },
    '[Circular]',
  ];
  check(
    item({ body: { ...greeting, telemetry } }),
    `${hello}
  telemetry 1700000000250000000 {"level":"info","type":"log","source":"server","body":{"message":"hi"}}
  telemetry ? {"type":"manual","body":{"self":"<removed circular reference>"}}
  telemetry ? {"type":"network","body":{"body":"[Circular]"}}
! data.body.telemetry[3]: should be an object; it was left out`,
  );
});

test.each([
  ['what the app says in `custom`', { custom: { trace_id: traceId, 'otel.span_id': '53995c3f42cd8ad8' } }, true],
  ['beside the message', { body: { message: { body: 'Hello World', traceId, spanId: '53995c3f42cd8ad8' } } }, true],
  ['the app as a header of X-Ray', { custom: { xrayTraceId: `Root=1-65a0b1c2-${traceId.slice(8)};Sampled=1` } }, false],
  [
    'the request as X-Ray',
    { request: { headers: { 'X-Amzn-Trace-Id': `Self=1-0-0;Root=1-65a0b1c2-${traceId.slice(8)}` } } },
    false,
  ],
  ['the request as W3C', { request: { headers: { traceparent: `00-${traceId}-53995c3f42cd8ad8-01` } } }, false],
  ['the SDK about its own tracer', { attributes: [{ key: 'trace_id', value: traceId }] }, false],
])('the trace is told by %s', (_who, data, hasSpan) => {
  const [record] = decodeRollbarItem(item(data), receipt).records;
  expect([record?.traceId, record?.spanId]).toEqual([traceId, hasSpan ? '53995c3f42cd8ad8' : undefined]);
});

test('what the app says goes before what the request says, and what is no trace id says nothing', () => {
  const other = 'f'.repeat(32);
  const request = { headers: { traceparent: `00-${other}-53995c3f42cd8ad8-01` } };
  const idOf = (custom: unknown) => decodeRollbarItem(item({ custom, request }), receipt).records[0]?.traceId;
  expect([idOf({ trace_id: traceId }), idOf({ trace_id: 'abc' })]).toEqual([traceId, other]);
});

test('fields without a place of their own are kept', () => {
  check(
    item({ custom: { page: 'a' }, page: 'a', client: { browser: 'b' }, server: { root: '/app/', pid: 1 } }),
    `${hello}
  custom {"page":"a"}
  other {"client":{"browser":"b"}}
  server {"root":"/app","other":{"pid":1}}`,
  );
});

test('what is merely odd is a problem, and the item is taken', () => {
  check(
    item({ level: 'loud', timestamp: 'soon', custom: 'text', person: [] }),
    `${hello}
! data.custom: should be an object; it was left out
! data.person: should be an object; it was left out
! data.timestamp: should be Unix seconds; the time of receipt stands for it
! data.level: "loud" is none of critical, error, warning, info and debug; taken as info`,
  );
});

test('a time in milliseconds is told by its size', () => {
  check(item({ timestamp: 1_700_000_000_000 }), hello);
  check(item({ timestamp: '1700000000' }), hello);
});

test('a body that is no JSON is refused', () => {
  check('', '400 No JSON payload was found.');
  expect(decodeRollbarItem('{"data":', receipt).refusal?.message).toMatch(
    /^The JSON payload could not be decoded: not JSON: /,
  );
  expect(decodeRollbarItem('payload=%', receipt).refusal?.status).toBe(400);
});

const oneBody =
  "data.body must have exactly one of the properties: 'trace', 'trace_chain', 'message', or 'crash_report'.";

test.each([
  ['[]', 'data should be object.'],
  ['{"data":null}', 'data should be object.'],
  [item({ environment: undefined }), "data should have required property 'environment'."],
  [item({ environment: 7 }), 'data.environment should be string.'],
  [item({ body: 'text' }), `data.body should be object. ${oneBody}`],
  [item({ body: {} }), oneBody],
  [item({ body: { ...greeting, trace: { frames: [], exception: { class: 'E' } } } }), oneBody],
  [item({ body: { ...greeting, telemetry: '[]' } }), 'data.body.telemetry should be array.'],
  [item({ body: { message: { body: {} } } }), 'data.body.message.body should be string.'],
  [item({ body: { crash_report: {} } }), "data.body.crash_report should have required property 'raw'."],
  [item({ body: { trace_chain: [] } }), 'data.body.trace_chain should NOT have fewer than 1 items.'],
  [thrown({ exception: { class: 'E' } }), "data.body.trace should have required property 'frames'."],
  [
    thrown({ exception: {}, frames: 'none' }),
    "data.body.trace.frames should be array. data.body.trace.exception should have required property 'class'.",
  ],
  [
    item({ body: { trace_chain: [{ frames: ['a'], exception: { class: 'E', message: {} } }] } }),
    'data.body.trace_chain[0].frames[0] should be object. data.body.trace_chain[0].exception.message should be string.',
  ],
  [item({ level: 3, context: {} }), 'data.context should be string. data.level should be string.'],
])('%s is refused in the words of Rollbar', (body, expected) => {
  check(body, `422 Invalid format. ${expected}`);
});

test.each([
  ['environment', 255],
  ['context', 255],
  ['title', 255],
  ['uuid', 36],
] as const)('%s may have %i characters and not one more', (key, max) => {
  expect(decodeRollbarItem(item({ [key]: '🐢'.repeat(max) }), receipt).refusal).toBeUndefined();
  check(
    item({ [key]: 'x'.repeat(max + 1) }),
    `422 Invalid format. data.${key} should NOT be longer than ${max} characters.`,
  );
});

test('a frame of a megabyte is kept whole', () => {
  const code = 'x'.repeat(1 << 20);
  const body = thrown({ frames: [{ filename: 'a.js', code }], exception: { class: 'E', message: code } });
  const [record] = decodeRollbarItem(body, receipt).records;
  expect(record?.exceptions[0]?.stack[0]?.code).toHaveLength(1 << 20);
  expect(record?.title).toHaveLength(255);
});

test('a value nested deeper than can be walked over is told and left out', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  check(
    `{"data":{"environment":"dev","body":{"message":{"body":"Hello World"}},"custom":{"deep":${deep},"kept":1}}}`,
    `${hello}
  custom {"deep":null,"kept":1}
! data.custom.deep: a value is nested deeper than 128 levels`,
  );
});

test('locals too deep to walk over are told by the frame that has them', () => {
  const locals = { deep: JSON.parse('['.repeat(200) + ']'.repeat(200)) as unknown };
  const { problems } = decodeRollbarItem(
    thrown({ frames: [{ filename: 'a.py', locals }], exception: { class: 'E' } }),
    receipt,
  );
  expect(problems.map(({ place }) => place)).toEqual(['data.body.trace.frames[0].locals.deep']);
});

test('a key that is the name of the prototype is a key like any other', () => {
  check(
    '{"data":{"environment":"dev","body":{"message":{"body":"Hello World"}},"custom":{"__proto__":{"a":1}}}}',
    `${hello}\n  custom {"__proto__":{"a":1}}`,
  );
});

const captured = readFileSync(new URL('../../test/fixtures/node-rollbar-error.json', import.meta.url), 'utf8');
const paths = pathsOf(JSON.parse(captured));

test('no change to a payload makes the decoder throw: it gives the item or a refusal', () => {
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(undefined, {}, [], '', -1, 1e300, '__proto__'));
  fc.assert(
    fc.property(fc.constantFrom(...paths), anything, (path, value) => {
      const { records, refusal } = decodeRollbarItem(
        JSON.stringify(changed(JSON.parse(captured), path, value)) ?? '',
        receipt,
      );
      expect(records.length).toBe(refusal === undefined ? 1 : 0);
    }),
    { numRuns: 500 },
  );
});

test('no text makes the decoder throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), fc.boolean(), (text, isForm) => {
      const { records, refusal } = decodeRollbarItem(isForm ? `payload=${text}` : text, receipt);
      expect(records.length).toBe(refusal === undefined ? 1 : 0);
    }),
  );
});

/** The way to each value inside, for changing one. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...inner.flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function changed(document: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) {
    return value;
  }
  const parent = document as Record<string, unknown>;
  parent[key] = changed(parent[key], rest, value);
  return parent;
}
