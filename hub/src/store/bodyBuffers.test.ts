import { expect, test } from 'vitest';
import { BodyBuffers, release } from './bodyBuffers.ts';

test('a buffer that comes back serves a body of about that length, and no other', () => {
  const buffers = new BodyBuffers();
  const { buffer } = buffers.take(100_000);
  buffers.give(buffer);
  expect(buffers.take(300_000).buffer).not.toBe(buffer);
  expect(buffers.take(20_000).buffer).not.toBe(buffer);
  const again = buffers.take(101_000);
  expect([again.buffer, again.length]).toEqual([buffer, 101_000]);
  expect(buffers.take(101_000).buffer).not.toBe(buffer);
});

test('of many buffers that come back only a few are kept', () => {
  const buffers = new BodyBuffers();
  const made = Array.from({ length: 20 }, () => buffers.take(1_000_000).buffer);
  for (const buffer of made) {
    buffers.give(buffer);
  }
  const taken = Array.from({ length: 20 }, () => buffers.take(1_000_000).buffer);
  expect(taken.filter((buffer) => made.includes(buffer))).toHaveLength(3);
});

test('what has a buffer for itself is given away in it, and a part of another one is copied', () => {
  const buffers = new BodyBuffers();
  const taken = buffers.take(100_000);
  expect(buffers.transferable(taken)).toBe(taken);
  const whole = new Uint8Array(10);
  expect(buffers.transferable(whole)).toBe(whole);
  const part = new Uint8Array(10).subarray(2, 4);
  expect(buffers.transferable(part).buffer.byteLength).toBe(2);
});

test('only memory that nobody else looks at is given back', () => {
  const whole = new Uint8Array(10);
  release(whole);
  expect(whole.buffer.byteLength).toBe(0);
  const part = new Uint8Array(10).subarray(2);
  release(part);
  expect(part.buffer.byteLength).toBe(10);
});
