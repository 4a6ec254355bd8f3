import type { DryRunJson } from '@sightline/hub/client/samplingApi';
import { expect, test } from 'vitest';
import { parseRequestLine, renderDryRun, renderExplanation } from './samplingReportText.ts';

const request = { service: 'backend', host: 'localhost:4567', method: 'GET', path: '/api?page=2' };
const query = { kind: 'query', message: 'URLPath is "/api". Write "/api*".' } as const;

/** Local times differ from machine to machine. */
function withoutTimes(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME');
}

test('a dry run says for each rule what it catches and for each request which rule', () => {
  const run: DryRunJson = {
    from: '1000000000000',
    to: '1100000000000',
    traces: 201,
    isPartial: true,
    decidedByCaller: 1,
    requests: [
      {
        request,
        sdk: 'node',
        count: 200,
        rule: 'Default',
        kept: 29.31,
        nearMisses: [{ rule: 'Api', reasons: [query] }],
        decidedThen: ['200 of them were caught by Old then.'],
      },
    ],
    omitted: 2,
    rules: [
      { rule: 'Api', requests: 0, kept: 0, peak: { requests: 0, kept: 0 }, missed: { request, reasons: [query] } },
      { rule: 'Default', requests: 200, kept: 29.31, peak: { requests: 10, kept: 1.5 } },
    ],
    notes: ['A note.'],
  };
  expect(withoutTimes(renderDryRun(run))).toMatchInlineSnapshot(`
    "Sampling: dry run of the last hour

    Covers TIME to TIME (100 seconds): 201 traces, the newest ones.
    Only requests that X-Ray or OpenTelemetry traced are counted.
    1 request came from a service that had decided for them; no rule is asked then.
    A note.

    RULES, in order of priority
      Api: catches nothing
          nearest: backend: GET localhost:4567/api?page=2
          URLPath is "/api". Write "/api*".
      Default: catches 200 requests (2/s), keeps 29 of them (0.29/s); in the busiest second 1.5 of 10

    REQUESTS, the most frequent first
      backend: GET localhost:4567/api?page=2  200×, X-Ray SDK for Node
          → Default, 29 kept
          200 of them were caught by Old then.
          not Api:
              URLPath is "/api". Write "/api*".
      … and 2 other kinds of requests
    "
  `);
});

test('a dry run without a request says so', () => {
  const nothing = { requests: [], rules: [], notes: [], omitted: 0, decidedByCaller: 0 };
  const run = { ...nothing, from: '0', to: '0', traces: 0, isPartial: false };
  expect(renderDryRun(run)).toContain('None was traced in the last hour.');
});

test('one request is explained by every rule', () => {
  const rules = [
    { rule: 'Api', reasons: [query] },
    { rule: 'Default', reasons: [] },
  ];
  const answer = { rule: 'Default', keptPerSecond: 1.45, rules, notes: [] };
  expect(renderExplanation({ request, perSecond: 10 }, answer)).toMatchInlineSnapshot(`
    "Sampling: backend: GET localhost:4567/api?page=2

    Default catches it. Of 10 such a second 1.4 would be kept (X-Ray SDK for Node).

    RULES, in order of priority
      Api
          URLPath is "/api". Write "/api*".
      Default: catches it
    "
  `);
});

function checkLine(text: string, expected: string): void {
  expect(JSON.stringify(parseRequestLine(text)) ?? 'no request').toBe(expected);
}

test('a request is typed as programs and people write it', () => {
  checkLine('GET http://localhost:4567/api?x=1', '{"method":"GET","host":"localhost:4567","path":"/api?x=1"}');
  checkLine('post localhost:4567', '{"method":"POST","host":"localhost:4567","path":"/"}');
  checkLine('https://example.com?x=1#top', '{"host":"example.com","path":"/?x=1"}');
  checkLine('/api/home', '{"path":"/api/home"}');
  checkLine('DELETE /api/home', '{"method":"DELETE","path":"/api/home"}');
  checkLine('localhost/api', '{"host":"localhost","path":"/api"}');
  checkLine('home', 'no request');
  checkLine('', 'no request');
  checkLine('GET a b', 'no request');
});
