import { defaultRuleName, defaultRulePriority, type SamplingRule } from '@sightline/telemetry/sampling/samplingRule';

const anything = {
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
  // The SDK for Node leaves out rules without it.
  Attributes: {},
} as const;

/** The rule of a new hub that leaves health checks out. */
const healthChecks: SamplingRule = {
  RuleName: 'SightlineHealthChecks',
  Priority: 100,
  FixedRate: 0,
  // Without a reservoir an SDK may not borrow one request a second either.
  ReservoirSize: 0,
  ...anything,
  // The SDK for Node compares the URL with its query.
  URLPath: '/api/health-check*',
};

/** On a developer's machine every request is wanted; the AWS account has 1 a second and 5 % here. */
const everythingElse: SamplingRule = {
  RuleName: defaultRuleName,
  Priority: defaultRulePriority,
  FixedRate: 1,
  ReservoirSize: 10_000,
  ...anything,
};

/** The rules that a hub has before anybody changes them: every request is traced, health checks are not. */
export const builtInRules: readonly SamplingRule[] = [healthChecks, everythingElse];

export function isBuiltIn(name: string): boolean {
  return builtInRules.some(({ RuleName }) => RuleName === name);
}
