import type { SamplingRuleJson } from '@sightline/hub/client/samplingApi';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import { expect, test } from 'vitest';
import type { KnownRule } from '../sources/samplingSource.ts';
import type { SamplingState } from './samplingController.ts';
import { memberTroubleOf, newRule, withMember } from './samplingEdit.ts';
import { samplingMessageOf } from './samplingMessage.ts';
import { drawSamplingRow, renderSamplingTree, topSamplingNodesOf } from './samplingRows.ts';
import { renderSamplingTooltip } from './samplingTooltip.ts';

function ruleOf(
  rule: Partial<SamplingRule>,
  [requests, sampled, borrowed, clients]: readonly [number, number, number, number] = [0, 0, 0, 0],
  origin: SamplingRuleJson['origin'] = 'custom',
): SamplingRuleJson {
  const activity = { requests, sampled, borrowed, clients };
  return { rule: { ...newRule, ...rule }, arn: 'arn', origin, activity };
}

function stateOf(...rules: readonly SamplingRuleJson[]): SamplingState {
  const sampling = { rules, activitySeconds: 300, modifiedAt: '0' };
  return { source: { kind: 'ready' }, sampling, failure: undefined };
}

const rules = stateOf(
  ruleOf(
    { RuleName: 'SightlineHealthChecks', Priority: 100, FixedRate: 0, ReservoirSize: 0, URLPath: '/api/health-check*' },
    [60, 0, 0, 2],
    'builtIn',
  ),
  ruleOf(
    { RuleName: 'Cruddur', Priority: 9000, FixedRate: 0.1, ReservoirSize: 5, ServiceName: 'backend-flask' },
    [1200, 150, 1, 1],
  ),
  ruleOf({ RuleName: 'Default', Priority: 10_000, FixedRate: 1, ReservoirSize: 10_000 }, [0, 0, 0, 0], 'changed'),
);

test('rules stand in order of priority, with what they keep and how often they matched', () => {
  expect(renderSamplingTree(rules, (node) => node.rule === 'Cruddur')).toMatchInlineSnapshot(`
    "(circle-slash) SightlineHealthChecks  none · 0 of 60 kept in 5 min · /api/health-check* · priority 100 · built in
    (pie-chart) Cruddur  5/s + 10 % · 151 of 1,200 kept in 5 min · backend-flask · priority 9000
      Priority  9000
      FixedRate  0.1
      ReservoirSize  5
      ServiceName  backend-flask
      ServiceType  * (any)
      Host  * (any)
      HTTPMethod  * (any)
      URLPath  * (any)
      ResourceARN  * (any)
    (circle-filled) Default  all · no match in 5 min · last · built in, changed"
  `);
});

test('a screen reader hears it in words', () => {
  expect(topSamplingNodesOf(rules).map((node) => drawSamplingRow(rules, node)?.spoken)).toMatchInlineSnapshot(`
    [
      "SightlineHealthChecks, keeps none, 0 of 60 requests kept in the last 5 minutes by 2 clients, /api/health-check*, priority 100, built in",
      "Cruddur, keeps 5 a second and 10 percent of the others, 151 of 1,200 requests kept in the last 5 minutes by 1 client, backend-flask, priority 9000",
      "Default, keeps all, no match in the last 5 minutes, last, built in, changed",
    ]
  `);
});

/** What the row, the screen reader, the tooltip and the line above the tree say of a rule that was counted for ten seconds. */
function saidOf(rule: KnownRule, trouble?: string) {
  const sampling = { rules: [rule], activitySeconds: 10, modifiedAt: '0', ...(trouble && { trouble }) };
  const state: SamplingState = { source: { kind: 'ready' }, sampling, failure: undefined };
  const row = drawSamplingRow(state, { kind: 'rule', rule: 'Cruddur' });
  return [row?.description, row?.spoken, renderSamplingTooltip(rule, 10).split('\n\n')[1], samplingMessageOf(state)];
}

test('rules of AWS: counts of seconds, no number of clients, and nothing where the counts are not known', () => {
  const cruddur = ruleOf({ RuleName: 'Cruddur', FixedRate: 0.1 });
  const activity = { requests: 20, sampled: 3, borrowed: 0 };
  const { activity: _, ...unknown } = cruddur;
  expect(saidOf({ ...cruddur, activity })).toMatchInlineSnapshot(`
    [
      "1/s + 10 % · 3 of 20 kept in 10 s · priority 1000",
      "Cruddur, keeps 1 a second and 10 percent of the others, 3 of 20 requests kept in the last 10 seconds, priority 1000",
      "In the last 10 seconds 20 requests matched: 3 kept by quota or rate, 0 borrowed before there was a quota.",
      undefined,
    ]
  `);
  expect(saidOf(unknown, 'How often rules matched is not known.')).toMatchInlineSnapshot(`
    [
      "1/s + 10 % · priority 1000",
      "Cruddur, keeps 1 a second and 10 percent of the others, priority 1000",
      "How often it matched is not known.",
      "How often rules matched is not known.",
    ]
  `);
});

function contextOf(rule: string, member?: 'Host' | 'FixedRate'): string | undefined {
  return drawSamplingRow(rules, member === undefined ? { kind: 'rule', rule } : { kind: 'member', rule, member })
    ?.context;
}

test('only what can be changed can be edited or deleted', () => {
  expect([
    contextOf('Cruddur'),
    contextOf('Default'),
    contextOf('Cruddur', 'Host'),
    contextOf('Default', 'Host'),
    contextOf('Default', 'FixedRate'),
    contextOf('gone'),
  ]).toEqual(['rule deletable', 'rule default', 'member editable', 'member', 'member editable', undefined]);
});

test('the tooltip has every member, and what was reported', () => {
  const [, cruddur] = rules.sampling?.rules ?? [];
  expect(cruddur && renderSamplingTooltip(cruddur, 300)).toMatchInlineSnapshot(`
    "| | |
    |---|---|
    | RuleName | Cruddur |
    | Priority | 9000 |
    | FixedRate | 0\\.1 |
    | ReservoirSize | 5 |
    | ServiceName | backend\\-flask |
    | ServiceType | \\* |
    | Host | \\* |
    | HTTPMethod | \\* |
    | URLPath | \\* |
    | ResourceARN | \\* |
    | Version | 1 |
    | RuleARN | arn |

    In the last 5 minutes 1,200 requests matched: 150 kept by quota or rate, 1 borrowed before there was a quota; 1 client now."
  `);
});

test('without a hub, what is shown is said to be of before', () => {
  expect(samplingMessageOf({ ...rules, source: { kind: 'stopped' } })).toBe(
    'The hub has stopped; these are the rules of before.',
  );
  expect(samplingMessageOf({ ...rules, source: { kind: 'stopped' }, sampling: undefined })).toBe(undefined);
  expect(samplingMessageOf({ ...rules, failure: 'No.' })).toBe('No.');
});

/** Says why a member cannot be what was typed, or what the rule then has. */
function checkTyped(member: 'FixedRate' | 'Priority' | 'ReservoirSize' | 'RuleName', text: string, expected: string) {
  const trouble = memberTroubleOf(newRule, member, text);
  expect(trouble ?? JSON.stringify(withMember(newRule, member, text)[member])).toBe(expected);
}

test('a member is taken as it is typed, a rate also as a percentage', () => {
  checkTyped('FixedRate', '0.1', '0.1');
  checkTyped('FixedRate', ' 10 % ', '0.1');
  checkTyped('FixedRate', '110%', 'FixedRate must be a number from 0 to 1.');
  checkTyped('FixedRate', '', 'FixedRate must be a number from 0 to 1.');
  checkTyped('Priority', '10000', 'Priority must be a whole number from 1 to 9999.');
  checkTyped('ReservoirSize', 'many', 'ReservoirSize must be a whole number of at least 0.');
  checkTyped('RuleName', ' Cruddur ', '"Cruddur"');
  checkTyped('RuleName', '', 'RuleName must be a text of 1 to 32 characters.');
});
