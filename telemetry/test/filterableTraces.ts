import * as fc from 'fast-check';
import type { FilterableTrace } from '../src/language/filterExpressionMatch.ts';
import { durationNanos } from '../src/model/units.ts';

const anyName = fc.constantFrom('backend', 'activities', 'worker', '');
const anyDuration = fc.integer({ min: 0, max: 5000 }).map((millis) => durationNanos(BigInt(millis) * 1_000_000n));
const maybeText = fc.constantFrom('', 'a', 'http://a/b', 'GET');

const anyService = fc.record(
  {
    name: anyName,
    otherNames: fc.array(anyName, { maxLength: 2 }),
    type: fc.constantFrom('remote', 'AWS::DynamoDB::Table'),
    accountId: fc.constantFrom('1', '2'),
  },
  { requiredKeys: ['name'] },
);

const anyRequest = fc.record(
  {
    service: anyService,
    isError: fc.boolean(),
    isFault: fc.boolean(),
    isThrottle: fc.boolean(),
    isPartial: fc.boolean(),
    isInferred: fc.boolean(),
    isRoot: fc.constant(false),
    responseTime: anyDuration,
    duration: anyDuration,
    http: fc.record(
      {
        url: maybeText,
        method: maybeText,
        userAgent: maybeText,
        clientIp: maybeText,
        status: fc.constantFrom(200, 404, 429, 500),
      },
      { requiredKeys: [] },
    ),
    user: maybeText,
    availabilityZone: maybeText,
    instanceId: maybeText,
    resourceArn: maybeText,
    messages: fc.array(maybeText, { maxLength: 2 }),
  },
  {
    requiredKeys: ['service', 'isError', 'isFault', 'isThrottle', 'isPartial', 'isInferred', 'isRoot', 'messages'],
  },
);

const anyEntity = fc.record(
  {
    name: anyName,
    coverage: fc.constantFrom(0, 0.5, 1),
    remote: fc.boolean(),
    exceptions: fc.array(fc.record({ name: anyName, message: maybeText }, { requiredKeys: [] }), { maxLength: 2 }),
  },
  { requiredKeys: ['name'] },
);

const anyRootCauses = fc.array(
  fc.record({
    services: fc.array(
      fc.record(
        { name: anyName, inferred: fc.boolean(), entityPath: fc.array(anyEntity, { maxLength: 3 }) },
        { requiredKeys: ['name', 'entityPath'] },
      ),
      { maxLength: 3 },
    ),
  }),
  { maxLength: 2 },
);

/** Small traces of few names and values, so that arbitrary comparisons have a chance to be true. At most one request is the root. */
export const anyFilterableTrace: fc.Arbitrary<FilterableTrace> = fc.record({
  duration: anyDuration,
  requests: fc
    .tuple(fc.array(anyRequest, { maxLength: 4 }), fc.boolean())
    .map(([requests, hasRoot]) => requests.map((request, index) => ({ ...request, isRoot: hasRoot && index === 0 }))),
  calls: fc.array(
    fc.tuple(anyRequest, anyService).map(([request, source]) => ({ ...request, source })),
    { maxLength: 3 },
  ),
  annotations: fc.array(
    fc.record({ key: fc.constantFrom('a', 'b'), value: fc.oneof(maybeText, fc.boolean(), fc.integer()) }),
    { maxLength: 4 },
  ),
  rootCauses: fc.record({ fault: anyRootCauses, error: anyRootCauses, responsetime: anyRootCauses }),
});
