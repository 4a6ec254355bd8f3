import { expect, test } from 'vitest';
import type { HttpSummary } from '../model/span.ts';
import { isHealthCheckPath, traceName } from './traceName.ts';

function check(http: HttpSummary | undefined, expected: string): void {
  expect(traceName(http === undefined ? { name: 'job' } : { name: 'job', http })).toBe(expected);
}

test('a request is called by its method and route, else its path, else the span', () => {
  check({ method: 'GET', route: '/api/@:handle', url: 'http://h/api/@andrew' }, 'GET /api/@:handle');
  check({ method: 'GET', url: 'http://localhost:4567/api/activities/home?page=2#top' }, 'GET /api/activities/home');
  check({ method: 'POST', url: '/api/messages?x' }, 'POST /api/messages');
  check({ method: 'GET', url: 'https://example.com' }, 'GET /');
  check({ url: '/x' }, '/x');
  check({ method: 'GET', status: 200 }, 'job');
  check(undefined, 'job');
});

test('health checks are told by the end of their path', () => {
  const yes = [
    '/health',
    '/api/health-check',
    '/api/health-check?x=1',
    '/healthz',
    '/actuator/health/liveness',
    '/readyz/',
    '/ping',
    '/api/ping/?x=1',
  ];
  const no = [
    '/',
    '/api/health-check-list',
    '/healthy-food',
    '/health/records',
    '/api/activities/home',
    '/ready-meals',
    '/shipping',
    '/pings',
  ];
  expect(yes.filter((path) => !isHealthCheckPath(path))).toEqual([]);
  expect(no.filter((path) => isHealthCheckPath(path))).toEqual([]);
});
