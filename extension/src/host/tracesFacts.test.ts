import type { SpanJson } from '@sightline/hub/client/api';
import { expect, test } from 'vitest';
import { childrenOfFacts, drawFact, factNodesOf, factTooltipOf, toSpanFacts } from './tracesFacts.ts';

const place = { traceId: 't', spanKey: 's', spanId: 's' };

/** What a span shows below it, as text. */
function check(span: Partial<SpanJson>, expected: readonly string[]): void {
  const facts = toSpanFacts({ source: 'xray', annotations: {}, attributes: {}, metadata: {}, ...span } as SpanJson);
  const lines = factNodesOf(facts, place).flatMap((group) => [
    `${drawFact(facts, group)?.label} ${drawFact(facts, group)?.description}`,
    ...childrenOfFacts(facts, group).map(
      (item) => `  ${drawFact(facts, item)?.label} ${drawFact(facts, item)?.description}`,
    ),
  ]);
  expect(lines).toEqual(expected);
}

test('annotations can be filtered, metadata cannot, and both say so', () => {
  check(
    {
      annotations: { user: 'juno', count: 2 },
      metadata: { default: { payload: { a: 1 } }, app: { note: 'x' }, empty: {} },
      attributes: { 'aws.region': 'ca-central-1' },
    },
    [
      'Annotations (2) can be filtered',
      '  user juno',
      '  count 2',
      'Metadata (2) cannot be filtered',
      '  payload {"a":1}',
      '  app.note x',
    ],
  );
});

test('attributes of an OTel span can be filtered where they are text, numbers or booleans', () => {
  check({ source: 'otlp', attributes: { 'http.route': '/a', tags: ['x'], ok: true } }, [
    'Annotations (2) can be filtered',
    '  http.route /a',
    '  ok true',
    'Metadata (1) cannot be filtered',
    '  tags ["x"]',
  ]);
});

test('a span that says nothing has no such rows', () => {
  check({}, []);
});

test('a click on an annotation filters, and metadata says why it does not', () => {
  const facts = toSpanFacts({
    source: 'xray',
    annotations: { user: 'juno' },
    metadata: { default: { a: 1 } },
  } as unknown as SpanJson);
  expect([
    factTooltipOf(facts, { kind: 'annotation', key: 'user', ...place }),
    factTooltipOf(facts, { kind: 'metadatum', key: 'a', ...place }),
  ]).toEqual([
    'Click to filter: annotation.user = "juno"',
    'Metadata, which X-Ray does not index: no filter can ask for it. Its value: 1',
  ]);
});
