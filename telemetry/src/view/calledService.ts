import type { FilterableService } from '../language/filterExpressionMatch.ts';
import type { Attributes, AttributeValue, Span } from '../model/span.ts';

/** The service that a client span, or a subsegment with a namespace, calls, as far as the caller tells. */
export interface CalledService extends FilterableService {
  /** `remote`, `Database::SQL`, `AWS::DynamoDB::Table` … */
  readonly type: string;
  /** What the caller told it by; `name` where nothing but the span's own name is known. */
  readonly knownBy: 'aws' | 'database' | 'messaging' | 'peer' | 'rpc' | 'host' | 'name';
}

/** Node types of the resources that an AWS call names, as X-Ray's service map shows them. */
const resources: readonly (readonly [attribute: string, type: string])[] = [
  ['aws.table_name', 'AWS::DynamoDB::Table'],
  ['aws.dynamodb.table_names', 'AWS::DynamoDB::Table'],
  ['aws.queue_url', 'AWS::SQS::Queue'],
  ['aws.sqs.queue.url', 'AWS::SQS::Queue'],
  ['aws.bucket_name', 'AWS::S3::Bucket'],
  ['aws.s3.bucket', 'AWS::S3::Bucket'],
  ['aws.function_name', 'AWS::Lambda::Function'],
  ['aws.lambda.function.name', 'AWS::Lambda::Function'],
  ['faas.invoked_name', 'AWS::Lambda::Function'],
  ['aws.topic_arn', 'AWS::SNS::Topic'],
  ['aws.sns.topic.arn', 'AWS::SNS::Topic'],
  ['aws.stream_name', 'AWS::Kinesis::Stream'],
  ['aws.kinesis.stream_name', 'AWS::Kinesis::Stream'],
];

/** `db.system` and `db.system.name` of databases that speak SQL (OTel semantic conventions, "Database"; the old and the new spelling). */
const sqlSystems = new Set(
  `postgresql mysql mariadb mssql microsoft.sql_server oracle oracle.db db2 ibm.db2 sqlite h2 hsqldb derby cockroachdb redshift
   aws.redshift teradata trino clickhouse spanner gcp.spanner other_sql vertica firebird informix ingres sybase maxdb sap.maxdb hanadb
   sap.hana netezza ibm.netezza progress edb hive snowflake actian.ingres firebirdsql ibm.informix softwareag.adabas adabas interbase
   intersystems_cache intersystems.cache pervasive pointbase filemaker instantdb cloudscape colfusion`.split(/\s+/),
);

/**
 * Names what a call goes to, in the order in which X-Ray and the OpenTelemetry Collector's X-Ray exporter ask: an AWS resource, a peer
 * named by the app, a database as `name@host`, a queue or topic, an RPC service, the host of the URL, and at last the span's own name.
 */
export function calledService(span: Span): CalledService {
  return span.source === 'xray' ? calledBySubsegment(span) : calledByClientSpan(span);
}

function calledBySubsegment({ name, attributes }: Span): CalledService {
  if (attributes['namespace'] === 'aws') {
    return awsService(name, attributes);
  }
  const isSql = Object.keys(attributes).some((key) => key.startsWith('sql.'));
  return { name, type: isSql ? 'Database::SQL' : 'remote', knownBy: isSql ? 'database' : 'host' };
}

function calledByClientSpan(span: Span): CalledService {
  const { attributes } = span;
  const rpcSystem = textOf(attributes, 'rpc.system', 'rpc.system.name');
  const rpcService = textOf(attributes, 'rpc.service');
  if (rpcSystem === 'aws-api' && rpcService !== undefined) {
    return awsService(rpcService, attributes);
  }
  const peer = textOf(attributes, 'peer.service', 'service.peer.name');
  const system = textOf(attributes, 'db.system.name', 'db.system');
  if (system !== undefined) {
    return { ...databaseOf(system, attributes), ...(peer === undefined ? {} : { name: peer }) };
  }
  if (peer !== undefined) {
    return { name: peer, type: 'remote', knownBy: 'peer' };
  }
  const messaging = textOf(attributes, 'messaging.system');
  if (messaging !== undefined) {
    return destinationOf(messaging, attributes);
  }
  if (rpcService !== undefined) {
    return { name: rpcService, type: 'remote', knownBy: 'rpc' };
  }
  const host = calledHost(span);
  return { name: host ?? span.name, type: 'remote', knownBy: host === undefined ? 'name' : 'host' };
}

function awsService(service: string, attributes: Attributes): CalledService {
  for (const [attribute, type] of resources) {
    const resource = firstText(attributes[attribute]);
    if (resource !== undefined) {
      return { name: shortName(resource, type), type, knownBy: 'aws', otherNames: [service] };
    }
  }
  return { name: service, type: `AWS::${service}`, knownBy: 'aws' };
}

/** Queues go by the last part of their URL; topics and functions by the last part of their ARN. */
function shortName(resource: string, type: string): string {
  if (type === 'AWS::SQS::Queue') {
    return resource.slice(resource.lastIndexOf('/') + 1) || resource;
  }
  return resource.startsWith('arn:') ? resource.slice(resource.lastIndexOf(':') + 1) || resource : resource;
}

function databaseOf(system: string, attributes: Attributes): CalledService {
  const database = textOf(attributes, 'db.namespace', 'db.name') ?? system;
  const host = textOf(attributes, ...hostAttributes);
  const type = isSqlSystem(system) ? 'Database::SQL' : 'remote';
  return { name: host === undefined ? database : `${database}@${host}`, type, knownBy: 'database' };
}

export function isSqlSystem(system: string): boolean {
  return sqlSystems.has(system);
}

function destinationOf(system: string, attributes: Attributes): CalledService {
  const destination = textOf(attributes, 'messaging.destination.name', 'messaging.destination');
  if (system === 'aws_sqs' || system === 'aws.sqs' || system === 'AmazonSQS') {
    const queue = destination ?? textOf(attributes, 'messaging.url');
    return {
      name: queue === undefined ? 'SQS' : shortName(queue, 'AWS::SQS::Queue'),
      type: 'AWS::SQS::Queue',
      knownBy: 'aws',
    };
  }
  if (system === 'aws.sns') {
    return {
      name: destination === undefined ? 'SNS' : shortName(destination, ''),
      type: 'AWS::SNS::Topic',
      knownBy: 'aws',
    };
  }
  return { name: destination ?? hostOf(attributes) ?? system, type: 'remote', knownBy: 'messaging' };
}

/** The host that an HTTP or other network span calls. */
function calledHost({ http, attributes }: Span): string | undefined {
  const [, host, port] =
    /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]+)(?::(\d+))?/i.exec(http?.url ?? '') ?? [];
  return host === undefined ? hostOf(attributes) : namedByPort(host, port);
}

const hostAttributes = ['http.host', 'server.address', 'net.peer.name', 'network.peer.address', 'net.peer.ip'];

function hostOf(attributes: Attributes): string | undefined {
  const host = textOf(attributes, ...hostAttributes);
  const port = attributes['server.port'] ?? attributes['net.peer.port'] ?? attributes['network.peer.port'];
  return host === undefined ? undefined : namedByPort(host, typeof port === 'number' ? String(port) : undefined);
}

/** X-Ray names a service by its host alone. On one machine, where all have the same, only the port tells them apart. */
function namedByPort(host: string, port: string | undefined): string {
  return port !== undefined && isAddress(host) ? `${host}:${port}` : host;
}

/** Whether a host is an IP address or the own machine, so that it names no service. */
export function isAddress(host: string): boolean {
  return host === 'localhost' || /^[\d.]+$/.test(host) || host.includes(':');
}

function firstText(value: AttributeValue | undefined): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}

/** The first of the attributes that holds text. */
export function textOf(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
    if (typeof value === 'string' && value !== '') {
      return value;
    }
  }
  return undefined;
}
