import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { AsidePacker } from './asidePacker.ts';
import { unpackGroup } from './rawGroup.ts';
import type { Payload } from './telemetryStore.ts';

function payloadOf(body: Uint8Array): Payload {
  return { format: 'otlp-traces-protobuf', receiver: 'otlpHttp', body: new Uint8Array(body) };
}

/** Half of it repeats itself. */
function bytesOf(length: number): Buffer {
  return Buffer.concat([randomBytes(length >> 1), Buffer.alloc(length - (length >> 1), 'span')]);
}

async function check(packer: AsidePacker, lengths: readonly number[]): Promise<void> {
  const payloads = lengths.map((length) => payloadOf(bytesOf(length)));
  const before = payloads.map(({ body }) => Buffer.from(body));
  const packed = await packer.pack(payloads);
  expect(packed.body.byteLength).toBe(packed.body.buffer.byteLength);
  const unpacked = unpackGroup(packed);
  expect(unpacked.map(({ body }) => body.length)).toEqual(lengths);
  expect(unpacked.every(({ body }, at) => Buffer.compare(body, before[at] as Buffer) === 0)).toBe(true);
}

test('groups of every size come back as they were, one after the other from one packer', async () => {
  const packer = new AsidePacker();
  // Of one piece and of several, with output that fills its buffers and output that does not.
  for (const lengths of [[70_000], [300_000, 300_001], Array(40).fill(9_000), [1_500_000], [262_144, 5], [131_072]]) {
    // oxlint-disable-next-line no-await-in-loop -- the order is what is tested.
    await check(packer, lengths as number[]);
  }
});

test('groups that are asked for at the same time do not mix', async () => {
  const packer = new AsidePacker();
  await Promise.all(Array.from({ length: 20 }, (_, at) => check(packer, [60_000 + at * 37_777, 1 + at])));
});
