import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyFilterExpression, guideExamples } from '../../test/filterExpressions.ts';
import type { FilterExpressionError } from './filterExpression.ts';
import { parseFilterExpression } from './filterExpressionParser.ts';
import { renderFilterExpression } from './filterExpressionText.ts';

/** The canonical text, or the column and length of the error with its message. */
function check(text: string, expected: string): void {
  const parsed = parseFilterExpression(text);
  expect(parsed.ok ? renderFilterExpression(parsed.expression) : spoken(parsed.error)).toBe(expected);
}

function spoken({ column, length, message }: FilterExpressionError): string {
  return `${column}+${length} ${message}`;
}

function checkExpected(text: string, expected: string): void {
  const parsed = parseFilterExpression(text);
  expect(parsed.ok ? 'no error' : parsed.error.expected.join(' ')).toBe(expected);
}

test('what is wrong is not quoted whole where it is long', () => {
  for (const text of ['x'.repeat(9_000), `http.status = "${'q '.repeat(4_000)}"`, `"${'q'.repeat(9_000)}"`]) {
    const parsed = parseFilterExpression(text);
    expect(parsed.ok ? 'read' : parsed.error.message.length < 500).toBe(true);
  }
});

test.each(guideExamples)('the guide’s example %s is read', (text) => {
  expect(parseFilterExpression(text)).toMatchObject({ ok: true });
});

test('keywords and operators are read in any case, and written in one', () => {
  check('ResponseTime>5 and OK = TRUE Or not', '33+3 Negation is written as !.');
  check('ResponseTime>5 and OK = TRUE Or Fault', 'responsetime > 5 AND ok = true OR fault');
  check(' HTTP.Url  contains"x"\n!Partial ', 'http.url CONTAINS "x" AND !partial');
  check('GROUP.NAME="x" or Json', 'group.name = "x" OR rootcause.json');
});

test('AND binds closer than OR, and parentheses are kept where they matter', () => {
  check('ok OR fault error', 'ok OR fault AND error');
  check('(ok OR fault) error', '(ok OR fault) AND error');
  check('(ok AND fault) OR (error)', 'ok AND fault OR error');
  check('(ok AND fault) AND error', '(ok AND fault) AND error');
  check('!(ok)', '!ok');
  check('! ! (ok fault)', '!!(ok AND fault)');
});

test('an annotation key is read in each of its forms', () => {
  check('annotation.gameid = "817DL6VO"', 'annotation.gameid = "817DL6VO"');
  check('annotation.a-b.c', 'annotation[a-b.c]');
  check('Annotation[ aws.local.service ]="x"', 'annotation[aws.local.service] = "x"');
  check('annotation["a]b"]', 'annotation["a]b"]');
  check(String.raw`annotation[" \"q\" "]`, String.raw`annotation[" \"q\" "]`);
  check('annotation[key]', 'annotation.key');
});

test('text takes \\" and \\\\ as escapes, and every other backslash as it is', () => {
  check(String.raw`user = "a\"b\\c\d"`, String.raw`user = "a\"b\\c\\d"`);
});

test('numbers are read with sign, fraction and exponent', () => {
  check(
    'duration > .5 index',
    '15+5 index describes an element of a root cause: it stands in the braces of rootcause.fault.service, rootcause.fault.entity or rootcause.fault.exception.',
  );
  check(
    'annotation.a = -1.50 annotation.b < 2e+3 annotation.c > -0',
    'annotation.a = -1.5 AND annotation.b < 2000 AND annotation.c > 0',
  );
});

test('id() takes its members in any order', () => {
  check('service(id(type:"t",name:"n")){}', 'service(id(name: "n", type: "t"))');
  check('edge("a",id(account.id: "1"))', 'edge("a", id(account.id: "1"))');
  check('service( id ( name : "n" ) ) {ok}', 'service("n") { ok }');
});

test('an expression that ends too early says what could follow', () => {
  check('', '1+0 The expression is empty; here could stand a keyword, ! or (.');
  check('  ', '3+0 The expression is empty; here could stand a keyword, ! or (.');
  check('ok AND', '7+0 The expression ends too early; here could stand a keyword, ! or (.');
  check('!', '2+0 The expression ends too early; here could stand a keyword, ! or (.');
  check('(ok', '4+0 The expression ends too early; here could stand =, !=, a keyword, !, (, ), AND or OR.');
  check('ok =', '5+0 The expression ends too early; here could stand true or false.');
  check('duration >', '11+0 The expression ends too early; here could stand a number.');
  check('user CONTAINS', '14+0 The expression ends too early; here could stand text in quotation marks.');
  check(
    'annotation.a =',
    '15+0 The expression ends too early; here could stand true, false, a number or text in quotation marks.',
  );
  check('service', '8+0 The expression ends too early; here could stand (.');
  check('service(', '9+0 The expression ends too early; here could stand text in quotation marks, id(…) or ).');
  check('service("a"', '12+0 The expression ends too early; here could stand ).');
  check('service("a") {', '15+0 The expression ends too early; here could stand a keyword, !, ( or }.');
  check(
    'service("a") { ok',
    '18+0 The expression ends too early; here could stand =, !=, a keyword, !, (, }, AND or OR.',
  );
  check('edge("a"', '9+0 The expression ends too early; here could stand ,.');
  check('edge("a",', '10+0 The expression ends too early; here could stand text in quotation marks or id(…).');
  check('service(id', '11+0 The expression ends too early; here could stand (.');
  check('service(id(', '12+0 The expression ends too early; here could stand name, type or account.id.');
  check('service(id(type', '16+0 The expression ends too early; here could stand :.');
  check('service(id(type: "t"', '21+0 The expression ends too early; here could stand ) or ,.');
  check('service(id(type: "t",', '22+0 The expression ends too early; here could stand name or account.id.');
  check('group.name', '11+0 The expression ends too early; here could stand = or !=.');
  check('rootcause.json =', '17+0 The expression ends too early; here could stand #[…].');
});

test('what cannot stand at its place says what could', () => {
  check(')', '1+1 ) cannot stand here; here could stand a keyword, ! or (.');
  check('ok )', '4+1 ) cannot stand here; here could stand =, !=, a keyword, !, (, AND, OR or the end.');
  check('ok "x"', '4+3 "x" cannot stand here; here could stand =, !=, a keyword, !, (, AND, OR or the end.');
  check('()', '2+1 ) cannot stand here; here could stand a keyword, ! or (.');
  check('"x" = user', '1+3 "x" cannot stand here; here could stand a keyword, ! or (.');
  check('service("a", "b")', '12+1 , cannot stand here; here could stand ).');
  check('edge()', '6+1 ) cannot stand here; here could stand text in quotation marks or id(…).');
  check('service(id())', '12+1 ) cannot stand here; here could stand name, type or account.id.');
  check('service(id(name:"a", name:"b"))', '22+4 name cannot stand here; here could stand type or account.id.');
  check('rootcause.json = "x"', '18+3 "x" cannot stand here; here could stand #[…].');
  check('group.name > "x"', '12+1 > cannot stand here; here could stand = or !=.');
  check('ok {', '4+1 { cannot stand here; here could stand =, !=, a keyword, !, (, AND, OR or the end.');
});

test('an operator or value of the wrong type says of which type the keyword is', () => {
  check('fault > 1', '7+1 fault is true or false, and > compares numbers; here could stand =, !=, AND or OR.');
  check(
    'fault CONTAINS "x"',
    '7+8 fault is true or false, and CONTAINS searches text; here could stand =, !=, AND or OR.',
  );
  check('fault = 1', '9+1 fault is true or false, not with 1; here could stand true or false.');
  check(
    'duration contains "1"',
    '10+8 duration is a number, and CONTAINS searches text; here could stand =, !=, <, <=, >, >=, AND or OR.',
  );
  check(
    'http.status = "200"',
    '15+5 http.status is compared with a number, not with "200"; here could stand a number.',
  );
  check(
    'user < "x"',
    '6+1 user is text, and < compares numbers; here could stand =, !=, CONTAINS, BEGINSWITH, ENDSWITH, AND or OR.',
  );
  check('user = alice', '8+5 Text stands in quotation marks: write "alice".');
  check('user = 7', '8+1 Text stands in quotation marks: write "7".');
  check('annotation.a > "x"', '16+3 > compares with a number, not with "x"; here could stand a number.');
  check('annotation.a CONTAINS 5', '23+1 Text stands in quotation marks: write "5".');
  check('annotation.a = b', '16+1 Text stands in quotation marks: write "b".');
  check('service(a)', '9+1 Text stands in quotation marks: write "a".');
});

test('a word that is no keyword is met with the one that was meant', () => {
  check('fualt', '1+5 fualt is no keyword; fault is one.');
  check('http.methods = "GET"', '1+12 http.methods is no keyword; http.method is one.');
  check('service() { responsetme > 1 }', '13+11 responsetme is no keyword; responsetime is one.');
  check('colour', '1+6 colour is no keyword, and text stands in quotation marks.');
  check('NOT ok', '1+3 Negation is written as !.');
  check('AND ok', '1+3 A condition is missing before AND.');
  check('ok AND OR fault', '8+2 A condition is missing before OR.');
  check('CONTAINS "x"', '1+8 A condition is missing before CONTAINS.');
  check('annotation = 1', '1+10 The key of the annotation is missing: write annotation.key or annotation[key].');
});

test('a keyword outside its place says where it belongs', () => {
  check(
    'coverage > 1',
    '1+8 coverage describes an element of a root cause: it stands in the braces of rootcause.fault.entity.',
  );
  check('service() { annotation.a }', '13+12 An annotation belongs to the trace: move annotation.a out of the braces.');
  check('service() { service() }', '13+7 service() cannot stand between braces: combine it with AND outside of them.');
  check(
    'edge("a", "b") { first }',
    '18+5 first says nothing of an edge: it stands in the braces of rootcause.fault.service, rootcause.fault.entity or rootcause.fault.exception.',
  );
  check('service() { group.name = "x" }', '13+10 group.name says nothing of a service.');
  check('rootcause.fault.exception { fault }', '29+5 fault says nothing of an exception of a root cause.');
  check(
    'rootcause.fault.service { coverage > 1 }',
    '27+8 coverage says nothing of a service of a root cause: it stands in the braces of rootcause.fault.entity.',
  );
  check(
    'rootcause.fault.entity { rootcause.fault.entity }',
    '26+22 rootcause.fault.entity says nothing of an entity of a root cause.',
  );
});

test('what is no token says how it is written', () => {
  check('ok && fault', '4+2 Write AND between two conditions.');
  check('ok | fault', '4+1 Write OR between two conditions.');
  check('user == "x"', '7+1 Equality is written with one =; here could stand text in quotation marks.');
  check("user = 'x'", '8+1 Text stands in double quotation marks: "…".');
  check('user = “x”', '8+1 Text stands in double quotation marks: "…".');
  check('user = "x', '8+2 The closing quotation mark is missing.');
  check(String.raw`user = "x\"`, '8+4 The closing quotation mark is missing.');
  check('duration > 5s', '12+2 5s is not a number: a number is written 200 or 0.25, seconds without a unit.');
  check('duration > 0x10', '12+4 0x10 is not a number: a number is written 200 or 0.25, seconds without a unit.');
  check('duration > -', '12+1 - is not a number: a number is written 200 or 0.25, seconds without a unit.');
  check('duration > 1e999', '12+5 1e999 is larger than any number here.');
  check('annotation.', '1+11 The key of the annotation is missing: write annotation.key or annotation[key].');
  check('annotation[]', '1+12 The key of the annotation is missing: write annotation.key or annotation[key].');
  check('annotation[a', '1+12 The closing bracket ] of annotation[…] is missing.');
  check('annotation["a"', '1+14 The closing bracket ] of annotation[…] is missing.');
  check('ok 😀', '4+2 😀 has no meaning here.');
  check('json = #{}', '8+1 A # begins a list of root causes in JSON: write #[{ … }].');
  check('json = #[{]}', '8+5 What stands in #[…] is not JSON.');
  check('json = #[{}', '8+4 The closing bracket ] of #[…] is missing.');
  check('json = #[{a:1}]', '8+8 What stands in #[…] is not JSON.');
  check('json = #[', '8+2 The closing bracket ] of #[…] is missing.');
  check(`json = #${'['.repeat(33)}`, '8+34 The JSON nests more than 32 deep.');
});

test('the members of the list of what could stand there are written as in an expression', () => {
  checkExpected('ok', 'no error');
  checkExpected('duration ', 'no error');
  checkExpected('annotation.a = ', 'true false a number text in quotation marks');
  checkExpected('(user ', '= != CONTAINS BEGINSWITH ENDSWITH a keyword ! ( ) AND OR');
});

test('64 parentheses nest, 65 do not, and a hundred thousand are no danger', () => {
  check(`${'('.repeat(63)}ok${')'.repeat(63)}`, 'ok');
  check(`${'('.repeat(64)}ok`, '65+2 Parentheses and negations nest more than 64 deep.');
  check('!'.repeat(100_000), '65+1 Parentheses and negations nest more than 64 deep.');
});

test('a long list of conditions is no nesting', () => {
  const text = Array.from({ length: 10_000 }, () => 'ok').join(' OR ');
  check(text, text);
});

test('an example cut at any character is read or refused within the text, never more', () => {
  for (const text of guideExamples) {
    for (let length = 0; length <= text.length; length++) {
      checkErrorLiesInside(text.slice(0, length));
    }
  }
});

test('no text makes the parser throw', () => {
  const pieces = fc.constantFrom(...guideExamples.flatMap((text) => text.split(/(?<=\W)|(?=\W)/u)));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), checkErrorLiesInside));
  fc.assert(fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => checkErrorLiesInside(parts.join(''))));
});

test('the text of any expression is read as that expression', () => {
  fc.assert(
    fc.property(anyFilterExpression, (expression) => {
      expect(parseFilterExpression(renderFilterExpression(expression))).toEqual({ ok: true, expression });
    }),
    { numRuns: 1000 },
  );
});

function checkErrorLiesInside(text: string): void {
  const parsed = parseFilterExpression(text);
  const { column, length, message } = parsed.ok ? { column: 1, length: 0, message: 'none' } : parsed.error;
  expect(column).toBeGreaterThan(0);
  expect(column - 1 + length).toBeLessThanOrEqual(text.length);
  expect(message).toMatch(/\S/u);
}
