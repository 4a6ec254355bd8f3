import { expect, test } from 'vitest';
import { isOfService, ServiceStreams } from './serviceStreams.ts';

function check(group: string, service: string, isCalledLikeIt: boolean): void {
  expect(`${group} of ${service}: ${isOfService(group, service)}`).toBe(`${group} of ${service}: ${isCalledLikeIt}`);
}

test('a group is called like its service where a part of its name is the service', () => {
  check('otlp/backend', 'backend', true);
  check('/ecs/Backend', 'backend', true);
  check('/aws/lambda/message-groups', 'message-groups', true);
  check('cruddur_message.groups_dev', 'message-groups', true);
  check('/ecs/backend-flask', 'backend', true);
  check('/ecs/backends', 'backend', false);
  check('/ecs/groups', 'message-groups', false);
  check('cruddur', 'backend', false);
  check('anything', '', false);
});

test('the streams of a service are remembered once each, the last ten', () => {
  const streams = new ServiceStreams();
  for (let number = 1; number <= 12; number += 1) {
    streams.note('backend', { group: 'cruddur', stream: `s${number}` });
    streams.note('backend', { group: 'cruddur', stream: `s${number}` });
  }
  expect(streams.of('backend').map(({ stream }) => stream)).toEqual(
    Array.from({ length: 10 }, (_item, index) => `s${index + 3}`),
  );
  expect(streams.of('frontend')).toEqual([]);
});
