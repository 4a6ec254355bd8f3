import { expect, test } from 'vitest';
import {
  annotationFilter,
  filterTroubleOf,
  narrowFilter,
  routeFilter,
  serviceFilter,
  statusFilter,
} from './traceFilterText.ts';

/** A filter as a row gives it, which has to be one that parses. */
function check(filter: string | undefined, expected: string | undefined): void {
  expect(filter).toBe(expected);
  expect(filterTroubleOf(filter ?? '')).toBeUndefined();
}

test('the service of a row', () => {
  check(serviceFilter('backend "a"'), String.raw`service("backend \"a\"")`);
});

test('the route of a row: what stands between its parameters', () => {
  check(
    routeFilter({ httpMethod: 'GET', route: '/api/activities/home' }),
    'http.method = "GET" AND http.url CONTAINS "/api/activities/home"',
  );
  check(
    routeFilter({ httpMethod: 'GET', route: '/api/@:handle/posts/{id}' }),
    'http.method = "GET" AND http.url CONTAINS "/api/@" AND http.url CONTAINS "/posts/"',
  );
  check(routeFilter({ httpMethod: 'GET', route: '/' }), 'http.method = "GET"');
  check(routeFilter({}), undefined);
});

test('the status of a row', () => {
  check(statusFilter({ httpStatus: 404, status: 'error' }), 'http.status = 404');
  check(statusFilter({ status: 'throttled' }), 'throttle');
  check(statusFilter({ httpStatus: 200, status: 'running' }), 'partial');
});

test('an annotation with its value, by its type', () => {
  check(annotationFilter('user', 'juno'), 'annotation.user = "juno"');
  check(annotationFilter('aws.kind', 2), 'annotation[aws.kind] = 2');
  check(annotationFilter('is_new', false), 'annotation.is_new = false');
});

test('a condition narrows the filter that is on', () => {
  check(narrowFilter('', 'fault'), 'fault');
  check(narrowFilter('fault', 'http.status = 500'), 'fault AND http.status = 500');
  check(narrowFilter('fault OR error', 'http.status = 500'), '(fault OR error) AND http.status = 500');
  check(narrowFilter('fault http.status = 500', 'http.status = 500'), 'fault AND http.status = 500');
  check(narrowFilter('fault', 'fault'), 'fault');
});

test('the place of what is wrong', () => {
  expect([filterTroubleOf(' '), filterTroubleOf('fault )')]).toEqual([
    undefined,
    'Column 7: ) cannot stand here; here could stand =, !=, a keyword, !, (, AND, OR or the end.',
  ]);
});
