import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFilterPattern } from './filterPattern.ts';
import { compileFilterPatternBytes } from './filterPatternBytes.ts';
import { literalsOf } from './filterPatternLiterals.ts';
import { compileFilterPattern, extractedValues } from './filterPatternMatch.ts';
import { containsBytes, utf8BytesOf } from './utf8Bytes.ts';

/** What the grammar is made of, so that random texts come near to it. */
const pieces = fc.constantFrom(
  ...'{ } [ ] ( ) $ . = != < >= && || IS NOT EXISTS NULL TRUE " % * ... , a b - ? 1e3 \\'.split(' '),
  ...'$.a|$.[\'b.c\']|$.a[*]|[0]|"a"|%a+%| |\n'.split('|'),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join('')),
  fc.array(pieces, { maxLength: 20 }).map((parts) => `{${parts.join(' ')}}`),
  fc.array(pieces, { maxLength: 20 }).map((parts) => `[${parts.join(' ')}]`),
);

test('no text makes the parser throw, and an error is inside the text', () => {
  fc.assert(
    fc.property(text, (pattern) => {
      const parsed = parseFilterPattern(pattern);
      const { column, length, message } = parsed.ok ? { column: 1, length: 0, message: 'none' } : parsed.error;
      expect(column >= 1 && length >= 0 && column - 1 + length <= pattern.length && message !== '').toBe(true);
    }),
    { numRuns: 2000 },
  );
});

/** Both forms of the matcher give the expected answer, and the literals rule no match out. */
function check(pattern: string, message: string, expected?: boolean): void {
  const parsed = parseFilterPattern(pattern);
  if (!parsed.ok) {
    throw new Error(`${pattern}: ${parsed.error.message}`);
  }
  const bytes = utf8BytesOf(message);
  const answer = compileFilterPattern(parsed.pattern)(message);
  expect(answer).toBe(expected ?? answer);
  expect(compileFilterPatternBytes(parsed.pattern)(bytes, 0, bytes.length)).toBe(answer);
  const isCandidate = literalsOf(parsed.pattern).every((group) =>
    group.some((literal) => containsBytes(bytes, 0, bytes.length, literal)),
  );
  expect(answer && !isCandidate).toBe(false);
  expect(extractedValues(parsed.pattern, message)).toBeTypeOf('object');
}

const word = fc.stringMatching(/^[abé"\\ /]{1,3}$/);
const quotedPhrase = (phrase: string): string => `"${phrase.replaceAll(/["\\]/g, '\\$&')}"`;

test('terms agree with looking for each in the message', () => {
  const term = fc.record({ sign: fc.constantFrom('', '-', '?'), word });
  fc.assert(
    fc.property(
      fc.array(term, { minLength: 1, maxLength: 4 }),
      fc.stringMatching(/^[abé"\\ /]{0,8}$/),
      (terms, message) => {
        const pattern = terms.map(({ sign, word: phrase }) => sign + quotedPhrase(phrase)).join(' ');
        const ofSign = (wanted: string): readonly string[] =>
          terms.filter(({ sign }) => sign === wanted).map((one) => one.word);
        const isPlain = ofSign('').length + ofSign('-').length === 0;
        const expected =
          ofSign('').every((one) => message.includes(one)) &&
          !ofSign('-').some((one) => message.includes(one)) &&
          (!isPlain || ofSign('?').some((one) => message.includes(one)));
        check(pattern, message, expected);
      },
    ),
  );
});

test('regular expressions agree with the engine of the language', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\W', '1', '[a-c1]', '\\x61', '\\.');
  const item = fc
    .tuple(atom, fc.constantFrom('', '', '?', '*', '+', '{2}', '{1,3}', '{2,}', '+?'))
    .map((parts) => parts.join(''));
  const branch = fc
    .tuple(fc.constantFrom('', '', '^'), fc.array(item, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '', '$'))
    .map(([start, items, end]) => start + items.join('') + end);
  const source = fc.array(branch, { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|'));
  fc.assert(
    fc.property(source, fc.stringMatching(/^[abcd1.é😀]{0,8}$/u), (regex, message) => {
      check(`%${regex}%`, message, new RegExp(regex, 'u').test(message));
    }),
    { numRuns: 1000 },
  );
});

const key = fc.constantFrom('a', 'b', 'c/d', 'é', '"', '__proto__');
const scalar = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, 404, -1.5, 1e21),
  fc.constantFrom('a', 'b', '1', 'x/y', 'é', 'q"', ''),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;
const selector = fc
  .array(fc.oneof({ weight: 3, arbitrary: key }, { weight: 1, arbitrary: fc.constantFrom('0', '1') }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((steps) => `$${steps.map((step) => (/^\d$/.test(step) ? `[${step}]` : `['${step}']`)).join('')}`);
const comparison = fc.oneof(
  fc.tuple(
    fc.constantFrom('=', '!='),
    fc.constantFrom('"a"', '"x/y"', '"é"', '"*"', '"q\\""', 'a*', '*y', '"*/*"', '1', '4*', '%a|4%', '%^404$%'),
  ),
  fc.tuple(fc.constantFrom('=', '!=', '<', '<=', '>', '>='), fc.constantFrom('0', '1e0', '404', '-1.5')),
  fc.tuple(fc.constantFrom('IS'), fc.constantFrom('NULL', 'TRUE', 'FALSE')),
  fc.constant(['NOT', 'EXISTS']),
);
const jsonPattern = fc
  .array(fc.tuple(selector, comparison, fc.constantFrom('&&', '||')), { minLength: 1, maxLength: 3 })
  .map((tests) => {
    const written = tests.map(([path, compared, sign]) => `${sign} ${path} ${compared.join(' ')}`);
    return `{ ${written.join(' ').slice(3)} }`;
  })
  // Two regular expressions are the limit.
  .filter((pattern) => pattern.split('%').length <= 5);

/** Writes some characters as codes and puts spaces between, as other encoders may. */
function rewritten(message: unknown, escapes: boolean, indent: number): string {
  const written = JSON.stringify(message, undefined, indent);
  return escapes
    ? written.replaceAll(/[aé]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : written;
}

test('selectors give the same answer from bytes, and their literals rule no match out', () => {
  fc.assert(
    fc.property(jsonPattern, json, fc.boolean(), fc.constantFrom(0, 1), (pattern, message, escapes, indent) => {
      check(pattern, rewritten(message, escapes, indent));
      check(pattern, rewritten({ a: message, b: message }, escapes, indent));
    }),
    { numRuns: 2000 },
  );
});

test('what is not JSON is never matched by a selector, from bytes neither', () => {
  fc.assert(
    fc.property(
      jsonPattern,
      json,
      fc.nat(),
      fc.constantFrom('', '}', '"', ',', 'x'),
      (pattern, message, at, instead) => {
        const written = JSON.stringify({ a: message });
        const cut = at % written.length;
        check(pattern, written.slice(0, cut) + instead + written.slice(cut + 1));
      },
    ),
    { numRuns: 1000 },
  );
});

test('space-delimited patterns give the same answer from bytes, and their literals rule no match out', () => {
  const field = fc.constantFrom(
    '',
    'x',
    '...',
    'y = a*',
    'z != "b c"',
    'u > 1',
    'v = %a+% || v = 1',
    'w = "*é*" && w != a',
  );
  const line = fc.array(fc.constantFrom('a', 'b c', '"b c"', '[a b]', '2', '1.0', 'aé', '"', '[', ''), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(fc.uniqueArray(field, { maxLength: 4 }), line, (fields, words) => {
      check(`[${fields.join(', ')}]`, words.join(' '));
    }),
    { numRuns: 1000 },
  );
});
