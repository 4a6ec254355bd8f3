import type { FilterableService } from '../language/filterExpressionMatch.ts';
import type { Attributes, Span } from '../model/span.ts';
import { isAddress, textOf } from './calledService.ts';

/** X-Ray's `origin` for OTel's `cloud.platform` (semantic conventions, "Cloud"), as the Collector's X-Ray exporter has it. */
const origins: Readonly<Record<string, string>> = {
  aws_app_runner: 'AWS::AppRunner::Service',
  aws_eks: 'AWS::EKS::Container',
  aws_elastic_beanstalk: 'AWS::ElasticBeanstalk::Environment',
  aws_ecs: 'AWS::ECS::Container',
  aws_ec2: 'AWS::EC2::Instance',
  aws_lambda: 'AWS::Lambda::Function',
};

/** The service that took a request, out of all reports of it, the most trusted first. Further names are those of the other reports and hosts. */
export function serviceOf(reports: readonly Span[], inherited: string): FilterableService {
  const names = new Set(reports.map(nameOf).filter((name) => name !== ''));
  const name = [...names][0] ?? inherited;
  for (const { http, attributes } of reports) {
    const host = hostOf(http?.url) ?? textOf(attributes, 'server.address', 'net.host.name');
    if (host !== undefined && !isAddress(host)) {
      names.add(host);
    }
  }
  names.delete(name);
  const type = firstOf(reports, originOf);
  const accountId = firstOf(
    reports,
    ({ attributes, resource }) => textOf(attributes, 'aws.account_id') ?? textOf(resource, 'cloud.account.id'),
  );
  return {
    name,
    ...(names.size === 0 ? {} : { otherNames: [...names] }),
    ...(type === undefined ? {} : { type }),
    ...(accountId === undefined ? {} : { accountId }),
  };
}

/** The kind of place that a service runs on, in X-Ray's words; `undefined` where its reports do not say. */
export function originOf({ source, attributes, resource }: Span): string | undefined {
  return source === 'xray' ? textOf(attributes, 'origin') : originOfResource(resource);
}

function originOfResource(resource: Attributes): string | undefined {
  const platform = textOf(resource, 'cloud.platform');
  if (platform === 'aws_ecs') {
    const launchType = textOf(resource, 'aws.ecs.launchtype')?.toLowerCase();
    return launchType === 'fargate' ? 'AWS::ECS::Fargate' : launchType === 'ec2' ? 'AWS::ECS::EC2' : origins['aws_ecs'];
  }
  return platform !== undefined && Object.hasOwn(origins, platform) ? origins[platform] : undefined;
}

function nameOf({ service, name, source, isSubsegment }: Span): string {
  return service === '' && source === 'xray' && isSubsegment !== true ? name : service;
}

function hostOf(url: string | undefined): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]+)/i.exec(url ?? '')?.[1];
}

function firstOf<T>(spans: readonly Span[], of: (span: Span) => T | undefined): T | undefined {
  for (const span of spans) {
    const found = of(span);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
