import type { CodePointSet, Edge, ParsedRegex, RegexNode } from './linearRegexTree.ts';

/** One state of the automaton. `next` is where it goes on; of `split`, the first is preferred. */
export type Instruction =
  | { readonly kind: 'consume'; readonly symbols: Uint8Array; next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'edge'; readonly edge: Edge; next: number }
  | { readonly kind: 'save'; readonly slot: number; next: number }
  | { readonly kind: 'accept' };

/** A regular expression as an automaton over symbols: code points that no set of it tells apart are one symbol. */
export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  readonly start: number;
  readonly symbolCount: number;
  /** The symbol of each ASCII code point. */
  readonly asciiSymbols: Uint8Array;
  readonly hasWordEdges: boolean;
  /** By symbol, 1 for those that a match can begin with; `undefined` where it can be empty or depends on its place. */
  readonly beginnings: Uint8Array | undefined;
  /** Two for the whole match and two for each group. */
  readonly slotCount: number;
  symbolOf(codePoint: number): number;
}

/** Bounds the work per character. */
const mostInstructions = 1000;

/** Compiles what was parsed; `undefined` where the counts in it multiply to too much. */
export function compileRegex(regex: ParsedRegex): RegexProgram | undefined {
  if (sizeOf(regex.root) > mostInstructions) {
    return undefined;
  }
  const starts = symbolStarts(regex.root);
  const symbolOf = (codePoint: number): number => lastAtOrBelow(starts, codePoint);
  const builder = new Builder(starts);
  const accept = builder.add({ kind: 'accept' });
  const end = builder.add({ kind: 'save', slot: 1, next: accept });
  const body = builder.emit(regex.root, end);
  const start = builder.add({ kind: 'save', slot: 0, next: body });
  return {
    instructions: builder.instructions,
    start,
    symbolCount: starts.length,
    asciiSymbols: Uint8Array.from({ length: 128 }, (_, code) => symbolOf(code)),
    hasWordEdges: builder.instructions.some(
      (instruction) => instruction.kind === 'edge' && (instruction.edge === 'word' || instruction.edge === 'notWord'),
    ),
    beginnings: beginningsOf(builder.instructions, start, starts.length),
    slotCount: 2 + 2 * regex.groups.length,
    symbolOf,
  };
}

function beginningsOf(
  instructions: readonly Instruction[],
  start: number,
  symbolCount: number,
): Uint8Array | undefined {
  const beginnings = new Uint8Array(symbolCount);
  const seen = new Set<number>();
  const pending = [start];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    const instruction = instructions[state];
    if (instruction === undefined || seen.has(state)) {
      continue;
    }
    seen.add(state);
    switch (instruction.kind) {
      case 'split':
        pending.push(instruction.next, instruction.other);
        break;
      case 'save':
        pending.push(instruction.next);
        break;
      case 'consume':
        instruction.symbols.forEach((has, symbol) => {
          beginnings[symbol] = (beginnings[symbol] as number) | has;
        });
        break;
      case 'edge':
      case 'accept':
        return undefined;
    }
  }
  return beginnings;
}

/** How many states a node compiles to. */
function sizeOf(node: RegexNode): number {
  switch (node.kind) {
    case 'set':
    case 'edge':
      return 1;
    case 'group':
      return 2 + sizeOf(node.item);
    case 'sequence':
      return node.items.reduce((sum, item) => sum + sizeOf(item), 0);
    case 'choice':
      return node.branches.reduce((sum, branch) => sum + sizeOf(branch) + 1, 0);
    case 'repeat': {
      const optional = node.max === Infinity ? 1 : node.max - node.min;
      return node.min * sizeOf(node.item) + optional * (sizeOf(node.item) + 1);
    }
  }
}

/** The code points at which some set begins or has just ended, ascending from 0. At most 256 are told apart. */
function symbolStarts(root: RegexNode): readonly number[] {
  const starts = new Set([0]);
  const visit = (node: RegexNode): void => {
    switch (node.kind) {
      case 'set':
        for (const [from, to] of node.set) {
          starts.add(from).add(to + 1);
        }
        return;
      case 'edge':
        return;
      case 'group':
      case 'repeat':
        visit(node.item);
        return;
      case 'sequence':
        node.items.forEach(visit);
        return;
      case 'choice':
        node.branches.forEach(visit);
    }
  };
  visit(root);
  return [...starts].toSorted((a, b) => a - b);
}

function lastAtOrBelow(starts: readonly number[], codePoint: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= codePoint) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

/** Emits states from the end backwards, so that each knows where it goes on. */
class Builder {
  readonly instructions: Instruction[] = [];

  readonly #starts: readonly number[];

  constructor(starts: readonly number[]) {
    this.#starts = starts;
  }

  add(instruction: Instruction): number {
    return this.instructions.push(instruction) - 1;
  }

  /** Emits the node before `next` and returns where it begins. */
  emit(node: RegexNode, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.add({ kind: 'consume', symbols: this.#symbolsOf(node.set), next });
      case 'edge':
        return this.add({ kind: 'edge', edge: node.edge, next });
      case 'group': {
        const close = this.add({ kind: 'save', slot: 2 * node.index + 1, next });
        return this.add({ kind: 'save', slot: 2 * node.index, next: this.emit(node.item, close) });
      }
      case 'sequence':
        return node.items.reduceRight((after, item) => this.emit(item, after), next);
      case 'choice':
        return node.branches
          .map((branch) => this.emit(branch, next))
          .reduceRight((after, branch) => this.add({ kind: 'split', next: branch, other: after }));
      case 'repeat':
        return this.#emitRepeat(node, next);
    }
  }

  #emitRepeat(node: RegexNode & { kind: 'repeat' }, next: number): number {
    let after = next;
    if (node.max === Infinity) {
      const loop: Instruction & { kind: 'split' } = { kind: 'split', next, other: next };
      after = this.add(loop);
      const body = this.emit(node.item, after);
      loop.next = node.lazy ? next : body;
      loop.other = node.lazy ? body : next;
    } else {
      for (let optional = node.min; optional < node.max; optional++) {
        const body = this.emit(node.item, after);
        after = this.add(node.lazy ? { kind: 'split', next, other: body } : { kind: 'split', next: body, other: next });
      }
    }
    for (let required = 0; required < node.min; required++) {
      after = this.emit(node.item, after);
    }
    return after;
  }

  #symbolsOf(set: CodePointSet): Uint8Array {
    const symbols = new Uint8Array(this.#starts.length);
    this.#starts.forEach((start, symbol) => {
      symbols[symbol] = set.some(([from, to]) => start >= from && start <= to) ? 1 : 0;
    });
    return symbols;
  }
}
