import type { SamplingRule as AwsRule, SamplingRuleRecord } from '@aws-sdk/client-xray';
import { isDefaultRule, type SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { SavedFilter } from '../filterSource.ts';
import type { AwsAccount } from './awsAccount.ts';

/** A rule with what X-Ray says about it. */
export interface XRayRule {
  readonly rule: SamplingRule;
  readonly arn: string;
  /** Milliseconds since the epoch; absent where it is as it was made. */
  readonly modifiedAt?: number;
}

/** What SDKs reported of the rules, by their names. */
export interface XRayRuleStatistics {
  /** Over how many seconds. */
  readonly seconds: number;
  readonly counts: ReadonlyMap<
    string,
    { readonly requests: number; readonly sampled: number; readonly borrowed: number }
  >;
}

/** X-Ray API, SamplingStatisticSummary: each is of a window of so many seconds. */
const reportSeconds = 10;

export interface XRayGroup extends SavedFilter {
  readonly arn: string;
}

/** The groups and sampling rules of X-Ray in one account and region. Whoever writes has shown a person the difference before. */
export class XRayRules {
  readonly account: AwsAccount;

  constructor(account: AwsAccount) {
    this.account = account;
  }

  async listRules(signal?: AbortSignal): Promise<readonly SamplingRule[]> {
    return (await this.listRecords(signal)).map(({ rule }) => rule);
  }

  async listRecords(signal?: AbortSignal): Promise<readonly XRayRule[]> {
    const rules: XRayRule[] = [];
    let token: string | undefined;
    do {
      const input = token === undefined ? {} : { NextToken: token };
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
      const page = await this.account.xray(
        'xray:GetSamplingRules',
        ({ sdk, client, options }) => client.send(new sdk.GetSamplingRulesCommand(input), options),
        signal,
      );
      rules.push(...(page.SamplingRuleRecords ?? []).flatMap(toRecord));
      token = page.NextToken;
    } while (token !== undefined);
    return rules;
  }

  /** What SDKs reported lately, the windows of each rule added up. `now` is milliseconds since the epoch. */
  async loadStatistics(now: number, signal?: AbortSignal): Promise<XRayRuleStatistics> {
    const counts = new Map<string, { requests: number; sampled: number; borrowed: number }>();
    let oldest = now / 1_000 - reportSeconds;
    let token: string | undefined;
    do {
      const input = token === undefined ? {} : { NextToken: token };
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
      const page = await this.account.xray(
        'xray:GetSamplingStatisticSummaries',
        ({ sdk, client, options }) => client.send(new sdk.GetSamplingStatisticSummariesCommand(input), options),
        signal,
      );
      for (const { RuleName = '', Timestamp, ...window } of page.SamplingStatisticSummaries ?? []) {
        const so = counts.get(RuleName) ?? { requests: 0, sampled: 0, borrowed: 0 };
        so.requests += window.RequestCount ?? 0;
        so.sampled += window.SampledCount ?? 0;
        so.borrowed += window.BorrowCount ?? 0;
        counts.set(RuleName, so);
        oldest = Math.min(oldest, (Timestamp?.getTime() ?? now) / 1_000);
      }
      token = page.NextToken;
    } while (token !== undefined);
    return { seconds: Math.round(now / 1_000 - oldest), counts };
  }

  /** The rule's name decides: one that is there is changed. */
  async putRule(rule: SamplingRule, isNew: boolean): Promise<void> {
    const { Version, ...changed } = rule;
    if (isNew) {
      await this.account.xray('xray:CreateSamplingRule', ({ sdk, client, options }) =>
        client.send(new sdk.CreateSamplingRuleCommand({ SamplingRule: { ...changed, Version } }), options),
      );
    } else {
      // Of the default rule X-Ray takes only these.
      const { RuleName, FixedRate, ReservoirSize } = rule;
      const update = isDefaultRule(rule) ? { RuleName, FixedRate, ReservoirSize } : changed;
      await this.account.xray('xray:UpdateSamplingRule', ({ sdk, client, options }) =>
        client.send(new sdk.UpdateSamplingRuleCommand({ SamplingRuleUpdate: update }), options),
      );
    }
  }

  async deleteRule(name: string): Promise<void> {
    await this.account.xray('xray:DeleteSamplingRule', ({ sdk, client, options }) =>
      client.send(new sdk.DeleteSamplingRuleCommand({ RuleName: name }), options),
    );
  }

  async listGroups(signal?: AbortSignal): Promise<readonly XRayGroup[]> {
    const groups: XRayGroup[] = [];
    let token: string | undefined;
    do {
      const input = token === undefined ? {} : { NextToken: token };
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
      const page = await this.account.xray(
        'xray:GetGroups',
        ({ sdk, client, options }) => client.send(new sdk.GetGroupsCommand(input), options),
        signal,
      );
      for (const { GroupName, GroupARN, FilterExpression } of page.Groups ?? []) {
        if (GroupName !== undefined) {
          groups.push({ name: GroupName, arn: GroupARN ?? '', filter: FilterExpression ?? '' });
        }
      }
      token = page.NextToken;
    } while (token !== undefined);
    return groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async putGroup({ name, filter }: SavedFilter, isNew: boolean): Promise<void> {
    const input = { GroupName: name, FilterExpression: filter };
    await (isNew
      ? this.account.xray('xray:CreateGroup', ({ sdk, client, options }) =>
          client.send(new sdk.CreateGroupCommand(input), options),
        )
      : this.account.xray('xray:UpdateGroup', ({ sdk, client, options }) =>
          client.send(new sdk.UpdateGroupCommand(input), options),
        ));
  }

  async deleteGroup(name: string): Promise<void> {
    await this.account.xray('xray:DeleteGroup', ({ sdk, client, options }) =>
      client.send(new sdk.DeleteGroupCommand({ GroupName: name }), options),
    );
  }
}

function toRecord({ SamplingRule: rule, CreatedAt, ModifiedAt }: SamplingRuleRecord): readonly XRayRule[] {
  if (rule === undefined) {
    return [];
  }
  const modifiedAt = ModifiedAt?.getTime() ?? 0;
  // The default rule, as long as nobody has changed it, has no time.
  const isChanged = modifiedAt > 0 && modifiedAt !== CreatedAt?.getTime();
  return [{ rule: toRule(rule), arn: rule.RuleARN ?? '', ...(isChanged && { modifiedAt }) }];
}

function toRule(rule: AwsRule): SamplingRule {
  return {
    RuleName: rule.RuleName ?? '',
    Priority: rule.Priority ?? 10_000,
    FixedRate: rule.FixedRate ?? 0,
    ReservoirSize: rule.ReservoirSize ?? 0,
    ServiceName: rule.ServiceName ?? '*',
    ServiceType: rule.ServiceType ?? '*',
    Host: rule.Host ?? '*',
    HTTPMethod: rule.HTTPMethod ?? '*',
    URLPath: rule.URLPath ?? '*',
    ResourceARN: rule.ResourceARN ?? '*',
    Version: rule.Version ?? 1,
    Attributes: rule.Attributes ?? {},
    ...boostOf(rule),
  };
}

function boostOf({ SamplingRateBoost: boost }: AwsRule): Pick<SamplingRule, 'SamplingRateBoost'> {
  const { MaxRate, CooldownWindowMinutes } = boost ?? {};
  return MaxRate === undefined || CooldownWindowMinutes === undefined
    ? {}
    : { SamplingRateBoost: { MaxRate, CooldownWindowMinutes } };
}
