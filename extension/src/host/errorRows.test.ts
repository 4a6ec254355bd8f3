import type { ErrorGroupJson, OccurrenceJson } from '@sightline/hub/client/errorsApi';
import { expect, test } from 'vitest';
import {
  childErrorNodesOf,
  errorNodeIdOf,
  parentErrorNodeOf,
  topErrorNodesOf,
  type ErrorsNode,
} from './errorsNodes.ts';
import { drawErrorRow, renderErrorsTree } from './errorRows.ts';
import { initialErrorsState, reduceErrors, type ErrorsState } from './errorsModel.ts';
import { secondsAgo, testGroup, testOccurrence } from './errorsTestSource.ts';
import { testNow } from './tracesTestRows.ts';

/** The view as text, with all rows open or those that open by themselves. */
function check(state: ErrorsState, expected: string, isExpanded: (node: ErrorsNode) => boolean = () => true): void {
  expect(`\n${renderErrorsTree(state, testNow, isExpanded)}\n`).toBe(expected);
}

test('a group says how often and when, who met it, and how it went in the last hour', () => {
  const often = {
    count: 12,
    lastSeen: secondsAgo(3),
    lastPerson: 'andrew',
    recent: [0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 4, 2],
  };
  check(
    listed(
      [testGroup(1, often), testGroup(2, { count: 1204, personCount: 3, lastPerson: 'bayko', recent: [0, 0] })],
      [],
    ),
    `
(error) TypeError: number 1  12× · last 3 s ago · andrew · ▁▃▅▆▁▁▁▁▁▁█▅
(error) TypeError: number 2  1,204× · now · bayko and 2 others
`,
    () => false,
  );
});

test('level and status are seen at the icon', () => {
  const differences: Partial<ErrorGroupJson>[] = [
    { level: 'critical' },
    { level: 'warning', title: 'Hello World' },
    { level: 'info' },
    { level: 'debug' },
    { reactivated: true },
    { status: 'resolved' },
    { status: 'muted' },
  ];
  check(
    listed(
      differences.map((difference, index) => testGroup(index, { recent: [], ...difference })),
      [],
    ),
    `
(flame) TypeError: number 0  1× · now
(warning) Hello World  1× · now
(info) TypeError: number 2  1× · now
(comment) TypeError: number 3  1× · now
(error) TypeError: number 4  again · 1× · now
(pass) TypeError: number 5  resolved · 1× · now
(bell-slash) TypeError: number 6  muted · 1× · now
`,
    () => false,
  );
});

const frame = (label: string, path: string, line: number) => ({ label, path, line, column: 3 });

const telling = testOccurrence(1, 'o2', {
  time: secondsAgo(0),
  exceptions: [
    {
      type: 'NotFound',
      message: 'no  activity\n17',
      stack: [frame('emit', 'node:events', 514), frame('show', '/app/src/feed.ts', 7), frame('', '/app/src/app.ts', 2)],
    },
    { type: 'TypeError', message: 'no handle', stack: [frame('find', '/app/src/feed.ts', 3)] },
  ],
  person: { id: '42', username: 'andrew', email: 'andrew@example.com' },
  request: {
    method: 'GET',
    url: 'http://localhost/api/activities/17',
    userIp: '127.0.0.1',
    headers: { accept: '*/*' },
    other: { params: { id: '17' }, body: {} },
  },
  telemetry: [
    { time: secondsAgo(1), level: 'info', type: 'log', body: { message: 'loading' } },
    { level: 'error', type: 'network', body: { method: 'GET', url: '/api/x', status_code: 500 } },
    { type: 'navigation', body: { from: '/', to: '/home' } },
  ],
  codeVersion: '1.4.2',
  traceId: '65a0b1c2000102030405060708090a0b',
});

test('an occurrence shows its chain with own frames first, then request, person, what happened before, and trace', () => {
  check(
    listed([testGroup(1, { count: 2, recent: [] })], [telling]),
    `
(error) TypeError: number 1  2× · now
  (clock) 2026-11-23 14:00:00  andrew · dev · 1.4.2
    (bug) NotFound: no activity 17  feed.ts:7
      (debug-stackframe) show  feed.ts:7
      (debug-stackframe) app.ts:2
      (library) 1 library frame
        (debug-stackframe-dot) emit  node:events:514
    (bug) caused by TypeError: no handle  feed.ts:3
      (debug-stackframe) find  feed.ts:3
    (globe) GET http://localhost/api/activities/17
      user ip  127.0.0.1
      params  {"id":"17"}
      accept  */*
    (person) andrew  42 · andrew@example.com
    (debug-step-over) Before it happened  3 breadcrumbs
      (info) loading  log · 13:59:59.000
      (error) GET /api/x 500  network
      (comment) / → /home  navigation
    (list-tree) Open trace  65a0b1c2000102030405060708090a0b
    (go-to-file) Open details
`,
  );
});

test('an opened group shows its newest occurrence and what was thrown without another click', () => {
  const state = listed(
    [testGroup(1, { count: 2, recent: [] })],
    [telling, testOccurrence(1, 'o1', { person: { id: '7' } })],
  );
  const isOpen = (node: ErrorsNode): boolean =>
    node.kind === 'group' || drawErrorRow(state, node, testNow)?.expansion === 'expanded';
  check(
    state,
    `
(error) TypeError: number 1  2× · now
  (clock) 2026-11-23 14:00:00  andrew · dev · 1.4.2
    (bug) NotFound: no activity 17  feed.ts:7
      (debug-stackframe) show  feed.ts:7
      (debug-stackframe) app.ts:2
      (library) 1 library frame
    (bug) caused by TypeError: no handle  feed.ts:3
    (globe) GET http://localhost/api/activities/17
    (person) andrew  42 · andrew@example.com
    (debug-step-over) Before it happened  3 breadcrumbs
    (list-tree) Open trace  65a0b1c2000102030405060708090a0b
    (go-to-file) Open details
  (clock) 2026-11-23 13:59:59  7 · dev
`,
    isOpen,
  );
});

test('a message item shows its message', () => {
  check(
    listed(
      [testGroup(1, { level: 'warning', title: 'Hello World', recent: [] })],
      [testOccurrence(1, 'o1', { message: 'Hello\nWorld' })],
    ),
    `
(warning) Hello World  1× · now
  (clock) 2026-11-23 13:59:59  dev
    (comment) Hello World
    (go-to-file) Open details
`,
  );
});

test('grouped by environment, an error of several is listed once', () => {
  const groups = [
    testGroup(1, { environments: ['prod', 'dev'] }),
    testGroup(2),
    testGroup(3),
    testGroup(4, { environments: [] }),
  ];
  check(
    reduceErrors(
      listed(
        groups.map((group) => ({ ...group, recent: [] })),
        [],
      ),
      { kind: 'groupingChosen', groupBy: 'environment' },
    ),
    `
(no environment)  1 error
  (error) TypeError: number 4  1× · now
dev  2 errors
  (error) TypeError: number 2  1× · now
  (error) TypeError: number 3  1× · now
dev, prod  1 error
  (error) TypeError: number 1  1× · now
`,
  );
});

test('every row is found again below the row that it names as its parent', () => {
  const groups = [testGroup(1, { count: 2 })];
  for (const groupBy of ['none', 'environment'] as const) {
    const state = reduceErrors(listed(groups, [telling]), { kind: 'groupingChosen', groupBy });
    const ids = new Set<string>();
    const walk = (nodes: readonly ErrorsNode[], parent: string | undefined): void => {
      for (const node of nodes) {
        const above = parentErrorNodeOf(state, node);
        expect(above === undefined ? undefined : errorNodeIdOf(above)).toBe(parent);
        ids.add(errorNodeIdOf(node));
        walk(childErrorNodesOf(state, node), errorNodeIdOf(node));
      }
    };
    walk(topErrorNodesOf(state), undefined);
    expect(ids.size).toBe(groupBy === 'none' ? 20 : 21);
  }
});

function listed(groups: readonly ErrorGroupJson[], occurrences: readonly OccurrenceJson[]): ErrorsState {
  const state = reduceErrors(initialErrorsState, { kind: 'newestLoaded', page: { groups }, filter: 'active' });
  const loaded = { kind: 'loaded', items: occurrences, next: undefined, ofCount: groups[0]?.count } as const;
  return occurrences.length === 0 ? state : reduceErrors(state, { kind: 'occurrencesLoaded', counter: 1, loaded });
}
