import type { SamplingRule as AwsRule } from '@aws-sdk/client-xray';
import { isDefaultRule, type SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { SavedFilter } from '../filterSource.ts';
import type { AwsAccount } from './awsAccount.ts';

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
    const rules: SamplingRule[] = [];
    let token: string | undefined;
    do {
      const input = token === undefined ? {} : { NextToken: token };
      // oxlint-disable-next-line no-await-in-loop -- each page says where the next one begins.
      const page = await this.account.xray(
        'xray:GetSamplingRules',
        ({ sdk, client, options }) => client.send(new sdk.GetSamplingRulesCommand(input), options),
        signal,
      );
      rules.push(...(page.SamplingRuleRecords ?? []).flatMap(({ SamplingRule: rule }) => (rule ? [toRule(rule)] : [])));
      token = page.NextToken;
    } while (token !== undefined);
    return rules;
  }

  /** The rule's name decides: one that is there is changed. */
  async putRule(rule: SamplingRule, isNew: boolean): Promise<void> {
    const { Version, SamplingRateBoost: _, ...changed } = rule;
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
  };
}
