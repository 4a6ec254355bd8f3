/** Sampling rules under `/sightline/v1/sampling` as JSON. Rules are spelled as X-Ray spells them; times are nanoseconds as decimal text. */
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { SamplingRequest, SamplingSdk } from '@sightline/telemetry/sampling/samplingRequest';
import type { NearMiss, RuleForecast } from '@sightline/telemetry/sampling/dryRun';

/** `GET /sightline/v1/sampling`: in order of priority. */
export interface SamplingJson {
  readonly rules: readonly SamplingRuleJson[];
  /** Over how many seconds `activity` counts. */
  readonly activitySeconds: number;
  readonly modifiedAt: string;
  /** When an SDK asked for the rules last; absent where none has since the hub started. */
  readonly fetchedAt?: string;
}

export interface SamplingRuleJson {
  readonly rule: SamplingRule;
  readonly arn: string;
  /** `builtIn`: as this version came with it. `changed`: built in, and changed since. */
  readonly origin: 'builtIn' | 'changed' | 'custom';
  /** Absent where a built-in rule is as it came. */
  readonly modifiedAt?: string;
  readonly activity: RuleActivityJson;
}

/** What SDKs reported of a rule: `sampled` and `borrowed` were kept. Reports come every ten seconds. */
export interface RuleActivityJson {
  readonly requests: number;
  readonly sampled: number;
  readonly borrowed: number;
  readonly clients: number;
}

/**
 * `POST /sightline/v1/sampling/import?preview=1` takes the text of a file (telemetry's `parseRuleFile`) and answers what it changes; without
 * `preview` it makes the change, all or none. Rules of other names stay.
 */
export interface SamplingImport {
  readonly changes: readonly {
    readonly rule: SamplingRule;
    readonly kind: 'new' | 'changed' | 'same';
    /** The members that become others, as `FixedRate 0.05 → 0.1`. */
    readonly differences: readonly string[];
  }[];
}

/** `POST /sightline/v1/sampling/explain`: which rule catches one request, and why the others do not. */
export interface ExplainQuestion {
  readonly request: SamplingRequest;
  /** `node` where it is absent. */
  readonly sdk?: SamplingSdk;
  /** Such requests in a second; 1 where it is absent. */
  readonly perSecond?: number;
}

export interface ExplainAnswer {
  /** Absent only where no rule catches it, which the default rule prevents. */
  readonly rule?: string;
  /** Of `perSecond`, how many would be kept: an expectation. */
  readonly keptPerSecond: number;
  /** Every rule in order of priority; the one that catches the request has no reason. */
  readonly rules: readonly NearMiss[];
  /** What else a person should know, as sentences. */
  readonly notes: readonly string[];
}

/** `POST /sightline/v1/sampling/dry-run`: what the rules would do with the requests of the last hour, as far as they were traced. */
export interface DryRunJson {
  readonly from: string;
  readonly to: string;
  /** Traces that were looked at, the newest first; `isPartial` where there are older ones. */
  readonly traces: number;
  readonly isPartial: boolean;
  /** Requests whose caller had decided, so that no rule was asked. */
  readonly decidedByCaller: number;
  /** The most frequent first. */
  readonly requests: readonly DryRunRequestJson[];
  /** Kinds of requests that were left out of `requests`; the rules count them all the same. */
  readonly omitted: number;
  readonly rules: readonly RuleForecast[];
  readonly notes: readonly string[];
}

export interface DryRunRequestJson {
  readonly request: SamplingRequest;
  readonly sdk: SamplingSdk;
  readonly count: number;
  readonly rule?: string;
  readonly kept: number;
  readonly nearMisses: readonly NearMiss[];
  readonly decidedThen: readonly string[];
}
