import type { Span } from '@sightline/telemetry/model/span';
import { wordOfValue } from '../scan/stageSpan.ts';

/** Of one source more different values than this are not worth remembering. */
const maxValues = 50_000;

/** Where values are looked for: an annotation, or a field of requests. */
export interface ValueSource {
  readonly name: string;
  readonly textsOf: (span: Span) => readonly unknown[];
}

/** What the words of values were made of, as far as traces have been decoded: a search within texts needs each value once. */
export class ValueTexts {
  readonly #bySource = new Map<string, Map<number, string>>();

  /** Grows with what is learned. */
  of({ name }: ValueSource): ReadonlyMap<number, string> {
    return this.#of(name);
  }

  /** Takes in the values of these sources. */
  learn(spans: readonly Span[], sources: readonly ValueSource[]): void {
    for (const { name, textsOf } of sources) {
      const known = this.#of(name);
      for (const span of spans) {
        for (const value of textsOf(span)) {
          if (typeof value === 'string' && known.size < maxValues) {
            known.set(wordOfValue(value), value);
          }
        }
      }
    }
  }

  #of(name: string): Map<number, string> {
    let known = this.#bySource.get(name);
    if (known === undefined) {
      known = new Map();
      this.#bySource.set(name, known);
    }
    return known;
  }
}
