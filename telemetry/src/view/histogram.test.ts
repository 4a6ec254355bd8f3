import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketCount, bucketOfNanos, Histogram, quantileOf, secondsOfBucket } from './histogram.ts';

test('a bucket tells a length of time to about one percent, in three digits', () => {
  expect(
    [0, 499, 1000, 34_000_000, 1_234_567_890, 3_600e9].map((nanos) => secondsOfBucket(bucketOfNanos(nanos))),
  ).toEqual([0, 0, 0.000001, 0.0339, 1.23, 3630]);
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 1e15 }), (nanos) => {
      const error = Math.abs(secondsOfBucket(bucketOfNanos(nanos)) * 1e9 - nanos) / nanos;
      expect(error).toBeLessThan(0.017);
    }),
  );
});

test('the value of a bucket lies in the bucket', () => {
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    expect(bucketOfNanos(secondsOfBucket(bucket) * 1e9)).toBe(bucket);
  }
});

test('any number has a bucket', () => {
  fc.assert(
    fc.property(fc.double(), (nanos) => {
      const bucket = bucketOfNanos(nanos);
      expect(bucket >= 0 && bucket < bucketCount).toBe(true);
    }),
  );
});

test('quantiles are read from the counts', () => {
  const histogram = new Histogram();
  for (let millis = 1; millis <= 100; millis++) {
    histogram.add(bucketOfNanos(millis * 1e6));
  }
  const entries = histogram.entries();
  expect([0, 0.5, 0.95, 1].map((share) => quantileOf(entries, share))).toEqual([0.001, 0.0501, 0.0955, 0.1]);
  expect(quantileOf([], 0.5)).toBeUndefined();
});
