import { expect, test } from 'vitest';
import { jsonFieldsOf, prettyJsonOf } from './logMessage.ts';

/** Compares the fields of a message, as `path=value`. */
function check(message: string, fields: readonly string[]): void {
  expect([...jsonFieldsOf(message)].map(([path, value]) => `${path}=${value}`)).toEqual(fields);
}

test('fields of nested objects have dotted paths; lists stay as they are', () => {
  check('{"status":500,"request":{"path":"/a","headers":{"host":"x"}},"tags":[1,2],"none":null}', [
    'status=500',
    'request.path=/a',
    'request.headers.host=x',
    'tags=[1,2]',
    'none=null',
  ]);
});

test('text, a list, and what only looks like JSON have no fields', () => {
  check('server listens', []);
  check('[1, 2]', []);
  check('{ not json }', []);
});

test('a message that is JSON is shown on several lines, another one is not', () => {
  expect(prettyJsonOf(' {"a":[1]} ')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(prettyJsonOf('42')).toBeUndefined();
});
