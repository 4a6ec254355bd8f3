import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderSpans } from '../../test/renderSpan.ts';
import { decodeXRaySegment } from './xraySegment.ts';

const ids = { trace_id: '1-5759e988-bd862e3fe1be46a994272793', id: '53995c3f42cd8ad8' };
const segment = { ...ids, name: 'checkout', start_time: 1461096053.5, end_time: 1461096053.75 };
const first = '53995c3f42cd8ad8 checkout [checkout] server';
const times = '1461096053500000000 +250000000';

/** `...` in the expectation stands for the first span as it comes out of `segment`, its status aside. */
function check(document: object | string, expected: string): void {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const lines = expected.trim().replaceAll(/^ {4}/gm, '');
  expect(renderSpans(decodeXRaySegment(text))).toBe(lines.replace(/\.\.\. (\w+)/, `${first} $1 ${times}`));
}

function child(id: number, fields: object = {}): object {
  return { id: hexId(id), name: `s${id}`, start_time: 1461096053.5, end_time: 1461096053.625, ...fields };
}

function hexId(id: number): string {
  return id.toString(16).padStart(16, '0');
}

/** The segment's text with one more field, whose JSON is given as it is. */
function withField(key: string, json: string): string {
  return JSON.stringify(segment).replace('{', `{"${key}":${json},`);
}

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

test('a segment is a server span named after its service', () => {
  check(segment, '... ok');
});

test('what a segment says beside its times has a place of its own or is an attribute under its own name', () => {
  check(
    {
      ...segment,
      user: 'andrew',
      origin: 'AWS::EC2::Instance',
      service: { version: '1.2' },
      aws: { ec2: { instance_id: 'i-1' }, cloudwatch_logs: [{ log_group: 'g' }] },
      http: {
        request: {
          method: 'GET',
          url: 'http://h/x?y',
          user_agent: 'curl',
          client_ip: '192.0.2.7',
          x_forwarded_for: true,
        },
        response: { status: 200, content_length: '17' },
      },
      annotations: { handle: 'andrew', count: 2, isNew: false },
      metadata: { default: { now: 'today' } },
      links: [
        { trace_id: '1-5759e988-000000000000000000000001', id: '0000000000000007', attributes: { why: 'batch' } },
      ],
      precursor_ids: ['0000000000000001'],
    },
    `
    ... ok
      http {"method":"GET","url":"http://h/x?y","userAgent":"curl","clientIp":"192.0.2.7","status":200,"contentLength":17}
      attributes {"user":"andrew","origin":"AWS::EC2::Instance","service.version":"1.2","aws.ec2.instance_id":"i-1","aws.cloudwatch_logs":[{"log_group":"g"}],"precursor_ids":["0000000000000001"],"http.request.x_forwarded_for":true}
      annotations {"handle":"andrew","count":2,"isNew":false}
      metadata {"default":{"now":"today"}}
      link {"traceId":"5759e988000000000000000000000001","spanId":"0000000000000007","attributes":{"why":"batch"}}`,
  );
});

test('nested subsegments follow their parent and have its service', () => {
  check(
    {
      ...segment,
      subsegments: [
        child(1, { subsegments: [child(2)] }),
        child(3, { namespace: 'aws', aws: { operation: 'PutItem' } }),
      ],
    },
    `
    ... ok
    0000000000000001 < 53995c3f42cd8ad8 s1 [checkout] internal subsegment ok 1461096053500000000 +125000000
    0000000000000002 < 0000000000000001 s2 [checkout] internal subsegment ok 1461096053500000000 +125000000
    0000000000000003 < 53995c3f42cd8ad8 s3 [checkout] client subsegment ok 1461096053500000000 +125000000
      attributes {"namespace":"aws","aws.operation":"PutItem"}`,
  );
});

test('an independent subsegment does not know its service', () => {
  check(
    { ...segment, type: 'subsegment', parent_id: '0000000000000009', namespace: 'remote', subsegments: [child(1)] },
    `
    53995c3f42cd8ad8 < 0000000000000009 checkout [] client subsegment ok ${times}
      attributes {"namespace":"remote"}
    0000000000000001 < 53995c3f42cd8ad8 s1 [] internal subsegment ok 1461096053500000000 +125000000`,
  );
});

test('a segment with a parent was called by another process', () => {
  check(
    { ...segment, parent_id: '0000000000000009' },
    `53995c3f42cd8ad8 < 0000000000000009 (remote) checkout [checkout] server ok ${times}`,
  );
});

test('a segment in progress is running and has no duration yet', () => {
  const { end_time: _, ...open } = segment;
  check({ ...open, in_progress: true }, `${first} running 1461096053500000000 +0`);
  check({ ...segment, in_progress: false }, '... ok');
});

test('throttling wins over the error flag AWS sets beside it, and flags over the HTTP status', () => {
  check({ ...segment, error: true, throttle: true }, '... throttled');
  check({ ...segment, error: true, fault: true }, '... fault');
  check({ ...segment, error: true }, '... error');
  const answered = (status: number): object => ({ ...segment, http: { response: { status } } });
  check(answered(500), '... fault\n  http {"status":500}');
  check(answered(404), '... error\n  http {"status":404}');
  check(answered(429), '... throttled\n  http {"status":429}');
  check({ ...answered(404), fault: true }, '... fault\n  http {"status":404}');
});

test('a cause has its exceptions with their stacks', () => {
  check(
    {
      ...segment,
      fault: true,
      cause: {
        working_directory: '/app',
        paths: ['node_modules/x'],
        exceptions: [
          {
            id: '0000000000000001',
            type: 'TypeError',
            message: 'no',
            cause: '0000000000000002',
            truncated: 3,
            stack: [{ path: 'a.js', line: 10, label: 'handler' }],
          },
          { id: '0000000000000002', message: 'deeper', remote: true },
        ],
      },
    },
    `
    ... fault
      attributes {"cause.working_directory":"/app","cause.paths":["node_modules/x"]}
      exception {"id":"0000000000000001","type":"TypeError","message":"no","causeId":"0000000000000002","truncatedFrames":3}
        at handler a.js 10
      exception {"id":"0000000000000002","message":"deeper","remote":true}`,
  );
});

test('a cause that is an id is the exception of that id in the same document', () => {
  const cause = { exceptions: [{ id: '00000000000000aa', type: 'ValueError' }] };
  check(
    { ...segment, fault: true, cause: '00000000000000aa', subsegments: [child(1, { fault: true, cause })] },
    `
    ... fault
      exception {"id":"00000000000000aa","type":"ValueError"}
    0000000000000001 < 53995c3f42cd8ad8 s1 [checkout] internal subsegment fault 1461096053500000000 +125000000
      exception {"id":"00000000000000aa","type":"ValueError"}`,
  );
  check({ ...segment, fault: true, cause: '00000000000000bb' }, '... fault\n  exception {"id":"00000000000000bb"}');
});

test('a W3C trace id is taken too', () => {
  check({ ...segment, trace_id: '5759E988BD862E3FE1BE46A994272793' }, '... ok');
});

test('what is no segment is told, not thrown', () => {
  check('[]', '! document: not a JSON object');
  check('null', '! document: not a JSON object');
  check('', '! document: not JSON: Unexpected end of JSON input');
  check({ ...segment, trace_id: '1-5759e988' }, '! trace_id: a trace id 1-<8>-<24> is 32 hex digits, not "1-5759e988"');
  check({ ...segment, trace_id: undefined }, '! trace_id: a trace id 1-<8>-<24> is missing');
  check({ ...segment, start_time: '1461096053' }, '! start_time: a start time is a number of seconds since 1970');
  check({ ...segment, start_time: 1e300 }, '! start_time: a start time is a number of seconds since 1970');
});

test('ids of zeros are none', () => {
  check({ ...segment, id: '0000000000000000' }, '! id: a segment id is all zeros, which means "none"');
  check(
    { ...segment, trace_id: '1-00000000-000000000000000000000000' },
    '! trace_id: a trace id 1-<8>-<24> is all zeros, which means "none"',
  );
  check({ ...segment, parent_id: '0000000000000000' }, '... ok');
});

test('a bad subsegment costs only itself, and its own subsegments hang under the next one above', () => {
  check(
    { ...segment, subsegments: [7, { ...child(1), id: 'x', subsegments: [child(2)] }] },
    `
    ... ok
    0000000000000002 < 53995c3f42cd8ad8 s2 [checkout] internal subsegment ok 1461096053500000000 +125000000
    ! subsegments[0]: a subsegment is a JSON object
    ! subsegments[1].id: a segment id is 16 hex digits, not "x"`,
  );
});

test('odd times are kept and told', () => {
  check(
    { ...segment, end_time: 1461096053 },
    `
    ${first} ok 1461096053500000000 +-500000000
    ! start_time: the span ends 0.5 s before it starts`,
  );
  check(
    { ...segment, start_time: 1, end_time: 2 },
    `
    ${first} ok 1000000000 +1000000000
    ! start_time: the start time is 1 s since 1970, outside the years 2000 to 2099: the unit is probably wrong`,
  );
  check(
    { ...segment, start_time: 4102444800, end_time: 4102444801 },
    `
    ${first} ok 4102444800000000000 +1000000000
    ! start_time: the start time is 4102444800 s since 1970, outside the years 2000 to 2099: the unit is probably wrong`,
  );
  check(
    { ...segment, end_time: null },
    `
    ${first} running 1461096053500000000 +0
    ! end_time: neither end_time, a number of seconds since 1970, nor "in_progress": true; taken as in progress`,
  );
});

test('an annotation that is an object is left out and told', () => {
  check(
    { ...segment, annotations: { ok: 1, bad: { x: 1 } } },
    `
    ... ok
      annotations {"ok":1}
    ! annotations.bad: an annotation is a string, a number or a boolean; X-Ray leaves out any other`,
  );
});

test('keys that JavaScript treats in its own way are ordinary keys', () => {
  const { records } = decodeXRaySegment(withField('annotations', '{"__proto__":"x"}'));
  expect(Object.entries(records[0]?.annotations ?? {})).toEqual([['__proto__', 'x']]);
});

test('subsegments 5,000 deep, 10,000 annotations and NUL bytes are taken', () => {
  // As text: JSON.stringify itself would run out of stack.
  const deep = Array.from({ length: 5000 }, (_, depth) => JSON.stringify(child(1, { id: hexId(depth + 1) })));
  const text = `${deep.map((open) => open.replace(/}$/, ',"subsegments":[')).join('')}${']}'.repeat(5000)}`;
  expect(decodeXRaySegment(withField('subsegments', `[${text}]`)).records.length).toBe(5001);
  const annotations = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`a${at}`, at]));
  const { records } = decodeXRaySegment(JSON.stringify({ ...segment, annotations }));
  expect(Object.keys(records[0]?.annotations ?? {}).length).toBe(10_000);
  check({ ...segment, user: 'a\0b' }, '... ok\n  attributes {"user":"a\\u0000b"}');
});

test('metadata 100 deep is kept, and 20,000 deep is cut where recursion would be unsafe', () => {
  check(withField('metadata', `{"m":${nested(100)}}`), `... ok\n  metadata {"m":${nested(100)}}`);
  check(
    withField('metadata', `{"m":${nested(20_000)}}`),
    `
    ... ok
      metadata {"m":null}
    ! metadata.m: a value is nested deeper than 128 levels`,
  );
});

test('a document cut anywhere, or with anything anywhere, gives spans or problems', () => {
  const text = JSON.stringify({ ...segment, subsegments: [child(1, { sql: { user: 'u' } })], annotations: { a: 1 } });
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(text.length), fc.jsonValue(), (from, to, value) => {
      const { records, problems } = decodeXRaySegment(
        `${text.slice(0, from)}${JSON.stringify(value)}${text.slice(to)}`,
      );
      expect(records.length + problems.length).toBeGreaterThan(0);
    }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(segment), 'cause', 'http', 'links', 'subsegments', 'metadata', 'aws'),
      fc.jsonValue(),
      (key, value) => {
        const { records, problems } = decodeXRaySegment(JSON.stringify({ ...segment, [key]: value }));
        expect(records.length + problems.length).toBeGreaterThan(0);
      },
    ),
  );
});
