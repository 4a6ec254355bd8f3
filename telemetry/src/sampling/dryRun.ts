import { beforeFetching, keptOf } from './keptRate.ts';
import { ruleFor, type SamplingRequest, type SamplingSdk } from './samplingRequest.ts';
import { inOrderOfPriority, isDefaultRule, type SamplingRule } from './samplingRule.ts';
import { looksMeant, whyNot, type WhyNot } from './whyNot.ts';

/** Requests that look the same to the rules. */
export interface RequestPattern {
  readonly request: SamplingRequest;
  readonly sdk: SamplingSdk;
  /** How many there were in each second, by epoch seconds. */
  readonly perSecond: ReadonlyMap<number, number>;
  /** Which rules decided when they were made, as their segments say; `undefined` counts those that no rule of the service decided. */
  readonly decidedBy?: ReadonlyMap<string | undefined, number>;
}

export interface DryRun {
  /** In the order of the patterns. */
  readonly requests: readonly RequestForecast[];
  /** In order of priority, every rule. */
  readonly rules: readonly RuleForecast[];
}

export interface RequestForecast {
  readonly pattern: RequestPattern;
  readonly count: number;
  /** The rule that catches them. Absent only where the rules have no default rule. */
  readonly rule?: string;
  /** How many of them would be kept: an expectation. */
  readonly kept: number;
  /** Rules that look as if they were meant for this request, with what keeps them from it. */
  readonly nearMisses: readonly NearMiss[];
  /** How the SDKs decided then, where that was otherwise, as sentences. */
  readonly decidedThen: readonly string[];
}

export interface NearMiss {
  readonly rule: string;
  readonly reasons: readonly WhyNot[];
}

export interface RuleForecast {
  readonly rule: string;
  readonly requests: number;
  readonly kept: number;
  /** The busiest second. */
  readonly peak: { readonly requests: number; readonly kept: number };
  /** Why it caught nothing, for the pattern that comes nearest to it; only where it caught nothing. */
  readonly missed?: { readonly request: SamplingRequest; readonly reasons: readonly WhyNot[] };
}

/** What rules would do with requests: which rule catches each, how many would be kept, and why rules that look right do not match. */
export function dryRun(rules: readonly SamplingRule[], patterns: readonly RequestPattern[]): DryRun {
  const ordered = inOrderOfPriority(rules);
  const caught = patterns.map((pattern) => ruleFor(ordered, pattern.request, pattern.sdk));
  const loads = new Map(ordered.map((rule) => [rule.RuleName, new RuleLoad(rule)]));
  patterns.forEach((pattern, index) => loads.get(caught[index]?.RuleName ?? '')?.add(pattern));
  return {
    requests: patterns.map((pattern, index) => {
      const rule = caught[index];
      const count = sumOf(pattern.perSecond.values());
      const load = rule && loads.get(rule.RuleName);
      return {
        pattern,
        count,
        ...(rule !== undefined && { rule: rule.RuleName }),
        kept: count * (load?.shareKept(pattern.sdk) ?? 0),
        nearMisses: nearMissesOf(ordered, pattern, rule),
        decidedThen: rule === undefined ? [] : decidedOtherwise(pattern, rule),
      };
    }),
    rules: ordered.map((rule) => forecastOf(rule, loads.get(rule.RuleName), patterns, caught)),
  };
}

/** Every rule with what keeps it from a request, in order of priority; the one that catches it has no reason. */
export function explainRequest(rules: readonly SamplingRule[], request: SamplingRequest, sdk: SamplingSdk): NearMiss[] {
  const winner = ruleFor(rules, request, sdk);
  return inOrderOfPriority(rules).map((rule) => ({
    rule: rule.RuleName,
    reasons: whyNot(rule, request, sdk, winner),
  }));
}

function nearMissesOf(
  rules: readonly SamplingRule[],
  { request, sdk }: RequestPattern,
  winner: SamplingRule | undefined,
): NearMiss[] {
  return rules
    .filter((rule) => !isDefaultRule(rule))
    .map((rule) => ({ rule, reasons: whyNot(rule, request, sdk, winner) }))
    .filter(({ rule, reasons }) => looksMeant(reasons, rule, request))
    .map(({ rule, reasons }) => ({ rule: rule.RuleName, reasons }));
}

function forecastOf(
  rule: SamplingRule,
  load: RuleLoad | undefined,
  patterns: readonly RequestPattern[],
  caught: readonly (SamplingRule | undefined)[],
): RuleForecast {
  const { requests = 0, kept = 0, peak = { requests: 0, kept: 0 } } = load?.totals() ?? {};
  const missed = requests > 0 || isDefaultRule(rule) ? undefined : nearestTo(rule, patterns, caught);
  return { rule: rule.RuleName, requests, kept, peak, ...(missed && { missed }) };
}

/** The pattern with the fewest reasons against a rule; of several the one with the most requests. */
function nearestTo(
  rule: SamplingRule,
  patterns: readonly RequestPattern[],
  caught: readonly (SamplingRule | undefined)[],
): RuleForecast['missed'] {
  const found = patterns
    .map(({ request, sdk, perSecond }, index) => ({
      request,
      reasons: whyNot(rule, request, sdk, caught[index]),
      count: sumOf(perSecond.values()),
    }))
    .toSorted((one, other) => one.reasons.length - other.reasons.length || other.count - one.count)[0];
  return found && { request: found.request, reasons: found.reasons };
}

/** Source: the segment's `aws.xray.rule_name` (Node) or `sampling_rule_name` (Python), which is absent where local rules decided. */
function decidedOtherwise({ decidedBy }: RequestPattern, rule: SamplingRule): string[] {
  const sentences: string[] = [];
  for (const [name, count] of decidedBy ?? []) {
    const were = `${count} of them ${count === 1 ? 'was' : 'were'}`;
    if (name === undefined) {
      const { ReservoirSize, FixedRate } = beforeFetching;
      sentences.push(
        `${were} decided before the SDK had fetched the rules: until then it keeps ${ReservoirSize} a second and ${FixedRate * 100} % of the others.`,
      );
    } else if (name !== rule.RuleName) {
      sentences.push(
        `${were} caught by ${name} then: the rules have changed since, or the SDK has not fetched them yet.`,
      );
    }
  }
  return sentences;
}

/** What one rule catches, by SDK and second: every SDK has a reservoir of its own way of counting. */
class RuleLoad {
  readonly #rule: SamplingRule;
  readonly #bySdk = new Map<SamplingSdk, Map<number, number>>();

  constructor(rule: SamplingRule) {
    this.#rule = rule;
  }

  add({ sdk, perSecond }: RequestPattern): void {
    const seconds = this.#bySdk.get(sdk) ?? new Map<number, number>();
    this.#bySdk.set(sdk, seconds);
    for (const [second, count] of perSecond) {
      seconds.set(second, (seconds.get(second) ?? 0) + count);
    }
  }

  shareKept(sdk: SamplingSdk): number {
    const seconds = this.#bySdk.get(sdk) ?? new Map<number, number>();
    const requests = sumOf(seconds.values());
    return requests === 0 ? 0 : sumOf(this.#kept(seconds, sdk)) / requests;
  }

  totals(): Pick<RuleForecast, 'requests' | 'kept' | 'peak'> {
    const bySecond = new Map<number, { requests: number; kept: number }>();
    for (const [sdk, seconds] of this.#bySdk) {
      for (const [second, count] of seconds) {
        const so = bySecond.get(second) ?? { requests: 0, kept: 0 };
        so.requests += count;
        so.kept += keptOf(count, this.#rule, sdk);
        bySecond.set(second, so);
      }
    }
    let [requests, kept, peak] = [0, 0, { requests: 0, kept: 0 }];
    for (const second of bySecond.values()) {
      requests += second.requests;
      kept += second.kept;
      peak = second.requests > peak.requests ? second : peak;
    }
    return { requests, kept, peak };
  }

  *#kept(seconds: ReadonlyMap<number, number>, sdk: SamplingSdk): Generator<number> {
    for (const count of seconds.values()) {
      yield keptOf(count, this.#rule, sdk);
    }
  }
}

function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) {
    sum += number;
  }
  return sum;
}
