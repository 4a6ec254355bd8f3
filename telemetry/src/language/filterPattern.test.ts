import { expect, test } from 'vitest';
import { longestFilterPattern, parseFilterPattern } from './filterPattern.ts';
import { compileFilterPatternBytes } from './filterPatternBytes.ts';
import { compileFilterPattern, extractedValues } from './filterPatternMatch.ts';
import { utf8BytesOf } from './utf8Bytes.ts';

/** Each line is `yes` or `no`, a bar, and the message; both forms of the matcher have to agree. */
function check(pattern: string, table: string): void {
  const parsed = parseFilterPattern(pattern);
  if (!parsed.ok) {
    throw new Error(`${pattern}: ${parsed.error.message}`);
  }
  const matches = compileFilterPattern(parsed.pattern);
  const matchesBytes = compileFilterPatternBytes(parsed.pattern);
  const lines = table
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const answers = lines.map((line) => {
    const message = line.slice(6);
    const bytes = utf8BytesOf(`<${message}>`);
    const both = [matches(message), matchesBytes(bytes, 1, bytes.length - 1)];
    return `${both.every((answer) => answer) ? 'yes' : both.some((answer) => answer) ? 'torn' : 'no '} | ${message}`;
  });
  expect(`${pattern}\n${answers.join('\n')}`).toBe(`${pattern}\n${lines.join('\n')}`);
}

test('a term is a text in the message, in the same case', () => {
  check(
    'ERROR',
    `
    yes | [ERROR 400] BAD REQUEST
    yes | Exiting with ERRORCODE: -1
    no  | an error happened`,
  );
});

test('several terms have to be there, in any order', () => {
  check(
    'ERROR ARGUMENTS',
    `
    yes | [ERROR 419] MISSING ARGUMENTS
    yes | ARGUMENTS ERROR
    no  | [ERROR 401] UNAUTHORIZED REQUEST`,
  );
});

test('a question mark makes terms alternatives', () => {
  check(
    '?ERROR ?WARN',
    `
    yes | ERROR message
    yes | WARN message
    no  | INFO message`,
  );
});

test('alternatives are ignored beside a term of another kind', () => {
  check(
    '?ERROR ?ARGUMENTS REQUEST',
    `
    yes | [INFO] REQUEST FAILED
    no  | [ERROR] MISSING ARGUMENTS`,
  );
  check(
    '?ERROR -ARGUMENTS',
    `
    yes | [INFO] REQUEST FAILED
    no  | [ERROR] MISSING ARGUMENTS`,
  );
});

test('a minus excludes a term, alone too', () => {
  check(
    'ERROR -ARGUMENTS',
    `
    yes | [ERROR 400] BAD REQUEST
    no  | [ERROR 420] INVALID ARGUMENTS
    no  | INFO`,
  );
  check(
    '-"health check"',
    `
    yes | GET /
    no  | a health check`,
  );
  check(
    'ERROR - Exiting',
    `
    yes | ERROR
    no  | ERROR Exiting`,
  );
});

test('a phrase has its spaces, its signs and its escaped quotation marks', () => {
  check(
    '"INTERNAL SERVER ERROR"',
    `
    yes | [ERROR 500] INTERNAL SERVER ERROR
    no  | INTERNAL ERROR ON SERVER`,
  );
  check(
    '"a \\"b\\" c\\\\d" "é😀"',
    `
    yes | é😀 a "b" c\\d
    no  | é😀 a b c\\d`,
  );
});

test('an empty pattern matches everything, a quoted space what has a space', () => {
  check(
    '',
    `
    yes | anything at all`,
  );
  check(
    '  ',
    `
    yes | anything`,
  );
  check(
    '" "',
    `
    yes | two words
    no  | one`,
  );
});

test('a regular expression matches anywhere unless it is anchored', () => {
  check(
    '%AUTHORIZED%',
    `
    yes | UNAUTHORIZED REQUEST
    no  | OK`,
  );
  check(
    '%^[hc]at%',
    `
    yes | hat trick
    no  | a hat`,
  );
  check(
    '%[hc]at$%',
    `
    yes | the cat
    no  | cats`,
  );
  check(
    '%^starting|^shutting down%',
    `
    yes | shutting down now
    no  | skipping starting`,
  );
  check(
    '%colou?r%',
    `
    yes | color
    yes | colour
    no  | colouur`,
  );
  check(
    '%^a{3,5}$%',
    `
    no  | aa
    yes | aaaa
    no  | aaaaaa`,
  );
  check(
    '%10\\.10\\.0\\.1%',
    `
    yes | from 10.10.0.1
    no  | from 10010,051`,
  );
  check(
    '%\\d\\D\\s\\S\\w\\W\\x3A%',
    `
    yes | 1a bc!:
    no  | 1a bc!;`,
  );
  check(
    '%^.[^a-c]+$%',
    `
    yes | aé😀d
    no  | aéb`,
  );
  check(
    '%ERROR% -%50[0-9]%',
    `
    yes | ERROR 404
    no  | ERROR 503`,
  );
});

const trail =
  '{"eventType":"UpdateTrail","ip":"111.111.111.111","list":["value","other"],"objects":[{"id":1},{"id":2}],"none":null,"flag":true,"cluster.name":"c","a":{"b":[[0,1],[4,5]]},"n":404}';

test('a JSON selector compares the text at its path', () => {
  for (const [pattern, answer] of [
    ['{ $.eventType = "UpdateTrail" }', 'yes'],
    ['{ $.eventType = UpdateTrail }', 'yes'],
    ['{$.eventType="UpdateTrail"}', 'yes'],
    ['{ $.eventType = "updatetrail" }', 'no '],
    ['{ $.eventType != "Other" }', 'yes'],
    ['{ $.eventType != "UpdateTrail" }', 'no '],
    ['{ $.eventType = "Update*" }', 'yes'],
    ['{ $.eventType = *Trail }', 'yes'],
    ['{ $.eventType = "*eTr*" }', 'yes'],
    ['{ $.eventType = "Upd*ail" }', 'no '],
    ['{ $.eventType = "*" }', 'yes'],
    ['{ $.none = "*" }', 'no '],
    ['{ $.missing = "*" }', 'no '],
    ['{ $.missing != "x" }', 'no '],
    ['{ $.ip != 123.123.* }', 'yes'],
    ['{ $.ip != 111.111.* }', 'no '],
    ['{ $.eventType = %Trail$% }', 'yes'],
    ['{ $.eventType != %Trail$% }', 'no '],
    ['{ $.list[0] = "value" }', 'yes'],
    ['{ $.list[1] = "value" }', 'no '],
    ['{ $.list[9] = "value" }', 'no '],
    ['{ $.list[*] = "other" }', 'yes'],
    ['{ $.list[*] = "third" }', 'no '],
    ['{ $.list = "value" }', 'no '],
    ['{ $.list != "value" }', 'no '],
    ['{ $.objects[1].id = 2 }', 'yes'],
    ['{ $.objects[*].id = 2 }', 'yes'],
    ['{ $.objects[*].id = 3 }', 'no '],
    ['{ $.a.b[1][0] = 4 }', 'yes'],
    ['{ $.* = %1{3}\\.% }', 'yes'],
    ['{ $.* = "nothing" }', 'no '],
    ["{ $.['cluster.name'] = c }", 'yes'],
    ["{ $['cluster.name'] = d }", 'no '],
    ['{ $.none IS NULL }', 'yes'],
    ['{ $.eventType IS NULL }', 'no '],
    ['{ $.flag IS TRUE }', 'yes'],
    ['{ $.flag IS FALSE }', 'no '],
    ['{ $.flag = true }', 'no '],
    ['{ $.flag != "x" }', 'no '],
    ['{ $.missing NOT EXISTS }', 'yes'],
    ['{ $.flag NOT EXISTS }', 'no '],
    ['{ $.list[2] NOT EXISTS }', 'yes'],
    ['{ $.n = 404 }', 'yes'],
    ['{ $.n = "404" }', 'yes'],
    ['{ $.n = 4* }', 'yes'],
    ['{ $.n = 5* }', 'no '],
    ['{ $.n = 4.04e2 }', 'yes'],
    ['{ $.n != 404 }', 'no '],
    ['{ $.n != 1e-3 }', 'yes'],
    ['{ $.n > 403.5 }', 'yes'],
    ['{ $.n > +404 }', 'no '],
    ['{ $.n >= 404 }', 'yes'],
    ['{ $.n < 404 }', 'no '],
    ['{ $.n <= 404 }', 'yes'],
    ['{ $.eventType > 1 }', 'no '],
    ['{ $.eventType != 1 }', 'yes'],
    ['{ $.n = 1 || $.flag IS TRUE && $.none IS NULL }', 'yes'],
    ['{ ($.n = 404 || $.flag IS TRUE) && $.none IS TRUE }', 'no '],
    ['{ $.n = 404 || $.flag IS TRUE && $.none IS TRUE }', 'yes'],
    ['{ ($.n = 404) && ($.ip = "*") }', 'yes'],
  ] as const) {
    check(pattern, `${answer} | ${trail}`);
  }
});

test('only a message that is JSON as a whole matches a selector', () => {
  check(
    '{ $.a = 1 }',
    `
    yes | {"a":1}
    yes | { "b" : [1, {"a": "}"}] , "a" : 1.0 }
    yes | {"\\u0061":1}
    yes | {"a":2,"a":1}
    no  | {"a":1,"a":2}
    no  | {"a":1} and more
    no  | INFO {"a":1}
    no  | {"a":1
    no  | 1
    no  | a`,
  );
  check(
    '{ $.a.b NOT EXISTS }',
    `
    yes | {"a":{"b":1},"a":2}
    no  | {"a":{"b":1}}
    no  | {"a":
    no  | nothing`,
  );
  check(
    '{ $[0].a = "x\\"y" }',
    `
    yes | [{"a":"x\\"y"}]
    no  | {"0":{"a":"x"}}`,
  );
});

const access = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

test('a line is compared field by field', () => {
  for (const [pattern, answer] of [
    ['[ip, user, username, timestamp, request, status_code, bytes]', 'yes'],
    ['[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]', 'yes'],
    ['[ip, user, username, timestamp, request =*.htm, status_code = 4*, bytes]', 'no '],
    ['[..., request =*.html*, status_code = 4*, bytes]', 'yes'],
    ['[..., status_code = 404 || status_code = 410, bytes]', 'yes'],
    ['[..., status_code = 200 || status_code = 410, bytes]', 'no '],
    ['[..., status_code >= 400 && status_code < 500, bytes]', 'yes'],
    ['[..., bytes > 1534]', 'no '],
    ['[..., bytes >= 1.534e3]', 'yes'],
    ['[ip=%^127\\.0%, ...]', 'yes'],
    ['[ip!=%^127\\.0%, ...]', 'no '],
    ['[ip, ..., bytes != 1534]', 'no '],
    ['[..., request = "GET /index.html HTTP/1.0", status, bytes]', 'yes'],
    ['[a, b, c, d, e, f, g, h]', 'no '],
    ['[a, b, c, d, e, f, g, h, ...]', 'no '],
    ['[a, b, c, d, e, f, g, ...]', 'yes'],
    ['[ip, user, rest = frank*]', 'yes'],
    ['[ip, user, rest = frank]', 'no '],
    ['[]', 'yes'],
    ['[...]', 'yes'],
  ] as const) {
    check(pattern, `${answer} | ${access}`);
  }
  check(
    '[w1=ERROR || W1=%WARN%, w2]',
    `
    yes | ERROR of something
    yes | WARNING of something
    no  | INFO of something
    no  | ERROR`,
  );
  check(
    '[w1!=ERROR && w1!=WARN, w2]',
    `
    yes | INFO of something
    no  | WARN of something`,
  );
});

function checkExtracted(pattern: string, message: string, expected: string): void {
  const parsed = parseFilterPattern(pattern);
  const values = parsed.ok ? extractedValues(parsed.pattern, message) : {};
  expect(
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
  ).toBe(expected);
}

test('the values of a line have the names of the fields, and numbers without one', () => {
  checkExtracted(
    '[..., request=*.html*, status_code=4*,]',
    access,
    '$1=127.0.0.1; $2=Prod; $3=frank; $4=10/Oct/2000:13:25:15 -0700; $request=GET /index.html HTTP/1.0; $status_code=404; $7=1534',
  );
  checkExtracted('[ip, rest]', 'a "b c" d', '$ip=a; $rest="b c" d');
  checkExtracted('[]', 'a [b c] "d" "e', '$1=a; $2=b c; $3=d; $4="e');
});

test('the values of JSON have the names of the selectors; terms have none', () => {
  checkExtracted(
    '{ $.n = 404 && $.objects[1].id = 2 && $.flag IS TRUE && $.list = 1 }',
    trail,
    '$.n=404; $.objects[1].id=2; $.flag=true',
  );
  checkExtracted('ERROR', 'ERROR', '');
});

test('a pattern may have 1,024 characters', () => {
  expect(parseFilterPattern('a'.repeat(longestFilterPattern)).ok).toBe(true);
  const parsed = parseFilterPattern('a'.repeat(longestFilterPattern + 1));
  expect(parsed.ok ? parsed : [parsed.error.column, parsed.error.length, parsed.error.message]).toEqual([
    1025,
    1,
    'A filter pattern may have 1024 characters at most; this one has 1025.',
  ]);
});
