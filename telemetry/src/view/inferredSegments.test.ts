import { expect, test } from 'vitest';
import { decodeXRaySegment } from '../decode/xraySegment.ts';
import { inferredSegments } from './inferredSegments.ts';

const ids = { trace_id: '1-5759e988-bd862e3fe1be46a994272793' };
const times = { start_time: 1461096053.5, end_time: 1461096053.75 };
const caller = { ...ids, ...times, id: '00000000000000ff', name: 'shop' };

function check(subsegment: object, others: readonly object[], expected: string): void {
  const call = { ...times, id: '0000000000000001', name: 'call', ...subsegment };
  const documents = [{ ...caller, subsegments: [call] }, ...others];
  const spans = documents.flatMap((document) => decodeXRaySegment(JSON.stringify(document)).records);
  const inferred = inferredSegments(spans);
  expect(
    inferred.map(({ id, parentId, name, origin, status }) => [id, parentId, name, origin, status].join(' ')).join('\n'),
  ).toBe(expected);
}

test('a call to a service that does not report has an inferred segment', () => {
  check({ name: 'api.example', namespace: 'remote' }, [], 'fffffffffffffffe 0000000000000001 api.example remote ok');
  check(
    { name: 'orders@db', namespace: 'remote', sql: { user: 'app' } },
    [],
    'fffffffffffffffe 0000000000000001 orders@db Database::SQL ok',
  );
  check(
    { name: 'DynamoDB', namespace: 'aws', aws: { table_name: 't' } },
    [],
    'fffffffffffffffe 0000000000000001 DynamoDB AWS::DynamoDB::Table ok',
  );
  check(
    { name: 'KMS', namespace: 'aws', throttle: true },
    [],
    'fffffffffffffffe 0000000000000001 KMS AWS::KMS throttled',
  );
});

test('work inside the service, and a service that reports itself, need none', () => {
  check({}, [], '');
  check({ namespace: 'local' }, [], '');
  check(
    { namespace: 'remote' },
    [{ ...caller, id: '00000000000000aa', parent_id: '0000000000000001', name: 'payments' }],
    '',
  );
});

test('a subsegment under the call is no report of the called service', () => {
  const below = { ...times, id: '0000000000000002', name: 'marshal' };
  check({ namespace: 'remote', subsegments: [below] }, [], 'fffffffffffffffe 0000000000000001 call remote ok');
});
