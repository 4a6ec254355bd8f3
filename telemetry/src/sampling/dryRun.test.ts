import { expect, test } from 'vitest';
import { dryRun, explainRequest, type RequestPattern } from './dryRun.ts';
import type { SamplingRequest, SamplingSdk } from './samplingRequest.ts';
import type { SamplingRule } from './samplingRule.ts';

const anything = {
  Priority: 100,
  FixedRate: 1,
  ReservoirSize: 0,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
};
const byDefault: SamplingRule = {
  ...anything,
  RuleName: 'Default',
  Priority: 10_000,
  FixedRate: 0.05,
  ReservoirSize: 1,
};
const request: SamplingRequest = {
  service: 'backend-flask',
  host: 'localhost:4567',
  method: 'GET',
  path: '/api/activities/home?page=2',
};

/** Says of one rule, beside the default one, why it does not catch the request above. */
function check(change: Partial<SamplingRule>, expected: string, sdk: SamplingSdk = 'node', other = request): void {
  const rules = [{ ...anything, RuleName: 'R', ...change }, byDefault];
  const reasons = explainRequest(rules, other, sdk)[0]?.reasons ?? [];
  expect(reasons.map(({ kind, message }) => `${kind}: ${message}`).join('\n')).toBe(expected);
}

test('a rule that catches the request has nothing against it, whatever the case of its letters', () => {
  check({}, '');
  check({ ServiceName: 'BACKEND-*', HTTPMethod: 'get', URLPath: '/API/*' }, '');
});

test('what the request does not say matches any rule, as in the SDKs', () => {
  check({ ServiceType: 'AWS::ECS::Container', Host: 'x' }, '', 'node', { path: '/' });
});

test('a name that differs from the segment’s', () => {
  check(
    { ServiceName: 'Cruddur' },
    'name: ServiceName is "Cruddur", and the segment\'s name is "backend-flask" (the SDK takes it from AWS_XRAY_TRACING_NAME, or from what the program calls itself).',
  );
});

test('a Host that does not reckon with the port', () => {
  check(
    { Host: 'localhost' },
    'hostPort: Host is "localhost", and SDKs compare it with the Host header, "localhost:4567", which carries the port. Write "localhost:4567" or "localhost:*".',
  );
  check(
    { Host: 'api.example:443' },
    'hostPort: Host is "api.example:443", and SDKs compare it with the Host header, "api.example", which carries no port. Write "api.example".',
    'node',
    { host: 'api.example' },
  );
  check({ Host: 'other' }, 'host: Host is "other", and SDKs compare it with the Host header, "localhost:4567".');
});

test('a path that has a query: the SDK for Node compares it, the others do not', () => {
  const URLPath = '/api/activities/home';
  check(
    { URLPath },
    'query: URLPath is "/api/activities/home", and the X-Ray SDK for Node compares it with the path and its query, "/api/activities/home?page=2". Write "/api/activities/home*".',
  );
  check({ URLPath }, '', 'python');
  check(
    { URLPath: '*?page=*' },
    'query: URLPath is "*?page=*", and the request\'s path is "/api/activities/home": this SDK compares the path without its query.',
    'python',
  );
});

function said(urlPath: string): string {
  return `pathForm: URLPath is "${urlPath}", and the request's path is "/users/7".`;
}

test('a path in another form than a path with wildcards', () => {
  const other = { path: '/users/7' };
  check(
    { URLPath: '/users/:id' },
    `${said('/users/:id')} A placeholder is compared letter by letter; only * and ? stand for others. Write "/users/*".`,
    'node',
    other,
  );
  check(
    { URLPath: 'http://localhost:4567/users/7' },
    `${said('http://localhost:4567/users/7')} It is compared with the path alone, without scheme and host. Write "/users/7".`,
    'node',
    other,
  );
  check({ URLPath: 'users/*' }, `${said('users/*')} A path begins with a slash. Write "/users/*".`, 'node', other);
  check(
    { URLPath: '/users/7/' },
    `${said('/users/7/')} The path does not end in a slash. Write "/users/7".`,
    'node',
    other,
  );
  check({ URLPath: '/x' }, 'path: URLPath is "/x", and the request\'s path is "/users/7".', 'node', other);
});

test('a method, also where several are listed', () => {
  check({ HTTPMethod: 'POST' }, `method: HTTPMethod is "POST", and the request's method is GET.`);
  check(
    { HTTPMethod: 'GET,POST' },
    `method: HTTPMethod is "GET,POST", and the request's method is GET. It is one method or a pattern, not a list.`,
  );
});

test('an empty pattern matches nothing', () => {
  check({ Host: '' }, 'host: Host is empty, which matches nothing; "*" means any.');
});

test('rules that the SDKs for Node and Python leave out', () => {
  check({ Version: 2 }, 'ignored: The X-Ray SDK for Node leaves this rule out, since its Version is 2 and not 1.');
  check(
    { ResourceARN: 'arn:x' },
    'ignored: The X-Ray SDK for Python leaves this rule out, since its ResourceARN is "arn:x" and not "*".',
    'python',
  );
  check({ Attributes: { a: 'b' } }, 'ignored: The X-Ray SDK for Node leaves this rule out, since it has Attributes.');
  check({ Attributes: { a: 'b' }, Version: 2 }, '', 'other');
});

test('a rule above it wins; of two with the same priority the first by name', () => {
  const rules: SamplingRule[] = [{ ...anything, RuleName: 'b' }, { ...anything, RuleName: 'a' }, byDefault];
  expect(explainRequest(rules, request, 'node').map(({ rule, reasons }) => `${rule} ${reasons[0]?.message}`)).toEqual([
    'a undefined',
    'b It matches, but a stands above it (priority 100 before 100) and catches the request.',
    'Default It matches, but a stands above it (priority 100 before 10000) and catches the request.',
  ]);
});

function pattern(count: number, seconds: number, more: Partial<RequestPattern> = {}): RequestPattern {
  const perSecond = new Map(Array.from({ length: seconds }, (_, second) => [second, count / seconds]));
  return { request, sdk: 'python', perSecond, ...more };
}

/** A dry run as text: a line a pattern, a line a rule. */
function checkRun(rules: readonly SamplingRule[], patterns: readonly RequestPattern[], expected: string): void {
  const run = dryRun(rules, patterns);
  const lines = [
    ...run.requests.flatMap(
      ({
        pattern: {
          request: { path },
        },
        count,
        rule,
        kept,
        nearMisses,
        decidedThen,
      }) => [
        `${path} ${count} -> ${rule}, ${kept.toFixed(2)} kept`,
        ...nearMisses.map((miss) => `  not ${miss.rule}: ${miss.reasons.map(({ kind }) => kind).join(' ')}`),
        ...decidedThen.map((sentence) => `  ${sentence}`),
      ],
    ),
    ...run.rules.map(
      ({ rule, requests, kept, peak, missed }) =>
        `${rule}: ${requests}, ${kept.toFixed(2)} kept, busiest second ${peak.requests}/${peak.kept.toFixed(2)}` +
        (missed === undefined ? '' : `, missed by ${missed.reasons.map(({ kind }) => kind).join(' ')}`),
    ),
  ];
  expect(lines.join('\n')).toBe(expected);
}

test('of each second the reservoir is kept, and the rate of the others', () => {
  const rule: SamplingRule = { ...anything, RuleName: 'R', FixedRate: 0.1, ReservoirSize: 5 };
  checkRun(
    [byDefault, rule],
    [pattern(200, 10)],
    [
      '/api/activities/home?page=2 200 -> R, 65.00 kept',
      'R: 200, 65.00 kept, busiest second 20/6.50',
      'Default: 0, 0.00 kept, busiest second 0/0.00',
    ].join('\n'),
  );
});

test('patterns share the reservoir of their rule, and the SDK for Node takes one a second of it', () => {
  const rule: SamplingRule = { ...anything, RuleName: 'R', FixedRate: 0, ReservoirSize: 5 };
  const other = { ...request, path: '/other' };
  checkRun(
    [rule],
    [pattern(100, 10), pattern(100, 10, { request: other }), pattern(100, 10, { sdk: 'node' })],
    [
      '/api/activities/home?page=2 100 -> R, 25.00 kept',
      '/other 100 -> R, 25.00 kept',
      '/api/activities/home?page=2 100 -> R, 10.00 kept',
      'R: 300, 60.00 kept, busiest second 30/6.00',
    ].join('\n'),
  );
});

test('rules that look meant for a request are named, and a rule that caught nothing says what comes nearest', () => {
  const rules: SamplingRule[] = [
    { ...anything, RuleName: 'Flask', ServiceName: 'backend_flask', Host: 'localhost', Priority: 1 },
    { ...anything, RuleName: 'Other', ServiceName: 'checkout', Priority: 2 },
    byDefault,
  ];
  checkRun(
    rules,
    [pattern(1, 1)],
    [
      '/api/activities/home?page=2 1 -> Default, 1.00 kept',
      '  not Flask: name hostPort',
      'Flask: 0, 0.00 kept, busiest second 0/0.00, missed by name hostPort',
      'Other: 0, 0.00 kept, busiest second 0/0.00, missed by name',
      'Default: 1, 1.00 kept, busiest second 1/1.00',
    ].join('\n'),
  );
});

test('requests that were decided before the rules were fetched, or by another rule, say so', () => {
  const decidedBy = new Map([
    [undefined, 3],
    ['Old', 1],
    ['Default', 2],
  ]);
  checkRun(
    [byDefault],
    [pattern(6, 6, { decidedBy })],
    [
      '/api/activities/home?page=2 6 -> Default, 6.00 kept',
      '  3 of them were decided before the SDK had fetched the rules: until then it keeps 1 a second and 5 % of the others.',
      '  1 of them was caught by Old then: the rules have changed since, or the SDK has not fetched them yet.',
      'Default: 6, 6.00 kept, busiest second 1/1.00',
    ].join('\n'),
  );
});
