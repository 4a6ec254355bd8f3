/**
 * The sampling rules that the hub gives to X-Ray SDKs (AWS X-Ray API, GetSamplingRules and GetSamplingTargets): every request
 * is traced, health checks are not. Times are epoch seconds, as AWS has them.
 */
export interface SamplingRule {
  readonly RuleName: string;
  readonly RuleARN: string;
  readonly Priority: number;
  readonly FixedRate: number;
  readonly ReservoirSize: number;
  readonly ServiceName: string;
  readonly ServiceType: string;
  readonly Host: string;
  readonly HTTPMethod: string;
  readonly URLPath: string;
  readonly ResourceARN: string;
  readonly Version: 1;
  readonly Attributes: Readonly<Record<string, string>>;
}

// The Node SDK ignores every rule that is not Version 1, ResourceARN "*" and with an empty Attributes object.
const everything = {
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
} as const;

export const builtInRules: readonly SamplingRule[] = [
  {
    ...everything,
    RuleName: 'SightlineHealthChecks',
    RuleARN: 'arn:aws:xray:us-east-1:000000000000:sampling-rule/SightlineHealthChecks',
    Priority: 100,
    FixedRate: 0,
    // Without a reservoir an SDK may not borrow one request a second either.
    ReservoirSize: 0,
    // SDKs match the URL with its query.
    URLPath: '/api/health-check*',
  },
  {
    ...everything,
    RuleName: 'Default',
    RuleARN: 'arn:aws:xray:us-east-1:000000000000:sampling-rule/Default',
    Priority: 10_000,
    FixedRate: 1,
    ReservoirSize: 10_000,
  },
];

export interface SamplingRulesReply {
  readonly SamplingRuleRecords: readonly {
    readonly SamplingRule: SamplingRule;
    readonly CreatedAt: number;
    readonly ModifiedAt: number;
  }[];
}

/** `modifiedAt` in epoch seconds. */
export function samplingRulesReply(modifiedAt: number): SamplingRulesReply {
  return {
    SamplingRuleRecords: builtInRules.map((rule) => ({
      SamplingRule: rule,
      CreatedAt: modifiedAt,
      ModifiedAt: modifiedAt,
    })),
  };
}

export interface SamplingTargetsReply {
  readonly SamplingTargetDocuments: readonly {
    readonly RuleName: string;
    readonly FixedRate: number;
    readonly ReservoirQuota: number;
    readonly ReservoirQuotaTTL: number;
    readonly Interval: number;
  }[];
  readonly LastRuleModification: number;
  readonly UnprocessedStatistics: readonly {
    readonly RuleName: string;
    readonly ErrorCode: string;
    readonly Message: string;
  }[];
}

/** Seconds until an SDK reports again. */
const reportInterval = 10;
/** A quota holds over a few missed reports. */
const quotaSeconds = 60;

/** `now` and `modifiedAt` in epoch seconds; `ruleNames` are those of the SDK's statistics documents. */
export function samplingTargetsReply(
  ruleNames: readonly string[],
  now: number,
  modifiedAt: number,
): SamplingTargetsReply {
  const byName = new Map(builtInRules.map((rule) => [rule.RuleName, rule]));
  return {
    SamplingTargetDocuments: ruleNames.flatMap((name) => {
      const rule = byName.get(name);
      return rule === undefined
        ? []
        : {
            RuleName: name,
            FixedRate: rule.FixedRate,
            ReservoirQuota: rule.ReservoirSize,
            ReservoirQuotaTTL: now + quotaSeconds,
            Interval: reportInterval,
          };
    }),
    LastRuleModification: modifiedAt,
    UnprocessedStatistics: ruleNames
      .filter((name) => !byName.has(name))
      .map((name) => ({ RuleName: name, ErrorCode: 'InvalidRule', Message: `There is no rule "${name}".` })),
  };
}
