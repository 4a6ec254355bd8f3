import { dryRunOf } from '@sightline/hub/client/dryRunOf';
import { loadObservedRequests, type RecentTraces } from '@sightline/hub/client/observedRequests';
import type { DryRunJson, ExplainAnswer, ExplainQuestion, SamplingImport } from '@sightline/hub/client/samplingApi';
import { explanationOf, importOf, sdkNotes } from '@sightline/hub/client/samplingExplanation';
import { differencesOf } from '@sightline/telemetry/sampling/ruleDifferences';
import { parseRuleFile } from '@sightline/telemetry/sampling/ruleFile';
import { inOrderOfPriority, type SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import { UserError } from '../../userError.ts';
import type { KnownRules, SamplingSource } from '../samplingSource.ts';
import type { PollPace } from '../polledSource.ts';
import { CloudSource } from './cloudSource.ts';
import type { XRayRules, XRayRuleStatistics } from './xrayRules.ts';
import type { XRayTraceSource } from './xrayTraceSource.ts';

export interface XRaySamplingOptions extends PollPace {
  readonly now: () => number;
  /** Shows what would be written, and asks whether it is to be. */
  readonly confirm: (question: string, detail: string) => Promise<boolean>;
}

/** For the dry run: AWS asks money for each trace that is read. */
const limits = { pageSize: 100, mostTraces: 200, mostMillis: 60_000, atATime: 20 };
const keptOnly =
  'X-Ray has only the requests that the rules of then kept; those that they left out are not here, so the real ones are more.';
const nanosPerMilli = 1_000_000n;

/** The sampling rules that X-Ray has in one account and region: those that SDKs there go by. */
export class XRaySamplingSource extends CloudSource implements SamplingSource {
  readonly isShared = true;
  readonly #rules: XRayRules;
  readonly #traces: RecentTraces;
  readonly #options: XRaySamplingOptions;

  constructor(rules: XRayRules, traces: XRayTraceSource, options: XRaySamplingOptions) {
    super(rules.account, 'xray', options);
    this.#rules = rules;
    this.#options = options;
    this.#traces = {
      limits,
      listTraces: (query, signal) => traces.listTraces({ ...query, excludeHealthChecks: false }, signal),
      loadSpans: (ids, signal) => traces.loadSpans(ids, signal),
    };
  }

  async listRules(signal?: AbortSignal): Promise<KnownRules> {
    const [records, statistics] = await Promise.all([this.#rules.listRecords(signal), this.#statistics(signal)]);
    const { seconds, counts, trouble } = statistics;
    const byName = new Map(records.map((record) => [record.rule.RuleName, record]));
    const ordered = inOrderOfPriority(records.map(({ rule }) => rule));
    return {
      rules: ordered.map((rule) => {
        const { arn = '', modifiedAt } = byName.get(rule.RuleName) ?? {};
        return {
          rule,
          arn,
          origin: 'custom',
          ...(modifiedAt !== undefined && { modifiedAt: String(BigInt(modifiedAt) * nanosPerMilli) }),
          ...(counts !== undefined && { activity: counts.get(rule.RuleName) ?? nothing }),
        };
      }),
      activitySeconds: seconds,
      modifiedAt: '0',
      ...(trouble !== undefined && { trouble }),
    };
  }

  async createRule(rule: SamplingRule): Promise<boolean> {
    const { RuleName: name, ...members } = rule;
    const isWanted = await this.#options.confirm(
      `Create the sampling rule "${name}" in ${this.label}?`,
      `It is for everybody who uses this account: ${membersOf(members)}`,
    );
    if (isWanted) {
      await this.#rules.putRule(rule, true);
    }
    return isWanted;
  }

  async changeRule(rule: SamplingRule): Promise<boolean> {
    const { RuleName: name } = rule;
    const before = (await this.#rules.listRules()).find(({ RuleName }) => RuleName === name);
    if (before === undefined) {
      throw new UserError(`${this.label} has no sampling rule "${name}" any more. Refresh the view.`);
    }
    const differences = differencesOf(before, rule);
    if (differences.length === 0) {
      return true;
    }
    const isWanted = await this.#options.confirm(
      `Change the sampling rule "${name}" in ${this.label}?`,
      `For everybody who uses this account: ${differences.join(', ')}`,
    );
    if (isWanted) {
      await this.#rules.putRule(rule, false);
    }
    return isWanted;
  }

  async deleteRule(name: string): Promise<boolean> {
    const isThere = (await this.#rules.listRules()).some(({ RuleName }) => RuleName === name);
    if (isThere) {
      await this.#rules.deleteRule(name);
    }
    return isThere;
  }

  async previewImport(text: string): Promise<SamplingImport> {
    return importOf(await this.#rules.listRules(), rulesIn(text));
  }

  async importRules(text: string): Promise<SamplingImport> {
    const preview = await this.previewImport(text);
    for (const { rule, kind } of preview.changes.filter((change) => change.kind !== 'same')) {
      // oxlint-disable-next-line no-await-in-loop -- where one is refused, those before it are written and no other is.
      await this.#rules.putRule(rule, kind === 'new');
    }
    return preview;
  }

  async explain(question: ExplainQuestion): Promise<ExplainAnswer> {
    return explanationOf(await this.#rules.listRules(), question, sdkNotes);
  }

  async dryRun(signal?: AbortSignal): Promise<DryRunJson> {
    const now = this.#options.now();
    const [rules, statistics, observed] = await Promise.all([
      this.#rules.listRules(signal),
      this.#statistics(signal),
      loadObservedRequests(this.#traces, now, signal),
    ]);
    const { seconds, counts = new Map<string, Counts>(), trouble } = statistics;
    const leftOut = [...counts].map(
      ([name, { requests, sampled, borrowed }]) => [name, requests - sampled - borrowed] as const,
    );
    return dryRunOf(rules, observed, {
      now,
      reported: { seconds, leftOut: new Map(leftOut.filter(([, count]) => count > 0)) },
      notes: (sdks, used) => [keptOnly, ...(trouble === undefined ? [] : [trouble]), ...sdkNotes(sdks, used)],
    });
  }

  /** How often rules matched is good to know, and no reason to show none where it may not be asked. */
  async #statistics(
    signal?: AbortSignal,
  ): Promise<Partial<XRayRuleStatistics> & { seconds: number; trouble?: string }> {
    try {
      return await this.#rules.loadStatistics(this.#options.now(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof UserError) {
        return { seconds: 0, trouble: `How often rules matched is not known. ${error.message}` };
      }
      throw error;
    }
  }
}

type Counts = typeof nothing;

const nothing = { requests: 0, sampled: 0, borrowed: 0 };

function membersOf({ Attributes, ...members }: Omit<SamplingRule, 'RuleName'>): string {
  const attributes = Object.keys(Attributes).length === 0 ? {} : { Attributes: JSON.stringify(Attributes) };
  return Object.entries({ ...members, ...attributes })
    .map(([member, value]) => `${member} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}

function rulesIn(text: string): readonly SamplingRule[] {
  const parsed = parseRuleFile(text);
  if (!parsed.ok) {
    throw new UserError(parsed.problems.join(' '));
  }
  return parsed.rules;
}
