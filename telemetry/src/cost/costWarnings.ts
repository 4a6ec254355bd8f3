import type { Cap, CapState } from './cap.ts';
import type { CostDestination } from './usage.ts';
import { counterText } from './usageText.ts';

/** What is likely to cost more than a person expects. */
export interface CostWarning {
  readonly kind: 'capReached' | 'capExpected' | 'neverExpires' | 'samplesAll';
  readonly destination: CostDestination;
  /** Sentences: what is so, and what to do. */
  readonly message: string;
}

export interface CostSituation {
  readonly capped: readonly { readonly destination: CostDestination; readonly cap: Cap; readonly state: CapState }[];
  /** Destinations that the relay is switched on for. */
  readonly relayed: ReadonlySet<CostDestination>;
  readonly rules: readonly { readonly name: string; readonly fixedRate: number }[];
  /** Log groups without a retention, that the relay sends to. */
  readonly neverExpiring: readonly string[];
}

export const destinationNames: Record<CostDestination, string> = {
  xray: 'AWS X-Ray',
  logs: 'CloudWatch Logs',
  otlp: 'OTLP',
  rollbar: 'Rollbar',
};

export function costWarnings({ capped, relayed, rules, neverExpiring }: CostSituation): CostWarning[] {
  return [
    ...capped.flatMap(({ destination, cap, state }) => capWarning(destination, cap, state)),
    ...(relayed.has('logs') && neverExpiring.length > 0 ? [neverExpires(neverExpiring)] : []),
    ...(relayed.has('xray') ? samplesAll(rules) : []),
  ];
}

/** A cap in words, such as `what is free` or `$2.50`. */
export function renderCap(cap: Cap): string {
  switch (cap.kind) {
    case 'free':
      return 'what is free';
    case 'dollars':
      return `$${cap.dollars}`;
    case 'amount':
      return counterText(cap.counter, cap.amount);
  }
}

function capWarning(destination: CostDestination, cap: Cap, state: CapState): CostWarning[] {
  const name = destinationNames[destination];
  switch (state) {
    case 'under':
      return [];
    case 'expected':
      return [
        {
          kind: 'capExpected',
          destination,
          message: `If it goes on like this, ${name} reaches its cap of ${renderCap(cap)} before the month is over, and the relay pauses then.`,
        },
      ];
    case 'over':
      return [
        {
          kind: 'capReached',
          destination,
          message: `${name} has reached its cap of ${renderCap(cap)} this month. The relay waits until the next month or a higher cap.`,
        },
      ];
  }
}

function neverExpires(groups: readonly string[]): CostWarning {
  const shown = groups.slice(0, 3).join(', ');
  const more = groups.length > 3 ? ` and ${groups.length - 3} more` : '';
  return {
    kind: 'neverExpires',
    destination: 'logs',
    message: `${groups.length === 1 ? 'A log group that goes' : 'Log groups that go'} to CloudWatch never ${groups.length === 1 ? 'expires' : 'expire'}, so what is stored is paid for every month: ${shown}${more}. Set a retention.`,
  };
}

function samplesAll(rules: CostSituation['rules']): CostWarning[] {
  const all = rules.filter(({ fixedRate }) => fixedRate >= 1).map(({ name }) => name);
  return all.length === 0
    ? []
    : [
        {
          kind: 'samplesAll',
          destination: 'xray',
          message: `Every request is sampled by ${all.length === 1 ? 'the rule' : 'the rules'} ${all.join(', ')}, and each trace that goes to X-Ray is paid for. A lower rate sends fewer.`,
        },
      ];
}
