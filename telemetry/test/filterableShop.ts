import { durationNanos } from '../src/model/units.ts';
import { compileFilterExpression } from '../src/language/filterExpressionCompiler.ts';
import { matchesTrace, type FilterableRequest, type FilterableTrace } from '../src/language/filterExpressionMatch.ts';
import { parseFilterExpression } from '../src/language/filterExpressionParser.ts';

/** The lines of `yes` that the trace does not match, and those of `no` that it does; one expression a line. */
export function wrongAnswers(of: FilterableTrace, cases: { readonly yes: string; readonly no: string }): string[] {
  return (['yes', 'no'] as const).flatMap((answer) =>
    cases[answer]
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && matches(line, of) !== (answer === 'yes'))
      .map((line) => `${line} ← ${answer} expected`),
  );
}

function matches(text: string, of: FilterableTrace): boolean {
  const parsed = parseFilterExpression(text);
  const compiled = parsed.ok ? compileFilterExpression(parsed.expression, ({ value }) => groups[value]) : undefined;
  if (compiled?.ok !== true) {
    throw new Error(`${text} cannot be compiled`);
  }
  return matchesTrace(compiled.plan, of);
}

/** By name or ARN. */
const groups: Readonly<Record<string, string>> = {
  slow: 'responsetime > 3',
  quick: 'responsetime < 3',
  'arn:aws:xray:us-east-1:123456789012:group/quick/1': 'responsetime < 3',
  Default: '',
};

const seconds = (count: number) => durationNanos(BigInt(Math.round(count * 1e9)));

function request(name: string, rest: Partial<FilterableRequest>): FilterableRequest {
  return {
    service: { name },
    isError: false,
    isFault: false,
    isThrottle: false,
    isPartial: false,
    isInferred: false,
    isRoot: false,
    messages: [],
    ...rest,
  };
}

const table = { name: 'activities', type: 'AWS::DynamoDB::Table', accountId: '210987654321' };

export const backend = request('backend-flask', {
  service: {
    name: 'backend-flask',
    otherNames: ['api.example.com'],
    type: 'AWS::ECS::Container',
    accountId: '123456789012',
  },
  isRoot: true,
  responseTime: seconds(0.25),
  duration: seconds(0.75),
  http: {
    url: 'http://api.example.com/v2/activities/home',
    method: 'GET',
    userAgent: 'curl/8.5',
    clientIp: '10.0.0.7',
    status: 200,
  },
  user: 'alice',
  resourceArn: 'arn:aws:ecs:us-east-1:123456789012:container/1',
});

const inferredTable = request('activities', {
  service: table,
  isInferred: true,
  isFault: true,
  responseTime: seconds(0.1),
  http: { status: 500 },
  messages: ['Access Denied'],
});

const worker = request('worker', {
  isError: true,
  isThrottle: true,
  isPartial: true,
  user: 'bob',
  availabilityZone: 'us-east-1a',
  instanceId: 'i-0abc',
});

/** A root that went well, an inferred table that failed, a worker that was throttled and still runs; one and a half seconds. */
export const trace: FilterableTrace = {
  duration: seconds(1.5),
  requests: [worker, backend, inferredTable],
  calls: [
    { ...inferredTable, source: backend.service, responseTime: seconds(0.12), http: { method: 'POST', status: 500 } },
    { ...request('worker', {}), source: backend.service },
  ],
  annotations: [
    { key: 'user', value: 'alice' },
    { key: 'user', value: 'bob' },
    { key: 'age', value: 30 },
    { key: 'beta', value: true },
    { key: 'legacy', value: false },
    { key: 'empty', value: '' },
    { key: 'aws.local.operation', value: 'GET /home' },
  ],
  rootCauses: {
    fault: [
      {
        clientImpacting: false,
        services: [
          {
            name: 'backend-flask',
            names: ['backend-flask', 'api.example.com'],
            accountId: '123456789012',
            inferred: false,
            entityPath: [
              { name: 'backend-flask', remote: false },
              { name: 'DynamoDB', remote: true },
            ],
          },
          {
            name: 'activities',
            type: 'AWS::DynamoDB::Table',
            inferred: true,
            entityPath: [
              {
                name: 'activities',
                exceptions: [
                  { name: 'AccessDenied', message: 'Access Denied' },
                  { name: 'ServiceError', message: 'gave up' },
                ],
              },
            ],
          },
        ],
      },
    ],
    error: [],
    responsetime: [
      {
        services: [
          {
            name: 'backend-flask',
            entityPath: [
              { name: 'backend-flask', coverage: 1 },
              { name: 'query', coverage: 0.8 },
            ],
          },
        ],
      },
    ],
  },
};
