import { expect, test } from 'vitest';
import { spansOf } from '../../test/traceSpans.ts';
import { renderRequests } from '../../test/renderRequests.ts';
import { requestsOfTrace } from './traceRequests.ts';

function check(outline: string, expected: string): void {
  expect(renderRequests(requestsOfTrace(spansOf(outline)))).toBe(expected.trim().replaceAll(/^ {4}/gm, ''));
}

test('a segment and the server span of the same request are one request from outside', () => {
  check(
    `server backend GET
       segment backend`,
    `
    client → backend root`,
  );
  check(
    `segment backend
       server backend GET`,
    `
    client → backend root`,
  );
});

test('spans of a framework may lie between the two', () => {
  check(
    `server backend GET
       internal backend middleware
         segment backend
           subsegment mock-data`,
    `
    client → backend root`,
  );
});

test('a segment that goes by another name than the service is told by its URL', () => {
  const server =
    'server backend GET {"http":{"method":"GET","url":"/a?b=1"},"server.address":"127.0.0.1","server.port":4567}';
  const segment = '  segment backend-flask {"http":{"method":"GET","url":"http://127.0.0.1:4567/a?b=1"}}';
  check(`${server}\n${segment}`, 'client → backend-flask root');
  check(`${server}\n${segment.replace('4567', '5000')}`, 'client → backend root\nbackend → backend-flask root');
});

test('a call that nobody answers leads to an inferred request, named as X-Ray names it', () => {
  check(
    `segment shop
       remote api.example
       remote orders@db {"sql.user":"app"}
       aws DynamoDB {"aws.table_name":"carts"}
       aws SQS {"aws.queue_url":"https://sqs.eu-west-1.amazonaws.com/1/mails"}
       aws KMS throttled`,
    `
    client → shop root
    shop → api.example remote inferred
    shop → orders@db Database::SQL inferred
    shop → carts AWS::DynamoDB::Table inferred
    shop → mails AWS::SQS::Queue inferred
    shop → KMS AWS::KMS throttle inferred`,
  );
});

test('so does a client or producer span', () => {
  check(
    `server shop GET
       client shop query {"db.system.name":"postgresql","db.namespace":"orders","server.address":"db.example","server.port":5432}
       client shop get {"db.system":"redis","net.peer.name":"cache"}
       client shop pay {"peer.service":"payments","server.address":"10.0.0.1"}
       client shop GET {"http":{"url":"http://127.0.0.1:3000/x"},"server.address":"127.0.0.1","server.port":3000}
       client shop GET {"http":{"url":"https://user:pw@api.example:8443/x"}}
       client shop DynamoDB.GetItem {"rpc.system":"aws-api","rpc.service":"DynamoDB","aws.dynamodb.table_names":["carts"]}
       client shop stock/Reserve {"rpc.system":"grpc","rpc.service":"stock"}
       producer shop send {"messaging.system":"kafka","messaging.destination.name":"mails"}
       client shop mystery`,
    `
    client → shop root
    shop → orders@db.example Database::SQL inferred
    shop → redis@cache remote inferred
    shop → payments remote inferred
    shop → 127.0.0.1:3000 remote inferred
    shop → api.example remote inferred
    shop → carts AWS::DynamoDB::Table inferred
    shop → stock remote inferred
    shop → mails remote inferred
    shop → mystery remote inferred`,
  );
});

test('work inside of the service leads nowhere', () => {
  check('segment shop\n  subsegment render\n  subsegment query', 'client → shop root');
  check('server shop GET\n  internal shop render', 'client → shop root');
});

test('a service that reports below the call is the real one', () => {
  check(
    `segment shop
       remote pay.example fault
         segment payments fault
       aws Lambda {"aws.function_name":"mail"}
         server mailer invoke`,
    `
    client → shop root
    shop → payments fault
    shop → mailer`,
  );
});

test('subsegments below a call are no report of the called service', () => {
  check('segment shop\n  remote pay\n    subsegment parse', 'client → shop root\nshop → pay remote inferred');
});

test('the caller may have seen another end than the service', () => {
  check(
    `server shop GET fault
       client shop POST fault
         server payments POST`,
    `
    client → shop fault root
    shop → payments (seen as fault)`,
  );
});

test('a call that both instrumentations report is one', () => {
  check(
    `server shop GET
       client shop PutItem 10+20 {"rpc.system":"aws-api","rpc.service":"DynamoDB","aws.dynamodb.table_names":["carts"]}
       client shop query 40+5 {"db.system":"mysql","db.name":"orders","server.address":"db"}
       client shop query 60+5 {"db.system":"mysql","db.name":"orders","server.address":"db"}
       segment shop
         aws DynamoDB 10+20 {"aws.table_name":"carts"}
         remote orders@db 39+6 {"sql.user":"app"}`,
    `
    client → shop root
    shop → carts AWS::DynamoDB::Table inferred
    shop → orders@db Database::SQL inferred
    shop → orders@db Database::SQL inferred`,
  );
});

test('what carries a call is no call of its own', () => {
  check(
    `server shop GET
       client shop PutItem {"rpc.system":"aws-api","rpc.service":"DynamoDB","aws.dynamodb.table_names":["carts"]}
         client shop POST {"http":{"url":"https://dynamodb.eu-west-1.amazonaws.com/"}}
       client shop batch
         client shop GET {"http":{"url":"https://a.example/"}}
         client shop GET {"http":{"url":"https://b.example/"}}
           server b GET`,
    `
    client → shop root
    shop → b
    shop → carts AWS::DynamoDB::Table inferred
    shop → a.example remote inferred`,
  );
});

test('a root span is a request even where it is a call', () => {
  check(
    'client script GET {"http":{"url":"https://a.example/"}}',
    'client → script root\nscript → a.example remote inferred',
  );
  check('internal job nightly\n  server api GET', 'client → job root\njob → api');
});

test('a parent in another process that does not report is outside; a lost one may still come', () => {
  check('server shop GET <outside', 'client → shop root');
  check('segment shop <outside', 'client → shop root');
  check('server shop GET <lost', 'shop root');
  check(
    `internal shop middle <lost
       client shop GET {"http":{"url":"https://a.example/"}}`,
    'shop → a.example remote inferred',
  );
});

test('a segment whose parent is no X-Ray segment is a root for filters, beside the entry point', () => {
  check(
    `server shop GET
       client shop GET
         segment stock
           remote prices
             segment prices`,
    `
    client → shop root
    shop → stock root
    stock → prices`,
  );
});

test('a request that both report has the facts of both', () => {
  const { requests, entryPoint } = requestsOfTrace(
    spansOf(`server shop GET {"http":{"method":"GET","route":"/a/:b","url":"/a/1","status":500},"server.address":"10.0.0.1","enduser.id":"alice","statusMessage":"broken"}
      segment shop-flask`),
  );
  expect(requests[entryPoint ?? -1]).toMatchObject({
    name: 'GET /a/:b',
    http: { url: 'http://10.0.0.1/a/1', status: 500 },
    user: 'alice',
    messages: ['broken'],
  });
  const merged = requestsOfTrace(
    spansOf(`server Shop GET fault 0+200 {"http":{"method":"GET","route":"/a","url":"/a"}}
      segment shop 10+100 {"http":{"url":"http://shop.example/a","status":503},"aws.ec2.instance_id":"i-1"}
        subsegment late 20+300 running`),
  );
  expect(merged.requests).toMatchObject([
    {
      service: { name: 'shop', otherNames: ['Shop', 'shop.example'] },
      name: 'GET /a',
      sources: ['xray', 'otlp'],
      isFault: true,
      isPartial: true,
      responseTime: 200_000_000n,
      instanceId: 'i-1',
      http: { method: 'GET', url: 'http://shop.example/a', route: '/a', status: 503 },
    },
  ]);
});

function typeOf(outline: string): string | undefined {
  return requestsOfTrace(spansOf(outline)).requests[0]?.service.type;
}

test('where a service runs is its type, in X-Ray’s words', () => {
  expect(typeOf('segment shop {"origin":"AWS::EC2::Instance"}')).toBe('AWS::EC2::Instance');
  expect(typeOf('server shop GET {"resource":{"cloud.platform":"aws_ecs"}}')).toBe('AWS::ECS::Container');
  expect(typeOf('server shop GET {"resource":{"cloud.platform":"aws_ecs","aws.ecs.launchtype":"FARGATE"}}')).toBe(
    'AWS::ECS::Fargate',
  );
  expect(typeOf('server shop GET {"resource":{"cloud.platform":"gcp_cloud_run"}}')).toBeUndefined();
});

test('every scalar attribute of an OTel span can be asked for, of X-Ray only annotations', () => {
  const { annotations } = requestsOfTrace(
    spansOf(`server shop GET {"app.items":3,"app.tags":["a"],"aws.xray.annotations":["tier"],"resource":{"tier":"gold","host.name":"a"}}
      segment shop {"annotations":{"handle":"mira"},"metadata":{"default":{"cart":1}},"user":"u"}`),
  );
  expect(annotations.map(({ key, value, isDeclared }) => `${key}=${value}${isDeclared ? ' declared' : ''}`)).toEqual([
    'app.items=3',
    'tier=gold declared',
    'otel.resource.tier=gold',
    'otel.resource.host.name=a',
    'handle=mira declared',
  ]);
});
