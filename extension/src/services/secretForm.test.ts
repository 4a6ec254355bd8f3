import { expect, test } from 'vitest';
import { isSearchFor, secretFormProblem } from './secretForm.ts';
import type { VendorSecret } from './vendorSecrets.ts';

function check(kind: VendorSecret, typed: string, expected: string | undefined): void {
  expect(secretFormProblem(kind, typed)).toBe(expected);
}

test('what has the form of a secret is left to the vendor, spaces around it do not count', () => {
  check('honeycomb', ' abcdefghijABCDEFGHIJ12\n', undefined);
  check('honeycomb', 'hcaik_01hqk4k20cjeh63wca8vva5stw70nft6m5n8wr8f5mjx3762s8269j50wc', undefined);
  check('rollbar', '0123456789abcdef0123456789abcdef', undefined);
  check('rollbarRead', '', undefined);
});

test('what can be no secret is refused in words that do not repeat it', () => {
  check('honeycomb', 'my key', 'A Honeycomb key has no space in it.');
  check('honeycomb', 'HONEYCOMB_API_KEY=abcdef', 'Only the value, without HONEYCOMB_API_KEY=.');
  check('rollbarRead', 'https://rollbar.com', 'A Rollbar token that reads has only letters, digits, "_" and "-".');
});

test('what is in no label is not searched by', () => {
  const labels = ['Rollbar token that reads', 'Rollbar token that writes'];
  const typed = ['', 'READ', ' writes ', '0123456789abcdef', 'x'];
  expect(typed.map((each) => isSearchFor(each, labels))).toEqual([true, true, true, false, false]);
});
