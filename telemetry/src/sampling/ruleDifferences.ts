import type { SamplingRule } from './samplingRule.ts';

/** The members of a rule that become others, as `FixedRate 0.05 → 0.1`; none where both are the same rule. */
export function differencesOf(before: SamplingRule, after: SamplingRule): string[] {
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof SamplingRule)[];
  return members
    .filter((member) => JSON.stringify(before[member]) !== JSON.stringify(after[member]))
    .map((member) => `${member} ${JSON.stringify(before[member])} → ${JSON.stringify(after[member])}`);
}
