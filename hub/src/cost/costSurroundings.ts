import type { CostDestination } from '@sightline/telemetry/cost/usage';
import type { Sampling } from '../sampling/sampling.ts';
import type { LogStore } from '../store/logs/logStore.ts';
import type { CostSurroundings } from './costReport.ts';

/** What the relay is doing, as far as it matters to what things cost. */
export interface RelayForCost {
  readonly relayed: ReadonlySet<CostDestination>;
  /** The retention that groups get which have none here. */
  readonly retentionDays?: number;
}

export function costSurroundings(
  logs: LogStore,
  sampling: Sampling,
  relay: () => RelayForCost = () => ({ relayed: new Set() }),
): CostSurroundings {
  return {
    relayed: () => relay().relayed,
    samplingRules: async () =>
      (await sampling.rules.list()).map(({ rule }) => ({ name: rule.RuleName, fixedRate: rule.FixedRate })),
    neverExpiring: async () =>
      relay().retentionDays === undefined
        ? (await logs.listGroups()).filter(({ retentionDays }) => retentionDays === undefined).map(({ name }) => name)
        : [],
  };
}
