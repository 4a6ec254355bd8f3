import type { SamplingRule } from './samplingRule.ts';

/**
 * The members of a rule that become others, as `FixedRate 0.05 → 0.1`; none where both are the same rule. What `after` does not name stays as it
 * is, as X-Ray's UpdateSamplingRule has it: of a boost, which a rule may be without.
 */
export function differencesOf(before: SamplingRule, after: SamplingRule): string[] {
  const members = Object.keys(after) as (keyof SamplingRule)[];
  return members
    .filter((member) => after[member] !== undefined && canonical(before[member]) !== canonical(after[member]))
    .map((member) => `${member} ${textOf(before[member])} → ${textOf(after[member])}`);
}

type Value = SamplingRule[keyof SamplingRule];

/** The order of an object's members says nothing. */
function canonical(value: Value): string {
  return typeof value === 'object'
    ? JSON.stringify(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : textOf(value);
}

function textOf(value: Value): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}
