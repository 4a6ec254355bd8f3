/**
 * A sampling rule as X-Ray spells it (API reference, SamplingRule): the shape of the API, of the files that `aws xray
 * create-sampling-rule --cli-input-json` takes, and of what a person edits here.
 */
export interface SamplingRule {
  readonly RuleName: string;
  /** The rule with the smallest number is asked first; ties go by name. */
  readonly Priority: number;
  /** Share of the requests beyond the reservoir that is kept, 0 to 1. */
  readonly FixedRate: number;
  /** Requests a second that are kept before the rate applies, over all clients together. */
  readonly ReservoirSize: number;
  readonly ServiceName: string;
  readonly ServiceType: string;
  readonly Host: string;
  readonly HTTPMethod: string;
  readonly URLPath: string;
  readonly ResourceARN: string;
  readonly Version: number;
  readonly Attributes: Readonly<Record<string, string>>;
  readonly SamplingRateBoost?: { readonly MaxRate: number; readonly CooldownWindowMinutes: number };
}

/** The rule that catches what no other rule does. It is always there, and only its rate and its reservoir can be changed. */
export const defaultRuleName = 'Default';
export const defaultRulePriority = 10_000;

export function isDefaultRule({ RuleName }: Pick<SamplingRule, 'RuleName'>): boolean {
  return RuleName === defaultRuleName;
}

/** Rules as SDKs ask them: by priority, ties by name, the default rule last. */
export function inOrderOfPriority<T extends Pick<SamplingRule, 'RuleName' | 'Priority'>>(rules: readonly T[]): T[] {
  return rules.toSorted(
    (one, other) =>
      Number(isDefaultRule(one)) - Number(isDefaultRule(other)) ||
      one.Priority - other.Priority ||
      (one.RuleName < other.RuleName ? -1 : 1),
  );
}
