import { expect, test } from 'vitest';
import { toError } from './toError.ts';

function check(thrown: unknown, message: string): void {
  expect(toError(thrown).message).toBe(message);
}

test('an error is left as it is', () => {
  const error = new TypeError('x');
  expect(toError(error)).toBe(error);
});

test('anything else is shown, even what cannot be made a text', () => {
  check('no', "'no'");
  check(undefined, 'undefined');
  check(Object.create(null), '[Object: null prototype] {}');
});
