import { expect, test } from 'vitest';
import { SentUsage, type SentItem } from './sentUsage.ts';

function check(sent: SentUsage, items: readonly SentItem[], expected: string): void {
  expect(JSON.stringify(sent.of(items))).toBe(expected);
}

const segment = (trace: string): SentItem => ({
  about: 'xray-segment',
  body: Buffer.from(`{"id":"1","trace_id":"${trace}"}`),
});
const spans = Buffer.from('{"resourceSpans":[{"scopeSpans":[{"spans":[{"events":[{}]},{}]}]}]}');

test('X-Ray: a trace counts once, however many requests its segments take', () => {
  const sent = new SentUsage('xray');
  const two = [segment('1-a'), segment('1-a'), segment('1-b')];
  check(sent, two, '{"usage":{"traces":2,"spans":3,"spanBytes":81,"requests":1}}');
  check(sent, [segment('1-b')], '{"usage":{"traces":0,"spans":1,"spanBytes":27,"requests":1}}');
  check(sent, [{ about: '', body: Buffer.from('{}') }], '{"usage":{"traces":0,"spans":1,"spanBytes":2,"requests":1}}');
});

test('logs: events, the bytes that CloudWatch counts, and the retention of the group', () => {
  const about = { events: 2, bytes: 100, retentionDays: 7 };
  const sent = new SentUsage('logs');
  const body = Buffer.from('[]');
  check(
    sent,
    [{ about: JSON.stringify(about), body }],
    '{"usage":{"logEvents":2,"logBytes":152,"requests":1},"retention":7}',
  );
  check(sent, [{ about: '{}', body }], '{"usage":{"logEvents":0,"logBytes":0,"requests":1},"retention":"never"}');
  const other = new SentUsage('logs', { retentionDays: 30 });
  check(other, [{ about: '{}', body }], '{"usage":{"logEvents":0,"logBytes":0,"requests":1},"retention":30}');
});

test('OTLP: events only where the endpoint is Honeycomb', () => {
  const items = [{ about: 'otlp-traces-json', body: spans }];
  check(
    new SentUsage('otlp', { endpoint: 'https://api.honeycomb.io' }),
    items,
    '{"usage":{"requests":1,"spans":2,"events":3}}',
  );
  check(new SentUsage('otlp', { endpoint: 'https://nothoneycomb.io' }), items, '{"usage":{"requests":1,"spans":2}}');
  check(new SentUsage('otlp', { endpoint: 'http://127.0.0.1:1' }), items, '{"usage":{"requests":1,"spans":2}}');
});

test('Rollbar: items', () => {
  check(new SentUsage('rollbar'), [segment('a'), segment('b')], '{"usage":{"items":2,"requests":1}}');
});
