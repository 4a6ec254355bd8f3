/**
 * Attributes that decide which service a request or call belongs to, as telemetry/view reads them. Spans that agree in these (and in what
 * the columns hold of each span anyway) go to the same services; the property test of `traceAnalysis.test.ts` compares what comes of it.
 */
const keys: ReadonlySet<string> = new Set(
  `namespace origin aws.account_id
   aws.table_name aws.dynamodb.table_names aws.queue_url aws.sqs.queue.url aws.bucket_name aws.s3.bucket aws.function_name
   aws.lambda.function.name faas.invoked_name aws.topic_arn aws.sns.topic.arn aws.stream_name aws.kinesis.stream_name
   rpc.system rpc.system.name rpc.service peer.service service.peer.name db.system db.system.name db.name db.namespace
   messaging.system messaging.destination messaging.destination.name messaging.url
   http.host http.scheme url.scheme server.address server.port net.host.name net.host.port net.peer.name net.peer.ip net.peer.port
   network.peer.address network.peer.port`.split(/\s+/),
);

/** How much of an attribute decides: nothing, that it is there, or its value. */
export const identityOf = { none: 0, presence: 1, value: 2 } as const;

export function identityOfKey(key: string): number {
  if (keys.has(key)) {
    return identityOf.value;
  }
  return key.startsWith('sql.') ? identityOf.presence : identityOf.none;
}
