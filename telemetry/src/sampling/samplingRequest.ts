import { inOrderOfPriority, isDefaultRule, type SamplingRule } from './samplingRule.ts';
import { matchesWildcard } from './wildcard.ts';

/** Which program decides. `other` is any SDK that takes every rule and matches the path alone. */
export type SamplingSdk = 'node' | 'python' | 'other';

/** What a rule is compared with. What is absent matches whatever the rule asks for, as in the SDKs. */
export interface SamplingRequest {
  /** The name of the segment. */
  readonly service?: string;
  /** The origin of the segment, such as `AWS::ECS::Container`; SDKs know none on a developer's machine. */
  readonly type?: string;
  /** The Host header: with the port, unless that is the scheme's own. */
  readonly host?: string;
  readonly method?: string;
  /** As in the request line: with the query. */
  readonly path?: string;
}

export const matchedFields = ['ServiceName', 'ServiceType', 'Host', 'HTTPMethod', 'URLPath'] as const;
export type MatchedField = (typeof matchedFields)[number];

/** What an SDK compares a rule's field with; `undefined` and an empty text match everything. */
export function comparedWith(request: SamplingRequest, field: MatchedField, sdk: SamplingSdk): string | undefined {
  switch (field) {
    case 'ServiceName':
      return request.service;
    case 'ServiceType':
      return request.type;
    case 'Host':
      return request.host;
    case 'HTTPMethod':
      return request.method;
    case 'URLPath':
      // aws-xray-sdk-node hands over `req.url`; the one for Python, and those for Java, Go and .NET, the path alone.
      return sdk === 'node' ? request.path : request.path?.split('?', 1)[0];
  }
}

/** The fields of a rule that keep it from catching a request; none where it would. */
export function failingFields(rule: SamplingRule, request: SamplingRequest, sdk: SamplingSdk): MatchedField[] {
  return isDefaultRule(rule)
    ? []
    : matchedFields.filter((field) => {
        const text = comparedWith(request, field, sdk);
        return text !== undefined && text !== '' && !matchesWildcard(rule[field], text);
      });
}

/**
 * Why an SDK leaves a rule out whatever the request, as a sentence; `undefined` where it takes it. Source: `isRuleValid` of
 * aws-xray-sdk-node 3.12 and `_is_rule_valid` of aws-xray-sdk-python 2.15.
 */
export function ignoredBecause(rule: SamplingRule, sdk: SamplingSdk): string | undefined {
  if (sdk === 'other') {
    return undefined;
  }
  const name = sdk === 'node' ? 'Node' : 'Python';
  const because = (what: string): string => `The X-Ray SDK for ${name} leaves this rule out, since ${what}.`;
  if (rule.Version !== 1) {
    return because(`its Version is ${rule.Version} and not 1`);
  }
  if (rule.ResourceARN !== '*') {
    return because(`its ResourceARN is "${rule.ResourceARN}" and not "*"`);
  }
  if (Object.keys(rule.Attributes).length > 0) {
    return because('it has Attributes');
  }
  return rule.ServiceType === '' ? because('its ServiceType is empty; "*" means any') : undefined;
}

/** The rule that an SDK decides by: the first in order of priority that it takes and that matches. */
export function ruleFor(
  rules: readonly SamplingRule[],
  request: SamplingRequest,
  sdk: SamplingSdk,
): SamplingRule | undefined {
  return inOrderOfPriority(rules).find(
    (rule) => ignoredBecause(rule, sdk) === undefined && failingFields(rule, request, sdk).length === 0,
  );
}
