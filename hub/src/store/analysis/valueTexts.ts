import type { Span } from '@sightline/telemetry/model/span';
import { wordOfValue } from '../scan/stageSpan.ts';

/** Of one key more different values than this are not worth remembering. */
const maxValues = 50_000;

/** What the words of values were made of, as far as traces have been decoded: a search within texts needs each value once. */
export class ValueTexts {
  readonly #byKey = new Map<string, Map<number, string>>();

  of(key: string): ReadonlyMap<number, string> {
    return this.#of(key);
  }

  /** Takes in the values of these keys. */
  learn(spans: readonly Span[], keys: readonly string[]): void {
    for (const key of keys) {
      const known = this.#of(key);
      for (const { attributes, annotations } of spans) {
        for (const value of [attributes[key], annotations[key]]) {
          if (typeof value === 'string' && known.size < maxValues) {
            known.set(wordOfValue(value), value);
          }
        }
      }
    }
  }

  #of(key: string): Map<number, string> {
    let known = this.#byKey.get(key);
    if (known === undefined) {
      known = new Map();
      this.#byKey.set(key, known);
    }
    return known;
  }
}
