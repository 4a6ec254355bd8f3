import type { JsonTest, Selector, SelectorStep } from './filterPatternTree.ts';
import { compileValueTest } from './filterPatternValues.ts';

/** Compiles the test of one selector against a parsed JSON message. A wildcard matches when one of what it selects does. */
export function compileJsonTest({ selector, test }: JsonTest): (message: unknown) => boolean {
  const { steps } = selector;
  switch (test.kind) {
    case 'absent':
      return (message) => !some(message, steps, 0, () => true);
    case 'constant': {
      const { value: expected } = test;
      return (message) => some(message, steps, 0, (value) => value === expected);
    }
    default: {
      const matches = compileValueTest(test);
      return (message) =>
        some(message, steps, 0, (value) => {
          const text = comparableTextOf(value);
          return text !== undefined && matches(text);
        });
    }
  }
}

/** AWS compares texts and numbers; objects, lists, booleans and null equal nothing and differ from nothing. */
export function comparableTextOf(value: unknown): string | undefined {
  if (typeof value === 'number') {
    // 1e999 is no number that could be compared.
    return Number.isFinite(value) ? String(value) : undefined;
  }
  return typeof value === 'string' ? value : undefined;
}

/** The text of the first value selected, for `extractedValues`. */
export function selectedText(message: unknown, selector: Selector): string | undefined {
  let text: string | undefined;
  some(message, selector.steps, 0, (value) => {
    text = typeof value === 'boolean' ? String(value) : comparableTextOf(value);
    return text !== undefined;
  });
  return text;
}

function some(
  value: unknown,
  steps: readonly SelectorStep[],
  at: number,
  matches: (value: unknown) => boolean,
): boolean {
  const step = steps[at];
  if (step === undefined) {
    return matches(value);
  }
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  switch (step.kind) {
    case 'key':
      return (
        !Array.isArray(value) &&
        Object.hasOwn(value, step.key) &&
        some((value as Record<string, unknown>)[step.key], steps, at + 1, matches)
      );
    case 'index':
      return Array.isArray(value) && step.index < value.length && some(value[step.index], steps, at + 1, matches);
    case 'every':
      return (
        Array.isArray(value) === (step.of === 'array') &&
        Object.values(value).some((member) => some(member, steps, at + 1, matches))
      );
  }
}
