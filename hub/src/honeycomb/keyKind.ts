export type KeyKind = 'ingest' | 'configuration' | 'classic' | 'management' | 'unknown';

/** What Sightline gives to programs while the hub receives (design section 4): no key, but it stands where one is asked for. */
const placeholder = 'sightline-local';

const shapes: readonly (readonly [RegExp, KeyKind])[] = [
  [/^hc[a-z]ik_[0-9a-z]{58}$/, 'ingest'],
  [/^hc[a-z]ic_[0-9a-z]{58}$/, 'classic'],
  [/^[0-9a-f]{32}$/, 'classic'],
  [/^hc[a-z]lk_[0-9a-zA-Z]{8,80}$/, 'configuration'],
  [/^[0-9a-zA-Z]{22}$/, 'configuration'],
  [/^hc[a-z]mk_/, 'management'],
];

/** The kind of a Honeycomb key by its shape (docs.honeycomb.io, API keys): its prefix and length, or the older forms without a prefix. */
export function keyKindOf(key: string): KeyKind {
  if (key === placeholder) {
    return 'ingest';
  }
  return shapes.find(([shape]) => shape.test(key))?.[1] ?? 'unknown';
}
