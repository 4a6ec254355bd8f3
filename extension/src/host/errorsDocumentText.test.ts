import { expect, test } from 'vitest';
import {
  parseErrorDocumentPath,
  renderCopiedError,
  renderErrorDocument,
  toErrorDocumentPath,
} from './errorsDocumentText.ts';
import { itemOf } from './errorItemView.ts';
import { initialErrorsState, reduceErrors } from './errorsModel.ts';
import { secondsAgo, testGroup, testOccurrence } from './errorsTestSource.ts';
import { renderErrorTooltip } from './errorsTooltip.ts';

function check(text: string | undefined, expected: string): void {
  expect(`\n${text}`).toBe(expected);
}

const occurrence = testOccurrence(12, '340', {
  title: 'TypeError: no handle',
  exceptions: [
    {
      type: 'TypeError',
      message: 'no handle',
      stack: [
        { label: 'emit', path: 'node:events', line: 514, column: 28 },
        {
          label: 'show',
          path: '/app/src/feed.ts',
          line: 7,
          column: 3,
          codeBefore: ['function show() {'],
          code: '  fail(`#1`);',
          codeAfter: ['}'],
        },
      ],
    },
  ],
  request: { method: 'GET', url: 'http://localhost/api/x', headers: { accept: '*/*' }, other: {} },
  person: { id: '42', username: 'andrew' },
  telemetry: [{ time: secondsAgo(2), level: 'info', type: 'log', body: { message: 'loading' } }],
  custom: { note: 'a ``` fence' },
  codeVersion: '1.4.2',
  traceId: 'a'.repeat(32),
});

test('a path says which occurrence it shows, and ends in a title for the tab', () => {
  const path = toErrorDocumentPath({ counter: 12, id: '3/4', title: 'TypeError: ../a' });
  expect(path).toBe('/12/3%2F4/TypeError .. a.md');
  expect(parseErrorDocumentPath(path)).toEqual({ counter: 12, id: '3/4' });
  expect([parseErrorDocumentPath('/etc/passwd'), parseErrorDocumentPath('/12/3')]).toEqual([undefined, undefined]);
});

test('a document has the stack with own frames first, then who, what and when, and the payload as it came', () => {
  check(
    renderErrorDocument(occurrence, testGroup(12, { count: 3, firstSeen: secondsAgo(3600) })),
    `
# TypeError: no handle

#12 · error · active${'  '}
Happened 2026-11-23 13:59:59.000${'  '}
3 times, first 2026-11-23 13:00:00.000, last 2026-11-23 13:59:59.000${'  '}
dev · 1.4.2${'  '}
Trace aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

## Stack

\`\`\`text
TypeError: no handle
  › show /app/src/feed.ts:7:3
      fail(\`#1\`);
    emit node:events:514:28
\`\`\`

## Request

\`\`\`text
GET http://localhost/api/x
accept: */*
\`\`\`

## Person

\`\`\`text
andrew
42
\`\`\`

## Before it happened

\`\`\`text
13:59:58.000  info  log  loading
\`\`\`

## Said by the app

\`\`\`\`json
{
  "custom": {
    "note": "a \`\`\` fence"
  }
}
\`\`\`\`

## As it came

\`\`\`json
{
  "data": {
    "uuid": "340"
  }
}
\`\`\`
`,
  );
});

test('a message has its text where others have a stack', () => {
  const [, stack] = renderErrorDocument(testOccurrence(1, '1', { message: 'Hello\nWorld' }), undefined).split('## ');
  check(stack, '\nStack\n\n```text\nHello\nWorld\n```\n\n');
});

test('what is copied says what was thrown, where, and in which request', () => {
  check(
    renderCopiedError(itemOf(occurrence)),
    `
TypeError: no handle
  › show /app/src/feed.ts:7:3
      fail(\`#1\`);
    emit node:events:514:28

GET http://localhost/api/x
trace aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`,
  );
});

test('hovering tells about a group and shows the code around a frame, and nothing that senders wrote is markup', () => {
  const group = testGroup(12, { title: '[click](command:x)', count: 3, environments: ['dev'] });
  const page = { groups: [group] };
  const loaded = { kind: 'loaded', items: [occurrence], next: undefined, ofCount: 3 } as const;
  const listed = reduceErrors(initialErrorsState, { kind: 'newestLoaded', page, filter: 'active' });
  const state = reduceErrors(listed, { kind: 'occurrencesLoaded', counter: 12, loaded });
  const place = { counter: 12, id: '340', index: 0 };
  check(
    renderErrorTooltip(state, { kind: 'group', counter: 12 })?.split('\n\n')[0],
    String.raw`
**\[click\]\(command\:x\)**`,
  );
  check(
    renderErrorTooltip(state, { kind: 'frame', ...place, frame: 1 }),
    `
\`/app/src/feed.ts:7:3\`

\`\`\`
function show() {
  fail(\`#1\`);   // ←
}
\`\`\``,
  );
  check(
    renderErrorTooltip(state, { kind: 'exception', ...place }),
    `
**TypeError\\: no handle**${'  '}
\`› show /app/src/feed.ts:7:3\`${'  '}
\`emit node:events:514:28\``,
  );
  check(renderErrorTooltip(state, { kind: 'person', counter: 12, id: '340' }), '\nundefined');
});
