import { Quantiles } from './insightsQuantiles.ts';
import type { Aggregate } from './insightsTree.ts';
import { compareForSort, numberOf, textOf, type Value } from './insightsValues.ts';

/** The state of one aggregate of one group. */
export interface Accumulator {
  /** Takes the argument's value in one row, and when the row happened. */
  add(value: Value, timestamp: number): void;
  result(): Value;
}

export function createAccumulator({ name, argument, percent = 0 }: Aggregate): Accumulator {
  switch (name) {
    case 'count':
      return new Count(argument === undefined);
    case 'count_distinct':
      return new CountDistinct();
    case 'sum':
      return new Sum((sum, count) => (count === 0 ? undefined : sum));
    case 'avg':
      return new Sum((sum, count) => (count === 0 ? undefined : toFourDecimals(sum / count)));
    case 'stddev':
      return new Deviation();
    case 'pct':
      return new Percentile(percent);
    case 'min':
      return new Extreme((order) => order < 0);
    case 'max':
      return new Extreme((order) => order > 0);
    case 'sortsFirst':
      return new Extreme((order) => order < 0);
    case 'sortsLast':
      return new Extreme((order) => order > 0);
    case 'earliest':
      return new AtTime((timestamp, kept) => timestamp < kept);
    case 'latest':
      return new AtTime((timestamp, kept) => timestamp >= kept);
  }
}

function toFourDecimals(value: number): number {
  return Math.abs(value) < 1e11 ? Math.round(value * 10_000) / 10_000 : value;
}

class Count implements Accumulator {
  readonly #countsAll: boolean;
  #count = 0;

  constructor(countsAll: boolean) {
    this.#countsAll = countsAll;
  }

  add(value: Value): void {
    if (this.#countsAll || value !== undefined) {
      this.#count++;
    }
  }

  result(): Value {
    return this.#count;
  }
}

class CountDistinct implements Accumulator {
  readonly #seen = new Set<string>();

  add(value: Value): void {
    const text = textOf(value);
    if (text !== undefined) {
      this.#seen.add(text);
    }
  }

  result(): Value {
    return this.#seen.size;
  }
}

/** What is no number does not count. */
class Sum implements Accumulator {
  readonly #finish: (sum: number, count: number) => Value;
  #sum = 0;
  #count = 0;

  constructor(finish: (sum: number, count: number) => Value) {
    this.#finish = finish;
  }

  add(value: Value): void {
    const number = numberOf(value);
    if (number !== undefined) {
      this.#sum += number;
      this.#count++;
    }
  }

  result(): Value {
    return this.#finish(this.#sum, this.#count);
  }
}

/** Welford's method, which does not lose small deviations of large numbers. The population's deviation. */
class Deviation implements Accumulator {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(value: Value): void {
    const number = numberOf(value);
    if (number === undefined) {
      return;
    }
    this.#count++;
    const difference = number - this.#mean;
    this.#mean += difference / this.#count;
    this.#squares += difference * (number - this.#mean);
  }

  result(): Value {
    return this.#count === 0 ? undefined : toFourDecimals(Math.sqrt(this.#squares / this.#count));
  }
}

class Percentile implements Accumulator {
  readonly #percent: number;
  readonly #quantiles = new Quantiles();

  constructor(percent: number) {
    this.#percent = percent;
  }

  add(value: Value): void {
    const number = numberOf(value);
    if (number !== undefined) {
      this.#quantiles.add(number);
    }
  }

  result(): Value {
    const value = this.#quantiles.at(this.#percent);
    return value === undefined ? undefined : toFourDecimals(value);
  }
}

class Extreme implements Accumulator {
  readonly #isBetter: (order: number) => boolean;
  #kept: Value;

  constructor(isBetter: (order: number) => boolean) {
    this.#isBetter = isBetter;
  }

  add(value: Value): void {
    if (value !== undefined && (this.#kept === undefined || this.#isBetter(compareForSort(value, this.#kept)))) {
      this.#kept = value;
    }
  }

  result(): Value {
    return this.#kept;
  }
}

class AtTime implements Accumulator {
  readonly #isBetter: (timestamp: number, kept: number) => boolean;
  #kept: Value;
  #timestamp = 0;

  constructor(isBetter: (timestamp: number, kept: number) => boolean) {
    this.#isBetter = isBetter;
  }

  add(value: Value, timestamp: number): void {
    if (value !== undefined && (this.#kept === undefined || this.#isBetter(timestamp, this.#timestamp))) {
      this.#kept = value;
      this.#timestamp = timestamp;
    }
  }

  result(): Value {
    return this.#kept;
  }
}
