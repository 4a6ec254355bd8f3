import type { SamplingRule } from './samplingRule.ts';
import type { SamplingSdk } from './samplingRequest.ts';

/**
 * How many of so many requests in one second are kept: the reservoir first, then the rate (X-Ray developer guide, "Configuring sampling
 * rules"). An expectation, so a fraction where the rate decides.
 */
export function keptOf(requests: number, rule: Pick<SamplingRule, 'FixedRate' | 'ReservoirSize'>, sdk: SamplingSdk) {
  const fromReservoir = Math.min(requests, reservoirOf(rule, sdk));
  return fromReservoir + (requests - fromReservoir) * rule.FixedRate;
}

/**
 * What of a reservoir an SDK uses a second. aws-xray-sdk-node 3.12 takes the expiry of its quota, epoch seconds, for milliseconds: every
 * quota has expired for it, and it keeps the one request a second that it may borrow.
 */
function reservoirOf({ ReservoirSize }: Pick<SamplingRule, 'ReservoirSize'>, sdk: SamplingSdk): number {
  return sdk === 'node' ? Math.min(ReservoirSize, 1) : ReservoirSize;
}

/** What an SDK does before it has fetched rules: one request a second and 5 % of the others. */
export const beforeFetching: Pick<SamplingRule, 'FixedRate' | 'ReservoirSize'> = { ReservoirSize: 1, FixedRate: 0.05 };
