import { expect, test } from 'vitest';
import { spansOf } from '../../test/traceSpans.ts';
import { renderRequests } from '../../test/renderRequests.ts';
import { requestsOfTrace } from './traceRequests.ts';

function check(outline: string, expected: string): void {
  expect(renderRequests(requestsOfTrace(spansOf(outline)))).toBe(expected.trim().replaceAll(/^ {4}/gm, ''));
}

test('a segment and the server span of the same request are one request from outside', () => {
  check(
    `server backend GET
       segment backend`,
    `
    client → backend root`,
  );
  check(
    `segment backend
       server backend GET`,
    `
    client → backend root`,
  );
});

test('spans of a framework may lie between the two', () => {
  check(
    `server backend GET
       internal backend middleware
         segment backend
           subsegment mock-data`,
    `
    client → backend root`,
  );
});

test('a call that nobody answers leads to an inferred request', () => {
  check(
    `segment shop
       remote api.example`,
    `
    client → shop root
    shop → api.example remote inferred`,
  );
});
