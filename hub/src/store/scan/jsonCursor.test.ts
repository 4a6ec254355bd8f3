import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonCursor, LeftToDecoder } from './jsonCursor.ts';

/** What the cursor makes of a JSON text as a whole is what JSON.parse makes of it; `undefined` where it is none. */
function check<T>(text: string, read: (cursor: JsonCursor) => T, parse: (text: string) => T): void {
  expect(
    orUndefined(() => {
      const cursor = new JsonCursor(Buffer.from(`${text}\0`));
      const value = read(cursor);
      return cursor.next() === 0 ? value : undefined;
    }),
  ).toBe(orUndefined(() => parse(text)));
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof LeftToDecoder || error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function checkNumber(text: string): void {
  check<number | undefined>(text, (cursor) => cursor.number(), parseNumber);
}

function parseNumber(json: string): number | undefined {
  const value: unknown = JSON.parse(json);
  return typeof value === 'number' ? value : undefined;
}

function checkSkip(text: string): void {
  check<true>(
    text,
    (cursor) => {
      cursor.skip();
      return true;
    },
    (json) => {
      JSON.parse(json);
      return true;
    },
  );
}

const digits = (most: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: most }).map((each) => each.join(''));

test('a number is the double that JSON.parse makes of it', () => {
  const decimal = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.oneof(digits(3), digits(20), fc.integer({ min: 2 ** 29, max: 2 ** 32 }).map(String)),
      fc.option(digits(18), { nil: undefined }),
      fc.constantFrom('', '', '', 'e3', 'E-07', 'e+308', 'e999'),
    )
    .map(
      ([sign, whole, fraction, exponent]) =>
        `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${exponent}`,
    );
  fc.assert(fc.property(fc.oneof(decimal, fc.double().map(String)), checkNumber), { numRuns: 20_000 });
});

test('a time of day in seconds is, too, up to the middle between two doubles', () => {
  const middle = fc
    .tuple(fc.integer({ min: 2 ** 30, max: 2 ** 32 }), fc.nat({ max: 2 ** 23 }), fc.integer({ min: 1, max: 12 }))
    .map(([whole, part, places]) => `${whole}.${(part / 2 ** 23).toFixed(places).slice(2)}`);
  fc.assert(fc.property(middle, checkNumber), { numRuns: 20_000 });
});

test.each(['', '-', '+1', '.5', '1.', '01', '-01', '1e', '1e+', '0x1', '1.5.5', 'NaN', '1 2', '-0', '0', '1E5'])(
  'the number %j counts only where JSON has it',
  checkNumber,
);

test('what it passes over is what JSON.parse takes', () => {
  const json = fc
    .tuple(fc.json({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t'))
    .map(([text, space]) => JSON.stringify(JSON.parse(text), null, space));
  fc.assert(fc.property(json, checkSkip));
  const changed = fc
    .tuple(json, fc.nat(), fc.constantFrom(...Array.from('"\\{}[],:0-.eE \n\u0001tfnu/a')))
    .map(([text, at, character]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + character + text.slice(place + (at % 2));
    });
  fc.assert(fc.property(changed, checkSkip), { numRuns: 5_000 });
});

test.each([
  '"\\u00e4"',
  '"\\u00g4"',
  '"\\u12"',
  '"\\x"',
  '"\\',
  '"\n"',
  '"',
  'tru',
  'nulll',
  '[1,]',
  '{"a":1,}',
  '{a:1}',
  '[',
  '{"a"}',
])('it passes over %s only where that is JSON', checkSkip);
