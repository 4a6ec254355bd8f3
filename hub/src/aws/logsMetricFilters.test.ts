import {
  CreateLogGroupCommand,
  DeleteMetricFilterCommand,
  DescribeMetricFiltersCommand,
  PutMetricFilterCommand,
  TestMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from 'vitest';
import { startLogsHub } from './testing/logsHub.ts';

async function check(filterPattern: string, logEventMessages: string[], expected: readonly object[]): Promise<void> {
  const { client } = await startLogsHub();
  const { matches } = await client.send(new TestMetricFilterCommand({ filterPattern, logEventMessages }));
  expect(matches?.map(({ eventNumber, extractedValues }) => ({ eventNumber, extractedValues }))).toEqual(expected);
}

test('a pattern can be tried, with the values that it takes out', async () => {
  await check('ERROR', ['fine', 'an ERROR'], [{ eventNumber: 2, extractedValues: {} }]);
  await check(
    '{ $.status = 500 }',
    ['{"status":500}', '{"status":200}'],
    [{ eventNumber: 1, extractedValues: { '$.status': '500' } }],
  );
  await check(
    '[ip, user, status = 5*]',
    ['10.0.0.1 ann 503'],
    [{ eventNumber: 1, extractedValues: { $ip: '10.0.0.1', $user: 'ann', $status: '503' } }],
  );
});

test('a pattern that is wrong is refused with its column', async () => {
  await expect(check('{ $.a = }', ['x'], [])).rejects.toThrow('Invalid filter pattern at column 9');
});

test('metric filters are kept with their group', async () => {
  const { client } = await startLogsHub();
  await client.send(new CreateLogGroupCommand({ logGroupName: 'cruddur' }));
  const metricTransformations = [{ metricName: 'Errors', metricNamespace: 'Cruddur', metricValue: '1' }];
  const filter = { logGroupName: 'cruddur', filterName: 'errors', filterPattern: 'ERROR', metricTransformations };
  await client.send(new PutMetricFilterCommand(filter));
  const { metricFilters } = await client.send(new DescribeMetricFiltersCommand({ filterNamePrefix: 'err' }));
  expect(metricFilters).toEqual([{ ...filter, creationTime: expect.any(Number) as number }]);
  const named = { logGroupName: 'cruddur', filterName: 'errors' };
  await client.send(new DeleteMetricFilterCommand(named));
  await expect(client.send(new DeleteMetricFilterCommand(named))).rejects.toThrow(
    'The specified metric filter does not exist.',
  );
});
