import { expect, test } from 'vitest';
import { filterHintsOf } from './filterExpressionHints.ts';

const vocabulary = {
  services: [{ name: 'backend' }, { name: 'backend', type: 'remote' }, { name: 'DynamoDB' }],
  annotations: [{ key: 'user', values: ['juno'] }],
  metadataKeys: ['default.payload'],
  groups: [],
};

function check(filter: string, ...expected: string[]): void {
  expect(filterHintsOf(filter, vocabulary)).toEqual(expected);
}

test('what was seen as metadata only cannot be filtered', () => {
  check(
    'annotation.payload = "x" OR annotation.payload = "y"',
    '"payload" was seen as metadata only. X-Ray does not index metadata: only annotations can be filtered.',
  );
});

test('an annotation that was never seen, or seen in another case', () => {
  check('fault AND annotation.usr', 'No annotation "usr" has been seen here.');
  check('annotation.User', 'No annotation "User" has been seen here; there is "user", and case matters.');
  check('annotation.user = "somebody"');
});

test('a service that was never seen', () => {
  check('service("frontend") { fault }', 'No service "frontend" has been seen here; there is "backend", "DynamoDB".');
  check('edge("backend", "S3")', 'No service "S3" has been seen here; there is "backend", "DynamoDB".');
  check('service(id(type: "client")) OR service()');
});

test('what is negated, and what does not parse, needs no reason', () => {
  check('!service("frontend") !annotation.payload');
  check('annotation.');
});
