import { dryRun, type DryRun } from '@sightline/telemetry/sampling/dryRun';
import type { SamplingSdk } from '@sightline/telemetry/sampling/samplingRequest';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { ObservedPattern, ObservedRequests } from './observedRequests.ts';
import type { DryRunJson } from './samplingApi.ts';

/** What SDKs reported of rules in the last seconds. */
export interface ReportedSampling {
  readonly seconds: number;
  /** Requests that were left out, by rule; rules without any are absent. */
  readonly leftOut: ReadonlyMap<string, number>;
}

export interface DryRunSurroundings {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly reported: ReportedSampling;
  /** What a person should know beside it, as sentences. `used` are the rules that catch something. */
  readonly notes: (sdks: readonly SamplingSdk[], used: readonly SamplingRule[]) => readonly string[];
}

/** Kinds of requests in an answer. */
const mostRequests = 200;

/** What rules would do with requests that were observed. */
export function dryRunOf(
  rules: readonly SamplingRule[],
  observed: ObservedRequests,
  { now, reported, notes }: DryRunSurroundings,
): DryRunJson {
  const run = dryRun(rules, observed.patterns);
  const sdks = [...new Set(observed.patterns.map(({ sdk }) => sdk))];
  const used = new Set(run.requests.map(({ rule }) => rule));
  const seen = leftOutByRule(observed.patterns, run);
  const requests = run.requests.toSorted((one, other) => other.count - one.count);
  return {
    from: String(observed.from),
    to: String(observed.to),
    traces: observed.traces,
    isPartial: observed.isPartial,
    decidedByCaller: observed.decidedByCaller,
    requests: requests
      .slice(0, mostRequests)
      .map(({ pattern: { request, sdk }, ...forecast }) => ({ request, sdk, ...forecast })),
    omitted: Math.max(0, requests.length - mostRequests),
    // What SDKs report of a rule is reason enough for it; what it left out then is no trace.
    rules: run.rules.map(({ missed, ...forecast }) =>
      missed === undefined || reported.leftOut.has(forecast.rule) ? forecast : { ...forecast, missed },
    ),
    notes: [
      ...notes(
        sdks,
        rules.filter(({ RuleName }) => used.has(RuleName)),
      ),
      ...leftOutNotes(reported, leftOutByRule(observed.patterns, run, now / 1_000 - reported.seconds)),
      ...(seen.size === 0 ? [] : [otherTracesNote(sumOf(seen))]),
    ],
  };
}

/** What OpenTelemetry alone reports of each rule's requests, of all seconds or from one on. */
function leftOutByRule(patterns: readonly ObservedPattern[], run: DryRun, from = 0): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  run.requests.forEach(({ rule = '' }, index) => {
    for (const [second, count] of patterns[index]?.leftOut ?? []) {
      if (second >= from) {
        counts.set(rule, (counts.get(rule) ?? 0) + count);
      }
    }
  });
  return counts;
}

/** What SDKs report to have left out, as far as OpenTelemetry does not know of it either. */
function leftOutNotes(
  { seconds, leftOut: reported }: ReportedSampling,
  seen: ReadonlyMap<string, number>,
): readonly string[] {
  const time = seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
  return [...reported].flatMap(([rule, leftOut]) => {
    const missing = leftOut - (seen.get(rule) ?? 0);
    return missing > 0 ? [`${rule} left out ${missing} in the last ${time}, as SDKs report; they are not here.`] : [];
  });
}

function otherTracesNote(count: number): string {
  return `${count} of these requests ${count === 1 ? 'was' : 'were'} left out by the X-Ray SDK and ${count === 1 ? 'is' : 'are'} known by OpenTelemetry, whose own traces are kept whatever the rules say: the Traces view shows them all the same.`;
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
