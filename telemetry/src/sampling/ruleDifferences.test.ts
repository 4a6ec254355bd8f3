import { expect, test } from 'vitest';
import { differencesOf } from './ruleDifferences.ts';
import type { SamplingRule } from './samplingRule.ts';

const rule: SamplingRule = {
  RuleName: 'Shop',
  Priority: 50,
  FixedRate: 0.5,
  ReservoirSize: 1,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '/api/*',
  ResourceARN: '*',
  Version: 1,
  Attributes: { a: '1', b: '2' },
};
const SamplingRateBoost = { MaxRate: 0.8, CooldownWindowMinutes: 10 };

function check(before: Partial<SamplingRule>, after: Partial<SamplingRule>, expected: string): void {
  expect(differencesOf({ ...rule, ...before }, { ...rule, ...after }).join(', ')).toBe(expected);
}

test('what becomes another is named with both values', () => {
  check({}, {}, '');
  check({}, { FixedRate: 0.1, Host: 'shop' }, 'FixedRate 0.5 → 0.1, Host "*" → "shop"');
  check({}, { Attributes: { a: '1' } }, 'Attributes {"a":"1","b":"2"} → {"a":"1"}');
  check({}, { Attributes: {} }, 'Attributes {"a":"1","b":"2"} → {}');
});

test('the order of members in an object says nothing', () => {
  check({}, { Attributes: { b: '2', a: '1' } }, '');
  check({ SamplingRateBoost }, { SamplingRateBoost: { CooldownWindowMinutes: 10, MaxRate: 0.8 } }, '');
});

test('a boost is compared where it is given, and left as it is where it is not', () => {
  check({ SamplingRateBoost }, {}, '');
  check({}, { SamplingRateBoost }, 'SamplingRateBoost none → {"MaxRate":0.8,"CooldownWindowMinutes":10}');
  check(
    { SamplingRateBoost },
    { SamplingRateBoost: { ...SamplingRateBoost, MaxRate: 1 } },
    'SamplingRateBoost {"MaxRate":0.8,"CooldownWindowMinutes":10} → {"MaxRate":1,"CooldownWindowMinutes":10}',
  );
});
