import { expect, test } from 'vitest';
import { compileFilterExpression } from './filterExpressionCompiler.ts';
import type { FilterExpression } from './filterExpression.ts';
import { parseFilterExpression } from './filterExpressionParser.ts';

function compile(expression: FilterExpression, groups: Readonly<Record<string, string>>): string {
  const compiled = compileFilterExpression(expression, ({ by, value }) => groups[`${by} ${value}`]);
  return compiled.ok ? JSON.stringify(compiled.plan).replaceAll('"', '') : compiled.message;
}

/** The plan as JSON without quotation marks, or why there is none. */
function check(text: string, expected: string, groups: Readonly<Record<string, string>> = {}): void {
  const parsed = parseFilterExpression(text);
  expect(parsed.ok ? compile(parsed.expression, groups) : parsed.error.message).toBe(expected);
}

test('a simple keyword asks the root, some request or the whole trace', () => {
  check('fault', '{kind:root,is:{kind:flag,flag:fault}}');
  check('partial', '{kind:some,is:{kind:flag,flag:partial}}');
  check('responsetime > 5', '{kind:root,is:{kind:number,of:responsetime,test:{op:>,value:5}}}');
  check('duration > 5', '{kind:duration,test:{op:>,value:5}}');
  check('duration', '{kind:duration,test:{op:set}}');
  check('user = "a"', '{kind:some,is:{kind:string,of:user,test:{op:=,value:a}}}');
});

test('the negations of a boolean are one, and stand outside of the question to some request', () => {
  check('fault = false', '{kind:not,operand:{kind:root,is:{kind:flag,flag:fault}}}');
  check('!fault', '{kind:not,operand:{kind:root,is:{kind:flag,flag:fault}}}');
  check('!!fault', '{kind:root,is:{kind:flag,flag:fault}}');
  check('!fault != true', '{kind:root,is:{kind:flag,flag:fault}}');
  check('partial = false', '{kind:not,operand:{kind:some,is:{kind:flag,flag:partial}}}');
});

test('every way to ask for presence is one', () => {
  const present = '{kind:root,is:{kind:string,of:http.url,test:{op:set}}}';
  check('http.url', present);
  check('http.url CONTAINS ""', present);
  check('http.url BEGINSWITH ""', present);
  check('http.url ENDSWITH ""', present);
  check('http.url = ""', '{kind:root,is:{kind:string,of:http.url,test:{op:=,value:}}}');
});

test('an annotation is tested by the type of the value', () => {
  check('annotation.a', '{kind:annotation,key:a,test:{type:set}}');
  check('annotation.a = "x"', '{kind:annotation,key:a,test:{type:string,test:{op:=,value:x}}}');
  check('annotation.a CONTAINS ""', '{kind:annotation,key:a,test:{type:string,test:{op:set}}}');
  check('annotation.a != 5', '{kind:annotation,key:a,test:{type:number,test:{op:!=,value:5}}}');
  check('annotation.a != true', '{kind:annotation,key:a,test:{type:boolean,value:false}}');
});

test('the filter of a node keeps its logic, with leaves that ask the request', () => {
  check(
    'service("a") { fault OR responsetime > 1 }',
    '{kind:service,service:{name:a},filter:{kind:or,operands:[{kind:flag,flag:fault},{kind:number,of:responsetime,test:{op:>,value:1}}]}}',
  );
  check('service()', '{kind:service}');
  check('rootcause.fault.entity { last }', '{kind:rootCause,cause:fault,element:entity,filter:{kind:flag,flag:last}}');
});

test('operands of the same kind are one list', () => {
  const fault = '{kind:root,is:{kind:flag,flag:fault}}';
  check('fault (fault (fault fault))', `{kind:and,operands:[${fault},${fault},${fault},${fault}]}`);
  check('(fault OR fault) OR fault', `{kind:or,operands:[${fault},${fault},${fault}]}`);
});

test('a group is replaced by its filter, also within another group', () => {
  const fault = '{kind:root,is:{kind:flag,flag:fault}}';
  check('group.name = "a"', fault, { 'name a': 'fault' });
  check('group.arn = "a"', fault, { 'arn a': 'group.name = "b"', 'name b': 'fault' });
  check('group.name != "a"', `{kind:not,operand:${fault}}`, { 'name a': 'fault' });
  check('group.name = "all" AND fault', `{kind:and,operands:[${fault}]}`, { 'name all': ' ' });
});

test('a group that cannot be written out says why', () => {
  check('group.name = "a"', 'There is no group with the name "a".');
  check('ok AND group.arn = "a"', 'There is no group with the arn "a".');
  check('group.name = "a"', 'The group "a" refers to itself.', { 'name a': 'fault AND group.name = "a"' });
  check('group.name = "a"', 'The group "a" refers to itself.', {
    'name a': 'group.arn = "b"',
    'arn b': '!group.name = "a"',
  });
  check('group.name = "a"', 'The filter of the group "a" is wrong at column 1: fualt is no keyword; fault is one.', {
    'name a': 'fualt',
  });
});

test('groups that refer to groups endlessly are refused before they grow', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`name ${index}`, `group.name = "${index + 1}"`]),
  );
  check('group.name = "0"', 'Groups refer to groups more than 32 deep.', chain);
  const doubling = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [
      `name ${index}`,
      index === 29 ? 'ok' : `group.name = "${index + 1}" fault group.name = "${index + 1}"`,
    ]),
  );
  check('group.name = "0"', 'The expression has more than 10000 conditions, those of its groups included.', doubling);
});

test('an expression made by hand, with a keyword out of its place, is refused', () => {
  expect(compile({ kind: 'boolean', keyword: 'first' }, {})).toBe('first cannot be asked of a request.');
  expect(compile({ kind: 'service', filter: { kind: 'annotation', key: 'a' } }, {})).toBe(
    'annotation cannot be asked of a request.',
  );
  const filter = { kind: 'string', keyword: 'user' } as const;
  expect(compile({ kind: 'rootCause', cause: 'fault', element: 'entity', filter }, {})).toBe(
    'user cannot be asked of the entity of a root cause.',
  );
});
