import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeLogsRequest, type SentLogRecord } from '../../test/otlpRequest.ts';
import { ProtobufWriter } from '../../test/protobufWriter.ts';
import { renderLogs } from '../../test/renderSpan.ts';
import { decodeOtlpLogs } from './otlpLogs.ts';

const utf8 = new TextEncoder();
const time = 1_461_096_053_500_000_000n;

function check(record: SentLogRecord, expected: string): void {
  checkProtobuf(encodeLogsRequest([{ logRecords: [{ time, ...record }] }]), expected);
}

function checkProtobuf(body: Uint8Array, expected: string): void {
  expect(renderLogs(decodeOtlpLogs(body, 'protobuf'))).toBe(toExpected(expected));
}

function checkJson(record: object, expected: string): void {
  const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: String(time), ...record }] }] }] };
  expect(renderLogs(decodeOtlpLogs(utf8.encode(JSON.stringify(request)), 'json'))).toBe(toExpected(expected));
}

/** `...` stands for the time. */
function toExpected(expected: string): string {
  return expected.trim().replaceAll(/^ {4}/gm, '').replaceAll('...', String(time));
}

test('a record has its message, level, ids and where it came from', () => {
  const record = {
    severityNumber: 13,
    severityText: 'WARNING',
    body: 'slow',
    traceId: '5759e988bd862e3fe1be46a994272793',
    spanId: '53995c3f42cd8ad8',
    attributes: { handle: 'andrew' },
  };
  checkProtobuf(
    encodeLogsRequest([
      {
        resource: { 'service.name': 'shop' },
        scope: { name: 'app' },
        logRecords: [{ time, ...record, eventName: 'slow.request' }],
      },
    ]),
    `
    ... warn "slow"
      said {"severityNumber":13,"severityText":"WARNING","eventName":"slow.request","service":"shop","scope":"app","traceId":"5759e988bd862e3fe1be46a994272793","spanId":"53995c3f42cd8ad8"}
      attributes {"handle":"andrew"}
      resource {"service.name":"shop"}`,
  );
});

test('the level goes by the number, in fours, else by the word that the logger used', () => {
  const levels = [1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25].map((severityNumber) => levelOf({ severityNumber }));
  expect(levels.join(' ')).toBe('trace trace debug debug info info warn warn error error fatal fatal unset');
  const words = ['DEBUG', 'Information', 'warning', 'err', 'CRITICAL', 'constructor', 'loud'];
  expect(words.map((severityText) => levelOf({ severityText })).join(' ')).toBe(
    'debug info warn error fatal unset unset',
  );
});

function levelOf(record: SentLogRecord): string | undefined {
  return decodeOtlpLogs(encodeLogsRequest([{ logRecords: [record] }]), 'protobuf').records[0]?.level;
}

test('a body of any kind is a message, and kept where it has structure', () => {
  check({ body: 7 }, '... unset "7"');
  check({ body: 2n ** 60n }, '... unset "1152921504606846976"');
  check({ body: null, eventName: 'click' }, '... unset "click"\n  said {"eventName":"click"}');
  check(
    { body: ['a', 2n ** 60n] },
    '... unset "[\\"a\\",\\"1152921504606846976\\"]"\n  body ["a","1152921504606846976"]'.replace(
      /"(\d+)"\]$/,
      '"$1n"]',
    ),
  );
});

test('without a time of its own a record has the one at which it was observed', () => {
  check({ time: 0n, observedTime: time + 1n, body: 'x' }, `${time + 1n} unset "x"`);
  check({ time: 0n }, '0 unset ""');
});

test('ids of zeros are none; ids of another length are told, and the record stays', () => {
  check({ traceId: '0'.repeat(32), spanId: '0'.repeat(16) }, '... unset ""');
  check(
    { traceId: '01', spanId: '02' },
    `
    ... unset ""
    ! resourceLogs[0].scopeLogs[0].logRecords[0].traceId: a trace id is 32 hex digits, not "01"
    ! resourceLogs[0].scopeLogs[0].logRecords[0].spanId: a span id is 16 hex digits, not "02"`,
  );
});

test('JSON says the same', () => {
  checkJson(
    {
      severityNumber: 'SEVERITY_NUMBER_ERROR2',
      body: { stringValue: 'no' },
      attributes: [{ key: 'a', value: { boolValue: true } }],
    },
    `
    ... error "no"
      said {"severityNumber":18}
      attributes {"a":true}`,
  );
  checkJson(
    { severityNumber: 1, eventName: 'e', body: { kvlistValue: { values: [{ key: 'k', value: { intValue: '1' } }] } } },
    '... trace "{\\"k\\":1}"\n  said {"severityNumber":1,"eventName":"e"}\n  body {"k":1}',
  );
});

test('a body that is no request at all is malformed', () => {
  const whole = encodeLogsRequest([{ logRecords: [{ body: 'x' }] }]);
  expect(decodeOtlpLogs(whole.subarray(0, whole.length - 1), 'protobuf').malformed?.place).toBe('body');
  expect(decodeOtlpLogs(utf8.encode('7'), 'json').malformed?.message).toBe('not a JSON object');
});

test('a broken record costs nothing but itself', () => {
  const request = new ProtobufWriter().message(1, (resourceLogs) => {
    resourceLogs.message(2, (scopeLogs) => {
      scopeLogs.bytes(2, Uint8Array.of(0x09, 1, 2)).message(2, (record) => record.fixed64(1, time));
    });
  });
  checkProtobuf(
    request.finish(),
    `
    0 unset ""
    ... unset ""
    ! resourceLogs[0].scopeLogs[0].logRecords[0]: a number is cut off`,
  );
});

test('a body cut anywhere, or with any bit flipped, never throws', () => {
  const body = encodeLogsRequest([
    {
      resource: { 'service.name': 'shop' },
      scope: { name: 'app' },
      logRecords: [
        {
          time,
          severityNumber: 9,
          body: { a: ['b', 1] },
          attributes: { c: 0.5 },
          traceId: '5759e988bd862e3fe1be46a994272793',
        },
      ],
    },
  ]);
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.nat(7), (at, bit) => {
      const flipped = body.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      decodeOtlpLogs(flipped, 'protobuf');
      const { records, problems } = decodeOtlpLogs(body.subarray(0, at), 'protobuf');
      expect(at === 0 || records.length + problems.length > 0).toBe(true);
    }),
  );
});
