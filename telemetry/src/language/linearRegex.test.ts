import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLinearRegex } from './linearRegex.ts';

/** The captures of the first match, or `no match`; compared with the engine of the language too. */
function check(source: string, text: string, expected: string): void {
  const regex = createLinearRegex(source, 'full');
  if (!('test' in regex)) {
    throw new Error(regex.message);
  }
  const captures = regex.captures(text);
  expect(regex.test(text)).toBe(captures !== undefined);
  const shown = captures?.map((capture) => capture ?? '-').join(',') ?? 'no match';
  expect(`${source} on ${text}: ${shown}`).toBe(`${source} on ${text}: ${expected}`);
  const own = new RegExp(source.replace('(?i)', ''), source.includes('(?i)') ? 'ui' : 'u').exec(text);
  expect(
    own
      ?.slice(1)
      .map((capture) => capture ?? '-')
      .join(',') ?? 'no match',
  ).toBe(expected);
}

test('groups capture what the first match by preference gives them', () => {
  check('(a+)(b*)', 'xaabb', 'aa,bb');
  check('(a+?)(a*)', 'aaa', 'a,aa');
  check('(a|ab)(c|bcd)(d*)', 'abcd', 'a,bcd,');
  check('(?<key>\\w+)=(?<value>\\S+)', 'x key=1 b=2', 'key,1');
  check('(?:ab)+(c)?', 'ababd', '-');
  check('(x)|(y)', 'zy', '-,y');
  check('^(\\d{1,3})\\.(\\d{2,})$', '12.345', '12,345');
  check('(?i)(ÉCOLE|straSSe)', 'école', 'école');
  check('\\b(\\w+)\\b', '-- word', 'word');
  check('o\\B(.)', 'to o', 'no match');
  check('(.)$', 'a😀', '😀');
  check('[^\\]a-c]+([-x])', 'abcd-', '-');
  check('', 'x', '');
});

test('the time grows with the text, not with what could be tried', () => {
  const text = `${'a'.repeat(20_000)}!`;
  const answers = ['(a+)+$', '(a|a)*$', '(a|aa)+$', 'a*a*a*a*a*b', '(.*)(.*)(.*)x'].map((source) => {
    const regex = createLinearRegex(source, 'full');
    return 'test' in regex && regex.test(text) === (regex.captures(text) !== undefined) && regex.test(text);
  });
  // Of those that end in $, only the empty match of `*` is at the end.
  expect(answers).toEqual([false, true, false, false, false]);
});

test('it agrees with the engine of the language on random expressions and texts', () => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '(a)', '(a|b)', '(?:ab)', '(b?a)', '\\b');
  const repeat = fc.constantFrom('', '', '?', '*', '+', '{2}', '{1,2}', '+?', '*?');
  const item = fc.tuple(atom, repeat).map(([one, times]) => (one === '\\b' ? one : one + times));
  const source = fc
    .array(fc.array(item, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 })
    .map((branches) => branches.map((items) => items.join('')).join('|'));
  fc.assert(
    fc.property(source, fc.stringMatching(/^[abc1 ]{0,8}$/), (expression, text) => {
      const regex = createLinearRegex(expression, 'full');
      expect('test' in regex && regex.test(text)).toBe(new RegExp(expression, 'u').test(text));
    }),
    { numRuns: 1000 },
  );
});

test('an expression whose states are too many to keep gives the same answers', () => {
  const source = '[ab]*a[ab]{12}c';
  const text = Array.from({ length: 6000 }, (_, index) => ((index * index) % 7 < 3 ? 'a' : 'b')).join('');
  const regex = createLinearRegex(source, 'pattern');
  expect('test' in regex && [regex.test(text), regex.test(`${text}c`)]).toEqual([false, /a[ab]{12}c/.test(`${text}c`)]);
});
