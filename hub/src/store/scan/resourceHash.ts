import type { Attributes } from '@sightline/telemetry/model/span';
import { hashBytes, seen } from '../memory/hashBytes.ts';

const seed = 5;
let lastResource: Attributes = {};
let lastHash = 0;

/** A hash of a resource as it lies on the wire. `before` is that of an earlier part of the same resource. */
export function hashOfResourceBytes(bytes: Uint8Array, from: number, to: number, before: number): number {
  const { nonAscii } = seen;
  const hash = hashBytes(bytes, from, to, seed ^ before);
  seen.nonAscii = nonAscii;
  return hash;
}

/**
 * A hash of a decoded resource, 0 of one that says nothing. It need not be that of the same resource on the wire: the hash only tells
 * which spans certainly have a resource in common.
 */
export function hashOfResource(resource: Attributes): number {
  if (resource !== lastResource) {
    lastResource = resource;
    const json = JSON.stringify(resource, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    const bytes = Buffer.from(json);
    lastHash = json === '{}' ? 0 : hashBytes(bytes, 0, bytes.length, seed);
  }
  return lastHash;
}
