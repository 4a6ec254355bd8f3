import { setField } from '../decode/draft.ts';
import type { Attributes, AttributeValue, Span } from '../model/span.ts';
import { calledService, isSqlSystem, textOf } from './calledService.ts';
import { wholeHttp } from './wholeHttp.ts';
import { originOf } from './requestService.ts';
import {
  causeField,
  commonFields,
  exceptionId,
  isEmpty,
  linksField,
  timeFields,
  withoutAbsent,
  type DocumentFields,
} from './xrayDocumentFields.ts';

/** A server, consumer or root span as a segment of its service. */
export function segmentFields(span: Span): DocumentFields {
  const { service, resource } = span;
  const version = textOf(resource, 'service.version', 'container.image.tag');
  return {
    id: span.id,
    name: segmentName(service === '' ? span.name : service),
    ...bodyOf(span),
    ...withoutAbsent({ user: textOf(span.attributes, 'enduser.id', 'user.id'), origin: originOf(span) }),
    aws: { ...awsOfResource(resource), ...(isCall(span) ? awsOfCall(span) : {}) },
    ...(version === undefined ? {} : { service: { version } }),
    ...annotatedFields(span, resource),
  };
}

/** Any other span as a subsegment; a call has a namespace, is named after what it calls, and has the blocks about that. */
export function otelFields(span: Span): DocumentFields {
  const aws = isCall(span) ? awsOfCall(span) : {};
  return {
    id: span.id,
    ...(isCall(span) ? callFields(span) : { name: segmentName(span.name) }),
    ...bodyOf(span),
    ...(isEmpty(aws) ? {} : { aws }),
    ...sqlField(span),
    ...annotatedFields(span, {}),
  };
}

export function callFields(span: Span): { readonly name: string; readonly namespace: string } {
  const { name, type, otherNames } = calledService(span);
  const isAws = type.startsWith('AWS::');
  // X-Ray names a call after the AWS service; the table or queue is in the `aws` block.
  return { name: segmentName(isAws ? (otherNames?.[0] ?? name) : name), namespace: isAws ? 'aws' : 'remote' };
}

/** What X-Ray takes for a name (developer guide, "X-Ray segment documents"): the characters, and 200 of them at most. */
function segmentName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu, '').slice(0, 200) || 'span';
}

function isCall({ kind }: Span): boolean {
  return kind === 'client' || kind === 'producer';
}

function bodyOf(span: Span): DocumentFields {
  const remote = isCall(span);
  const { exceptions, statusMessage, status } = span;
  const http = wholeHttp(span);
  const told = exceptions.map((exception) => ({ ...exception, remote: exception.remote ?? remote }));
  const withMessage = told.length === 0 && statusMessage !== undefined ? [{ message: statusMessage, stack: [] }] : told;
  return {
    ...timeFields(span),
    ...commonFields({ status, ...(http === undefined ? {} : { http }) }),
    ...causeField({ ...span, exceptions: withMessage }, (_, index) => exceptionId(span, index)),
    ...linksField(span.links),
  };
}

/** Attributes that have a place of their own in the document. */
const placed = new Set(
  `http.request.method http.method url.full http.url url.path url.query http.target http.response.status_code http.status_code
   user_agent.original http.user_agent client.address http.client_ip http.response.body.size http.response_content_length
   enduser.id user.id aws.xray.annotations`.split(/\s+/),
);

const placedInSql = new Set(
  'db.system.name db.system db.namespace db.name db.user db.query.text db.statement db.connection_string'.split(' '),
);

/** As X-Ray has it: what the sender named is an annotation, anything else metadata; of a segment the resource too. */
function annotatedFields(span: Span, resource: Attributes): DocumentFields {
  const metadata: Record<string, AttributeValue> = {};
  const isSql = isSqlSystem(textOf(span.attributes, 'db.system.name', 'db.system') ?? '');
  for (const [key, value] of Object.entries(span.attributes)) {
    if (!placed.has(key) && !(isSql && placedInSql.has(key)) && !Object.hasOwn(span.annotations, key)) {
      setField(metadata, key, value);
    }
  }
  for (const [key, value] of Object.entries(resource)) {
    metadata[`otel.resource.${key}`] = value;
  }
  return {
    ...(isEmpty(span.annotations) ? {} : { annotations: span.annotations }),
    ...(isEmpty(metadata) && isEmpty(span.metadata) ? {} : { metadata: { ...span.metadata, default: metadata } }),
  };
}

function awsOfResource(resource: Attributes): DocumentFields {
  const zone = textOf(resource, 'cloud.availability_zone');
  const platform = textOf(resource, 'cloud.platform');
  const containerId = textOf(resource, 'container.id');
  const language = textOf(resource, 'telemetry.sdk.language');
  const sdk = textOf(resource, 'telemetry.sdk.name');
  const parts: DocumentFields = {
    ec2:
      platform === 'aws_ec2'
        ? {
            instance_id: textOf(resource, 'host.id'),
            availability_zone: zone,
            instance_size: textOf(resource, 'host.type'),
            ami_id: textOf(resource, 'host.image.id'),
          }
        : {},
    ecs:
      platform === 'aws_ecs'
        ? {
            container: textOf(resource, 'container.name'),
            container_id: containerId,
            container_arn: textOf(resource, 'aws.ecs.container.arn'),
            cluster_arn: textOf(resource, 'aws.ecs.cluster.arn'),
            task_arn: textOf(resource, 'aws.ecs.task.arn'),
            task_family: textOf(resource, 'aws.ecs.task.family'),
            launch_type: textOf(resource, 'aws.ecs.launchtype'),
            availability_zone: zone,
          }
        : {},
    eks: {
      cluster_name: textOf(resource, 'k8s.cluster.name'),
      pod: textOf(resource, 'k8s.pod.name'),
      container_id: platform === 'aws_eks' ? containerId : undefined,
    },
    xray: {
      sdk: sdk !== undefined && language !== undefined ? `${sdk} for ${language}` : sdk,
      sdk_version: textOf(resource, 'telemetry.sdk.version'),
      auto_instrumentation:
        textOf(resource, 'telemetry.distro.version', 'telemetry.auto.version') !== undefined || undefined,
    },
  };
  const told = Object.entries(parts).map(([name, fields]) => [name, withoutAbsent(fields as DocumentFields)] as const);
  return {
    ...withoutAbsent({ account_id: textOf(resource, 'cloud.account.id'), cloudwatch_logs: logGroupsOf(resource) }),
    ...Object.fromEntries(told.filter(([, fields]) => !isEmpty(fields))),
  };
}

function logGroupsOf(resource: Attributes): readonly DocumentFields[] | undefined {
  const arns = textsOf(resource['aws.log.group.arns']);
  if (arns.length > 0) {
    return arns.map((arn) => ({ log_group: arn.split(':')[6] ?? arn, arn }));
  }
  const names = textsOf(resource['aws.log.group.names']);
  return names.length === 0 ? undefined : names.map((log_group) => ({ log_group }));
}

function awsOfCall({ attributes }: Span): DocumentFields {
  if (textOf(attributes, 'rpc.system', 'rpc.system.name') !== 'aws-api') {
    return {};
  }
  const tables = textsOf(attributes['aws.dynamodb.table_names']);
  return withoutAbsent({
    operation: textOf(attributes, 'aws.operation', 'rpc.method'),
    account_id: textOf(attributes, 'aws.account_id'),
    region: textOf(attributes, 'aws.region', 'cloud.region'),
    request_id: textOf(attributes, 'aws.request_id', 'aws.requestId'),
    queue_url: textOf(attributes, 'aws.queue_url', 'aws.sqs.queue.url', 'messaging.url'),
    table_name: tables.length > 1 ? undefined : (tables[0] ?? textOf(attributes, 'aws.table_name')),
    bucket_name: textOf(attributes, 'aws.s3.bucket'),
    topic_arn: textOf(attributes, 'aws.sns.topic.arn'),
    resource_names: tables.length > 1 ? tables : undefined,
  });
}

function sqlField({ attributes, name }: Span): DocumentFields {
  const system = textOf(attributes, 'db.system.name', 'db.system');
  if (system === undefined || !isSqlSystem(system)) {
    return {};
  }
  const host = textOf(attributes, 'server.address', 'net.peer.name') ?? 'localhost';
  const port = attributes['server.port'] ?? attributes['net.peer.port'];
  const database = textOf(attributes, 'db.namespace', 'db.name') ?? '';
  const connection =
    textOf(attributes, 'db.connection_string') ?? (typeof port === 'number' ? `${host}:${port}` : host);
  return {
    sql: withoutAbsent({
      url: name,
      connection_string: `${connection}/${database}`,
      database_type: system,
      user: textOf(attributes, 'db.user'),
      sanitized_query: textOf(attributes, 'db.query.text', 'db.statement'),
    }),
  };
}

/** A list of texts, or one text with `&` between them, as OTEL_RESOURCE_ATTRIBUTES has it. */
function textsOf(value: AttributeValue | undefined): string[] {
  const items = typeof value === 'string' ? value.split('&') : Array.isArray(value) ? value : [];
  return items.filter((item): item is string => typeof item === 'string' && item !== '');
}
