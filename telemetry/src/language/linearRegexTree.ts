/** Inclusive ranges of code points, ascending and apart from each other. */
export type CodePointSet = readonly (readonly [from: number, to: number])[];

/** What a regular expression says, before it is compiled. */
export type RegexNode =
  | { readonly kind: 'set'; readonly set: CodePointSet }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly item: RegexNode;
      readonly min: number;
      /** `Infinity` for `*`, `+` and `{n,}`. */
      readonly max: number;
      readonly lazy: boolean;
    }
  /** A capturing group; group 1 is the first that opens. */
  | { readonly kind: 'group'; readonly item: RegexNode; readonly index: number };

/** A place in the text rather than a character of it. */
export type Edge = 'start' | 'end' | 'word' | 'notWord';

export interface ParsedRegex {
  readonly source: string;
  readonly root: RegexNode;
  /** The name of each capturing group, in order; `undefined` for one without. */
  readonly groups: readonly (string | undefined)[];
}

/** Says in words what is wrong with a regular expression, and where in its source. */
export interface RegexProblem {
  readonly message: string;
  readonly at: number;
  readonly length: number;
}

export const lastCodePoint = 0x10ffff;

/** Sorts ranges and joins those that touch. */
export function joined(ranges: CodePointSet): CodePointSet {
  const result: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1] + 1) {
      last[1] = Math.max(last[1], to);
    } else {
      result.push([from, to]);
    }
  }
  return result;
}

/** Every code point that the set does not have. */
export function complement(set: CodePointSet): CodePointSet {
  const result: [number, number][] = [];
  let next = 0;
  for (const [from, to] of joined(set)) {
    if (from > next) {
      result.push([next, from - 1]);
    }
    next = to + 1;
  }
  if (next <= lastCodePoint) {
    result.push([next, lastCodePoint]);
  }
  return result;
}

export const digits: CodePointSet = [[48, 57]];
/** Tab, line feed, vertical tab, form feed, carriage return, space. */
export const spaces: CodePointSet = [
  [9, 13],
  [32, 32],
];
export const wordCharacters: CodePointSet = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
/** What `.` stands for: all but the ends of lines. */
export const anyCharacter: CodePointSet = complement([
  [10, 10],
  [13, 13],
]);
