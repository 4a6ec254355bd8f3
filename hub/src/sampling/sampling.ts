import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { DocumentStore } from '../store/traceAnalysis.ts';
import { quotaSeconds, reportInterval, ReservoirShares } from './reservoirShares.ts';
import { SamplingRules, type SamplingRuleRecord } from './samplingRules.ts';
import { SamplingStatistics, type SamplingCounts } from './samplingStatistics.ts';

/** What a client says about one rule since its last report (X-Ray API reference, SamplingStatisticsDocument). */
export interface SamplingReport extends SamplingCounts {
  readonly rule: string;
  readonly clientId: string;
}

/** What a client is to do until its next report. */
export interface SamplingTarget {
  readonly rule: SamplingRule;
  /** Requests a second. */
  readonly quota: number;
  /** Epoch seconds. */
  readonly quotaEnds: number;
  /** Seconds. */
  readonly interval: number;
}

/** How often a rule matched lately. */
export interface RuleActivity extends SamplingCounts {
  /** Clients that reported it in the same seconds. */
  readonly clients: number;
}

/** What SDKs ask and tell about sampling, and what people see of it. Activity is kept in memory: it is about the last minutes. */
export class Sampling {
  readonly rules: SamplingRules;
  readonly #now: () => number;
  /** By rule name; of a rule that was deleted until the next report. */
  readonly #tallies = new Map<string, { readonly shares: ReservoirShares; readonly statistics: SamplingStatistics }>();
  #lastFetch: number | undefined;

  /** `now` gives epoch milliseconds; `onChange` is told when the rules have changed. */
  constructor(documents: DocumentStore, now: () => number = Date.now, onChange: () => void = () => undefined) {
    this.#now = now;
    this.rules = new SamplingRules(documents, now, onChange);
  }

  /** When an SDK asked for the rules last, in epoch seconds; `undefined` where none has since the hub started. */
  get lastFetch(): number | undefined {
    return this.#lastFetch;
  }

  noteFetch(): void {
    this.#lastFetch = this.#seconds();
  }

  /** Takes the reports of a client and answers the target of each; `undefined` for a rule that there is not (any more). */
  async report(reports: readonly SamplingReport[]): Promise<(SamplingTarget | undefined)[]> {
    const records = await this.rules.list();
    const now = this.#seconds();
    this.#forgetDeleted(records);
    return reports.map((report) => {
      const rule = records.find((record) => record.rule.RuleName === report.rule)?.rule;
      if (rule === undefined) {
        return undefined;
      }
      const { shares, statistics } = this.#tallyOf(report.rule);
      statistics.add(report, now, report.clientId);
      const quota = shares.quotaFor(report.clientId, report.requests, rule.ReservoirSize, now);
      return { rule, quota, quotaEnds: Math.floor(now) + quotaSeconds, interval: reportInterval };
    });
  }

  /** What was reported of a rule over the last seconds, at most 600. */
  activityOf(rule: string, seconds: number): RuleActivity {
    const tally = this.#tallies.get(rule);
    const now = this.#seconds();
    return tally === undefined
      ? { requests: 0, sampled: 0, borrowed: 0, clients: 0 }
      : { ...tally.statistics.last(seconds, now), clients: tally.statistics.countClients(seconds, now) };
  }

  #forgetDeleted(records: readonly SamplingRuleRecord[]): void {
    if (this.#tallies.size > records.length) {
      const names = new Set(records.map(({ rule }) => rule.RuleName));
      for (const name of this.#tallies.keys()) {
        if (!names.has(name)) {
          this.#tallies.delete(name);
        }
      }
    }
  }

  #tallyOf(rule: string): { readonly shares: ReservoirShares; readonly statistics: SamplingStatistics } {
    let tally = this.#tallies.get(rule);
    if (tally === undefined) {
      tally = { shares: new ReservoirShares(), statistics: new SamplingStatistics() };
      this.#tallies.set(rule, tally);
    }
    return tally;
  }

  #seconds(): number {
    return this.#now() / 1_000;
  }
}
