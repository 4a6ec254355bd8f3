import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { memberText } from './memberText.ts';

function check(json: string, expected: string | undefined): void {
  expect(memberText(json, 'data')).toBe(expected);
}

test('a value is found by its name, whatever stands around it', () => {
  check('{"data":1}', '1');
  check('{ "a" : "}" , "data" : { "data" : [2] } , "z" : [ ] }', '{ "data" : [2] }');
  check('{"d\\u0061ta":"a\\\\","b":"\\"data\\":3"}', '"a\\\\"');
  check('{"data":1,"data":2}', '2');
  check('{"a":{"data":1}}', undefined);
  check('[]', undefined);
});

test('a deep nest is no obstacle', () => {
  const nest = '['.repeat(100_000) + ']'.repeat(100_000);
  check(`{"data":${nest}}`, nest);
});

test('whatever an object holds, its member is what JSON.parse finds', () => {
  const object = fc.dictionary(fc.oneof(fc.constant('data'), fc.string()), fc.jsonValue());
  fc.assert(
    fc.property(object, fc.boolean(), (value, isWide) => {
      const json = JSON.stringify(value, undefined, isWide ? 1 : 0);
      const found = memberText(json, 'data');
      const expected = (JSON.parse(json) as Readonly<Record<string, unknown>>)['data'];
      expect(found === undefined ? undefined : JSON.parse(found)).toEqual(expected);
    }),
  );
});
