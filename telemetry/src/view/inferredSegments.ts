import { parseSpanId, type SpanId } from '../model/ids.ts';
import type { HttpSummary, Span, SpanStatus } from '../model/span.ts';
import type { DurationNanos, EpochNanos } from '../model/units.ts';

/** What X-Ray makes up for a called service that does not report itself. */
export interface InferredSegment {
  /** Made from the subsegment's id, so that it is the same each time. */
  readonly id: SpanId;
  /** The subsegment that made the call. */
  readonly parentId: SpanId;
  readonly name: string;
  /** `AWS::DynamoDB::Table`, `Database::SQL`, `remote` …, as the service map's node types. */
  readonly origin: string;
  readonly startTime: EpochNanos;
  readonly duration: DurationNanos;
  readonly status: SpanStatus;
  readonly http?: HttpSummary;
}

/** Node types of the resources that an AWS call names, as X-Ray's service map shows them. */
const originsByResource: readonly (readonly [attribute: string, origin: string])[] = [
  ['aws.table_name', 'AWS::DynamoDB::Table'],
  ['aws.queue_url', 'AWS::SQS::Queue'],
  ['aws.bucket_name', 'AWS::S3::Bucket'],
  ['aws.function_name', 'AWS::Lambda::Function'],
  ['aws.topic_arn', 'AWS::SNS::Topic'],
];

/**
 * The inferred segments of a trace: one for each X-Ray subsegment whose namespace is `aws` or `remote` and under which no service has
 * reported (developer guide, "Inferred segments"). A segment, or an OTel server or consumer span, under it is that report.
 */
export function inferredSegments(spans: readonly Span[]): InferredSegment[] {
  const answered = new Set<SpanId>();
  for (const { parentId, kind, isSubsegment } of spans) {
    if (parentId !== undefined && isSubsegment !== true && (kind === 'server' || kind === 'consumer')) {
      answered.add(parentId);
    }
  }
  return spans.filter((span) => isCall(span) && !answered.has(span.id)).map(toInferredSegment);
}

function isCall({ source, isSubsegment, kind }: Span): boolean {
  return source === 'xray' && isSubsegment === true && kind === 'client';
}

function toInferredSegment(span: Span): InferredSegment {
  return {
    id: inferredId(span.id),
    parentId: span.id,
    name: span.name,
    origin: originOf(span),
    startTime: span.startTime,
    duration: span.duration,
    status: span.status,
    ...(span.http === undefined ? {} : { http: span.http }),
  };
}

function originOf({ name, attributes }: Span): string {
  if (attributes['namespace'] === 'aws') {
    const known = originsByResource.find(([attribute]) => attributes[attribute] !== undefined);
    return known === undefined ? `AWS::${name}` : known[1];
  }
  const isSql = Object.keys(attributes).some((key) => key.startsWith('sql.'));
  return isSql ? 'Database::SQL' : 'remote';
}

/** Every bit turned round: another id, and never the same for two subsegments. Only an id of all ones has none, and is kept. */
export function inferredId(id: SpanId): SpanId {
  const turned = Array.from(id, (digit) => (15 - Number.parseInt(digit, 16)).toString(16)).join('');
  return parseSpanId(turned) ?? id;
}
