import { median, spread } from './statistics.ts';

export type Target = { readonly atLeast: number } | { readonly atMost: number };

export type Unit =
  | 'spans/s'
  | 'events/s'
  | 'ms'
  | '%'
  | 'MiB'
  | 'MB'
  | 'KB'
  | 'B/span'
  | 'us/span'
  | 'x'
  | 'spans'
  | 'B';

export interface FigureDefinition {
  /** As it is asked for and compared between runs, such as `ingest512.rate`. */
  readonly name: string;
  readonly what: string;
  readonly unit: Unit;
  readonly target?: Target;
}

/** A figure with what its runs measured. Without samples it was not measured, and a note says why. */
export interface Figure extends FigureDefinition {
  readonly samples: readonly number[];
  /** What a bare node:http server reached in the same runs, in the same unit. */
  readonly ceiling: readonly number[];
  readonly notes: readonly string[];
}

export type Verdict = 'holds' | 'missed' | 'not measured' | 'no target';

/** A figure holds when the median of its runs reaches the target. */
export function verdictOf({ samples, target }: Figure): Verdict {
  if (samples.length === 0) {
    return 'not measured';
  }
  if (target === undefined) {
    return 'no target';
  }
  const measured = median(samples);
  return ('atLeast' in target ? measured >= target.atLeast : measured <= target.atMost) ? 'holds' : 'missed';
}

/** The median as a share of the median of the ceiling, where there is one. */
export function shareOfCeiling({ samples, ceiling }: Figure): number | undefined {
  return samples.length === 0 || ceiling.length === 0 ? undefined : median(samples) / median(ceiling);
}

/** How far the runs disagree, as a share of the median; `undefined` of less than two runs. */
export function scatterOf({ samples }: Figure): number | undefined {
  return samples.length < 2 ? undefined : spread(samples);
}

/** Gathers what an experiment measures, one figure after the other, over its runs. */
export class FigureSet {
  readonly #figures = new Map<
    string,
    { definition: FigureDefinition; samples: number[]; ceiling: number[]; notes: Set<string> }
  >();

  constructor(definitions: readonly FigureDefinition[]) {
    for (const definition of definitions) {
      this.#figures.set(definition.name, { definition, samples: [], ceiling: [], notes: new Set() });
    }
  }

  add(name: string, sample: number, ceiling?: number): void {
    const figure = this.#figure(name);
    figure.samples.push(sample);
    if (ceiling !== undefined) {
      figure.ceiling.push(ceiling);
    }
  }

  /** Says something about a figure; the same words are kept once. */
  note(name: string, words: string): void {
    this.#figure(name).notes.add(words);
  }

  /** Remembers what is here now; the returned function takes back all that came since. */
  remember(): () => void {
    const before = structuredClone(this.#figures);
    return () => {
      for (const [name, figure] of before) {
        this.#figures.set(name, figure);
      }
    };
  }

  figures(): Figure[] {
    return [...this.#figures.values()].map(({ definition, samples, ceiling, notes }) => ({
      ...definition,
      samples,
      ceiling,
      notes: [...notes],
    }));
  }

  #figure(name: string): { samples: number[]; ceiling: number[]; notes: Set<string> } {
    const figure = this.#figures.get(name);
    if (figure === undefined) {
      throw new Error(`The experiment has no figure ${name}.`);
    }
    return figure;
  }
}
