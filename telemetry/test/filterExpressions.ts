import * as fc from 'fast-check';
import type { FilterExpression, Json } from '../src/language/filterExpression.ts';
import { keywordEntries, type FilterScope } from '../src/language/filterExpressionKeywords.ts';

/** An expression for each form that the developer guide shows, and for some that the console and other tools write. */
export const guideExamples: readonly string[] = [
  'responsetime > 4',
  'duration >= 2 AND duration <= 9',
  'ok',
  '!ok',
  'ok = false',
  'ok !partial duration <2',
  'http.status != 204',
  'http.url CONTAINS "/api/shop/"',
  'user CONTAINS ""',
  'http.url AND responseTime > 1.5',
  'service("shop.example.com") { fault }',
  'service() { fault OR error }',
  'service("stock") {root = true and fault = true}',
  'edge("shop.example.com", "stock.example.com") { error }',
  'http.url BEGINSWITH "http://shop.example.com/" AND http.url CONTAINS "/v3/" AND !service("shop.example.com")',
  'annotation.orderid = "A-17"',
  'annotation.items > 12',
  'annotation.items',
  '!annotation.items',
  'group.name = "slow" AND user = "mallory"',
  'service(id(name: "resize", type: "AWS::Lambda::Function")) { error }',
  'edge(id(name: "a", type: "t"), id(name: "b", type: "t")) { fault }',
  'service(id(account.id: "123456789012"))',
  'rootcause.fault.entity { last and name = "parse" }',
  'rootcause.responsetime.entity { remote and coverage > 0.6 and name = "orders" }',
  'rootcause.fault.service { inferred and name = "orders" and type = "AWS::DynamoDB" }',
  'rootcause.error.service { index > 3 }',
  'rootcause.fault.exception { last and message = "No such \\"table\\"" }',
  'rootcause.json = #[{ "Services": [ { "Name": "A", "EntityPath": [{ "Name": "a]" }, {} ] }, { "Name": "B" } ] }]',
  'service("shop.example.com") { fault = true OR responsetime > 2.5 } AND annotation.foo = "bar"',
  '(service(id(name: "frontend"  ))) AND (Annotation[aws.local.environment] = "k8s:default")',
];

const anyText = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', '\\', ']', 'a', ' ') }));
// Minus zero is written as zero.
const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
const equality = fc.constantFrom('=', '!=');
const order = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
const part = fc.constantFrom('=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH');

const booleanTest = fc.record({ op: equality, value: fc.boolean() });
const numberTest = fc.record({ op: order, value: anyNumber });
const stringTest = fc.record({ op: part, value: anyText });

/** A tenth of all members are absent, as presence tests are. */
function withTest<Base extends object, Test>(base: fc.Arbitrary<Base>, tests: fc.Arbitrary<Test>) {
  return fc
    .tuple(base, fc.option(tests, { nil: undefined, freq: 9 }))
    .map(([given, test]) => (test === undefined ? given : { ...given, test }));
}

function anySimple(scope: FilterScope): fc.Arbitrary<FilterExpression> {
  const uses = keywordEntries.filter(({ scopes }) => scopes.includes(scope)).map(({ use }) => use);
  const simple = uses.flatMap((use): fc.Arbitrary<FilterExpression>[] => {
    switch (use.type) {
      case 'boolean':
        return [withTest(fc.constant({ kind: 'boolean', keyword: use.keyword } as const), booleanTest)];
      case 'number':
        return [withTest(fc.constant({ kind: 'number', keyword: use.keyword } as const), numberTest)];
      case 'string':
        return [withTest(fc.constant({ kind: 'string', keyword: use.keyword } as const), stringTest)];
      default:
        return [];
    }
  });
  return fc.oneof(...simple);
}

/** Logic over conditions, as deep as a person may write it. */
function anyLogic(condition: fc.Arbitrary<FilterExpression>): fc.Arbitrary<FilterExpression> {
  const { expression } = fc.letrec<{ expression: FilterExpression }>((tie) => {
    const operands = fc.array(tie('expression'), { minLength: 2, maxLength: 3 });
    return {
      expression: fc.oneof(
        { maxDepth: 4 },
        condition,
        fc.record({ kind: fc.constantFrom('and', 'or'), operands }),
        fc.record({ kind: fc.constant('not'), operand: tie('expression') }),
      ),
    };
  });
  return expression;
}

function withFilter<Base extends object>(base: fc.Arbitrary<Base>, scope: FilterScope) {
  return fc
    .tuple(base, fc.option(anyLogic(anySimple(scope)), { nil: undefined }))
    .map(([given, filter]) => (filter === undefined ? given : { ...given, filter }));
}

const selector = fc
  .record({ name: anyText, type: anyText, accountId: anyText }, { requiredKeys: [] })
  .filter((members) => Object.keys(members).length > 0);

const rootCause = (element: 'service' | 'entity' | 'exception') =>
  withFilter(
    fc.record({
      kind: fc.constant('rootCause'),
      cause: fc.constantFrom('fault', 'error', 'responsetime'),
      element: fc.constant(element),
    }),
    `rootCause.${element}`,
  );

const anyJson = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** Conditions without `group`, which needs groups. */
const anyCondition: fc.Arbitrary<FilterExpression> = fc.oneof(
  { arbitrary: anySimple('trace'), weight: 4 },
  withTest(
    fc.record({ kind: fc.constant('annotation'), key: fc.string({ minLength: 1 }) }),
    fc.oneof(booleanTest, numberTest, stringTest),
  ),
  withFilter(fc.constant({ kind: 'service' } as const), 'service'),
  withFilter(fc.record({ kind: fc.constant('service'), service: selector }), 'service'),
  withFilter(fc.record({ kind: fc.constant('edge'), source: selector, destination: selector }), 'edge'),
  rootCause('service'),
  rootCause('entity'),
  rootCause('exception'),
  withTest(
    fc.constant({ kind: 'rootCauseJson' } as const),
    fc.record({ op: equality, value: fc.array(anyJson, { maxLength: 3 }) }),
  ),
);

const group = fc.record({
  kind: fc.constant('group'),
  by: fc.constantFrom('name', 'arn'),
  test: fc.record({ op: equality, value: anyText }),
});

/** Any expression that the parser can give. */
export const anyFilterExpression: fc.Arbitrary<FilterExpression> = anyLogic(fc.oneof(anyCondition, group));

/** Any but those that refer to groups. */
export const anyGrouplessExpression: fc.Arbitrary<FilterExpression> = anyLogic(anyCondition);
