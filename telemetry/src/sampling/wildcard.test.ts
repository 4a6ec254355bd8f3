import { assert, property, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { matchesWildcard } from './wildcard.ts';

function check(pattern: string, matching: readonly string[], others: readonly string[]): void {
  const found = [...matching, ...others].filter((text) => matchesWildcard(pattern, text));
  expect(found).toEqual(matching);
}

test('a pattern without wildcards is the whole text, whatever its case', () => {
  check('/Api', ['/api', '/API'], ['/api/', 'x/api', '']);
});

test('* is any number of characters, ? is one', () => {
  check('*', ['', 'x', '/a?b=1'], []);
  check('/api/*', ['/api/', '/api/x/y'], ['/api']);
  check('*.local:????', ['a.local:4567', '.LOCAL:4567'], ['a.local:456', 'a.local']);
  check('/a*b*c', ['/abc', '/a/b/x/c', '/aXbXbXc'], ['/ab', '/acb', '/abcd']);
  check('*aa', ['aa', 'baa', 'aaa'], ['a', 'aab']);
  check('a*a', ['aa', 'aba'], ['a']);
  check('', [''], ['x']);
  check('?', ['x', '?'], ['', 'xy']);
});

test('characters that mean something in regular expressions mean themselves', () => {
  check('a.b+(c)[d]', ['a.b+(c)[d]'], ['axb+(c)[d]', 'a.bbc']);
});

test('it agrees with a regular expression on any pattern and text', () => {
  const letters = stringMatching(/^[ab*?]{0,12}$/);
  assert(
    property(letters, stringMatching(/^[ab]{0,16}$/), (pattern, text) => {
      const expression = pattern.replaceAll('*', '.*').replaceAll('?', '.');
      expect(matchesWildcard(pattern, text)).toBe(new RegExp(`^${expression}$`, 'i').test(text));
    }),
    { numRuns: 2_000 },
  );
});

test('a pattern that would backtrack for ever in a regular expression is answered at once', () => {
  const started = performance.now();
  expect(matchesWildcard(`${'*a'.repeat(60)}*b`, 'a'.repeat(100_000))).toBe(false);
  expect(matchesWildcard(`${'*a?a'.repeat(30)}*?b`, 'a'.repeat(100_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(2_000);
});
