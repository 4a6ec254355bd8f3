import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from '../client/nodeHttp.ts';
import type { Guard } from '../guard.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { answer, answerEarly, errorAnswer, type HttpAnswer } from './httpAnswer.ts';
import { BodyReader } from './requestBody.ts';
import { samplingRulesReply, samplingTargetsReply } from './samplingRules.ts';

export interface XRayTcpOptions {
  readonly store: TelemetryStore;
  readonly guard: Guard;
  readonly onActivity: () => void;
  /** Told about calls that this version does not serve. */
  readonly onUnservedCall: () => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What one call of the X-Ray API answers; the body is the request's, parsed. */
type Operation = (body: object, store: TelemetryStore) => object | Promise<object>;

/**
 * The X-Ray daemon's TCP side: the calls that SDKs make through it unsigned, and PutTraceSegments as a daemon in front of this
 * hub sends it (AWS X-Ray API reference; the paths are those of its REST protocol).
 */
export function createXRayTcpServer(options: XRayTcpOptions): Server {
  const bodies = new BodyReader({ maxBytes: 16 * 2 ** 20, maxBytesInFlight: 64 * 2 ** 20 });
  const operations = operationsOf(options);
  return createServer({ keepAliveTimeout: 75_000, requestTimeout: 120_000 }, (request, response) => {
    receive(request, response, { ...options, bodies, operations }).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      if (!response.headersSent) {
        // SDKs and daemons send what was answered so again.
        answer(response, awsError(503, 'ServiceUnavailable', `The hub cannot store this now: ${reason}`));
      }
    });
  });
}

interface Receiving extends XRayTcpOptions {
  readonly bodies: BodyReader;
  readonly operations: ReadonlyMap<string, Operation>;
}

async function receive(request: IncomingMessage, response: ServerResponse, hub: Receiving): Promise<void> {
  const refusal = hub.guard.refusalOf(request);
  if (refusal !== undefined) {
    answerEarly(request, response, errorAnswer(403, refusal));
    return;
  }
  hub.onActivity();
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  const operation = request.method === 'POST' ? hub.operations.get(path) : undefined;
  if (operation === undefined) {
    hub.onUnservedCall();
    answerEarly(request, response, unservedCall(`${request.method} ${path.slice(0, 100)}`));
    return;
  }
  const body = await hub.bodies.read(request);
  if (body.kind === 'gone') {
    return;
  }
  if (body.kind === 'refused') {
    hub.store.recordProblem({ receiver: 'xrayTcp', place: path, message: body.message });
    answerEarly(request, response, awsError(body.status, 'InvalidRequestException', body.message));
    return;
  }
  const parsed = parseObject(body.bytes);
  if (parsed === undefined) {
    const message = 'The body is not a JSON object.';
    hub.store.recordProblem({ receiver: 'xrayTcp', place: path, message, sample: body.bytes });
    answer(response, awsError(400, 'InvalidRequestException', message));
    return;
  }
  const reply = await operation(parsed, hub.store);
  answer(response, { status: 200, contentType: 'application/json', body: JSON.stringify(reply) });
}

function operationsOf({ now }: XRayTcpOptions): ReadonlyMap<string, Operation> {
  const seconds = (): number => Math.floor(now() / 1_000);
  const modifiedAt = seconds();
  return new Map<string, Operation>([
    ['/GetSamplingRules', () => samplingRulesReply(modifiedAt)],
    ['/SamplingTargets', (body) => samplingTargetsReply(ruleNamesIn(body), seconds(), modifiedAt)],
    ['/TraceSegments', putTraceSegments],
    // A daemon reports its own counters here; they are about itself, and it only wants to hear that they arrived.
    ['/TelemetryRecords', () => ({})],
  ]);
}

function ruleNamesIn(body: object): string[] {
  const documents: unknown = 'SamplingStatisticsDocuments' in body ? body.SamplingStatisticsDocuments : [];
  return (Array.isArray(documents) ? (documents as unknown[]) : []).flatMap((document) =>
    typeof document === 'object' && document !== null && 'RuleName' in document && typeof document.RuleName === 'string'
      ? document.RuleName
      : [],
  );
}

/** PutTraceSegments: what could not be read is named in the answer, the others are stored before it goes out. */
async function putTraceSegments(body: object, store: TelemetryStore): Promise<object> {
  const documents: unknown = 'TraceSegmentDocuments' in body ? body.TraceSegmentDocuments : [];
  const results = await Promise.all(
    (Array.isArray(documents) ? (documents as unknown[]) : []).map((document) => putSegment(document, store)),
  );
  return { UnprocessedTraceSegments: results.filter((result) => result !== undefined) };
}

interface UnprocessedSegment {
  readonly Id?: string;
  readonly ErrorCode: string;
  readonly Message: string;
}

async function putSegment(document: unknown, store: TelemetryStore): Promise<UnprocessedSegment | undefined> {
  if (typeof document !== 'string') {
    return { ErrorCode: 'InvalidSegment', Message: 'A segment document must be a string of JSON.' };
  }
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(document));
  bytes.write(document);
  const result = await store.append({ format: 'xray-segment', receiver: 'xrayTcp', body: bytes });
  switch (result.kind) {
    case 'committed':
      return undefined;
    case 'malformed':
      return { ...segmentId(document), ErrorCode: 'InvalidSegment', Message: result.message };
    case 'overloaded':
      return { ...segmentId(document), ErrorCode: 'ThrottledException', Message: 'The hub is overloaded; try again.' };
  }
}

function segmentId(document: string): { Id?: string } {
  const id = /"id"\s*:\s*"([0-9a-fA-F]{16})"/.exec(document)?.[1];
  return id === undefined ? {} : { Id: id };
}

function parseObject(bytes: Uint8Array): object | undefined {
  if (bytes.length === 0) {
    return {};
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A call that this hub does not serve, in the words of AWS: the message says why the call came here at all. */
export function unservedCall(call: string): HttpAnswer {
  const message =
    `Sightline's local hub does not serve ${call}. This program is pointed at the hub by AWS_ENDPOINT_URL_* or ` +
    'AWS_XRAY_DAEMON_ADDRESS in its environment; the setting "sightline.environment" decides where those are set.';
  return awsError(404, 'UnknownOperationException', message);
}

/** An error as both of AWS's JSON protocols spell it: the type is in a header and in the body. */
function awsError(status: number, type: string, message: string): HttpAnswer {
  return {
    status,
    contentType: 'application/json',
    body: JSON.stringify({ __type: type, Message: message, message }),
    headers: { 'x-amzn-errortype': type },
  };
}
