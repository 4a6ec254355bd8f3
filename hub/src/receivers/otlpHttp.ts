import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from '../client/nodeHttp.ts';
import type { Guard } from '../guard.ts';
import type { AppendResult, PayloadFormat, Receiver, TelemetryStore } from '../store/telemetryStore.ts';
import { answer, answerEarly, errorAnswer, type HttpAnswer } from './httpAnswer.ts';
import { encodeExportReply, encodeStatus, rpcCodes, type OtlpEncoding, type OtlpSignal } from './otlpReply.ts';
import type { ProtocolMixUps } from './protocolMixUps.ts';
import { BodyReader } from './requestBody.ts';

export interface OtlpReceiverOptions {
  readonly store: TelemetryStore;
  readonly guard: Guard;
  readonly mixUps: ProtocolMixUps;
  readonly bodies?: BodyReader;
  /** Told about every request, for the hub's lifetime. */
  readonly onActivity: () => void;
  /** Metrics are accepted, so that exporters are content, and only counted. */
  readonly onMetrics: () => void;
}

const signals: Readonly<Record<string, OtlpSignal>> = {
  '/v1/traces': 'traces',
  '/v1/logs': 'logs',
  '/v1/metrics': 'metrics',
};

/**
 * OTLP over HTTP (opentelemetry.io, "OTLP/HTTP"): protobuf and JSON. On node:http without a framework, since every span passes
 * here. A 200 goes out only after the store has committed.
 */
export function createOtlpHttpServer(options: OtlpReceiverOptions): Server {
  const bodies = options.bodies ?? new BodyReader();
  // Exporters send every few seconds; Node's default of 5 s would close a connection just when the next batch is under way.
  const intake: OtlpIntake = { ...options, bodies, receiver: 'otlpHttp' };
  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 120_000 }, (request, response) => {
    const refusal = options.guard.refusalOf(request);
    if (refusal !== undefined) {
      answerEarly(request, response, errorAnswer(403, refusal));
      return;
    }
    options.onActivity();
    void receiveOtlp(request, response, intake);
  });
  options.mixUps.watch(server, 'otlpHttp');
  return server;
}

/** A JSON body becomes some ten times its size while it is read; exporters send protobuf when they send much. */
const maxJsonBytes = 16 * 2 ** 20;

/** What takes a request in, behind the guard. */
export interface OtlpIntake {
  readonly store: TelemetryStore;
  readonly bodies: BodyReader;
  readonly receiver: Receiver;
  readonly onMetrics: () => void;
  /** Absent where one port takes both OpenTelemetry's and X-Ray's calls. */
  readonly mixUps?: ProtocolMixUps;
  /** What the receiver takes at most, where that is less than the bodies' own bounds. */
  readonly limits?: OtlpLimits;
}

export interface OtlpLimits {
  /** Of a body, before and after inflating. */
  readonly maxBytes: number;
  /** Why a body is not taken, in a sentence for its sender; `undefined` where it is. */
  readonly troubleOf: (body: Uint8Array, encoding: OtlpEncoding) => string | undefined;
}

/** Takes in one request that the guard has let through. Never rejects. */
export async function receiveOtlp(
  request: IncomingMessage,
  response: ServerResponse,
  intake: OtlpIntake,
): Promise<void> {
  try {
    await receive(request, response, intake);
  } catch (error) {
    // A store that has closed or broken: the sender keeps the batch and tries again.
    const reason = error instanceof Error ? error.message : String(error);
    sendStatus(request, response, 503, `The hub cannot store this now: ${reason}`);
  }
}

async function receive(request: IncomingMessage, response: ServerResponse, hub: OtlpIntake): Promise<void> {
  const signal = signals[pathOf(request)];
  const encoding = encodingOf(request);
  const wrong = wrongRequest(request, signal, encoding);
  const misplaced = signal === undefined ? hub.mixUps?.noteXRayCall(request) : undefined;
  if (misplaced !== undefined) {
    sendStatus(request, response, 404, misplaced);
    return;
  }
  if (wrong !== undefined || signal === undefined || encoding === undefined) {
    refuse(request, response, hub, wrong ?? { status: 404, message: 'Not found.' });
    return;
  }
  const body = await hub.bodies.read(request, hub.limits?.maxBytes ?? (encoding === 'json' ? maxJsonBytes : undefined));
  if (body.kind === 'gone') {
    return;
  }
  if (body.kind === 'refused') {
    refuse(request, response, hub, body);
    return;
  }
  if (signal === 'metrics') {
    hub.onMetrics();
    answer(response, exportAnswer(encoding, signal));
    return;
  }
  const trouble = hub.limits?.troubleOf(body.bytes, encoding);
  if (trouble !== undefined) {
    refuse(request, response, hub, { status: 400, message: trouble });
    return;
  }
  const format: PayloadFormat = `otlp-${signal}-${encoding}`;
  const result = await hub.store.append({ format, receiver: hub.receiver, body: body.bytes });
  answerResult(request, response, { encoding, signal, result });
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function wrongRequest(
  request: IncomingMessage,
  signal: OtlpSignal | undefined,
  encoding: OtlpEncoding | undefined,
): Refusal | undefined {
  if (signal === undefined) {
    const message = `There is nothing at ${pathOf(request).slice(0, 100)}; send OTLP to /v1/traces, /v1/logs or /v1/metrics.`;
    return { status: 404, message };
  }
  if (request.method !== 'POST') {
    const message = `${request.method} is not possible here; OTLP is sent by POST.`;
    return { status: 405, message, headers: { allow: 'POST' } };
  }
  if (encoding === undefined) {
    const sent = request.headers['content-type']?.slice(0, 100) ?? 'none';
    return { status: 415, message: `Send application/x-protobuf or application/json; the content type was ${sent}.` };
  }
  return undefined;
}

/** Refuses a request; what a sender did wrong with a body is also kept where its developer can see it. */
function refuse(request: IncomingMessage, response: ServerResponse, hub: OtlpIntake, refusal: Refusal): void {
  if (request.method === 'POST' && refusal.status !== 503) {
    hub.store.recordProblem({ receiver: hub.receiver, place: pathOf(request).slice(0, 200), message: refusal.message });
  }
  sendStatus(request, response, refusal.status, refusal.message, refusal.headers);
}

function answerResult(
  request: IncomingMessage,
  response: ServerResponse,
  { encoding, signal, result }: { encoding: OtlpEncoding; signal: OtlpSignal; result: AppendResult },
): void {
  switch (result.kind) {
    case 'committed':
      answer(response, exportAnswer(encoding, signal, result));
      return;
    case 'malformed':
      sendStatus(request, response, 400, result.message);
      return;
    case 'overloaded':
      sendStatus(request, response, 503, 'The hub stores as fast as it can; try again.', {
        'retry-after': String(Math.max(1, Math.ceil(result.retryAfterSeconds))),
      });
      return;
  }
}

function exportAnswer(
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  result?: { readonly rejected: number; readonly message?: string },
): HttpAnswer {
  const isWhole = result === undefined || (result.rejected === 0 && result.message === undefined);
  const partial = isWhole ? undefined : { rejected: result.rejected, message: result.message ?? '' };
  return { status: 200, contentType: contentTypes[encoding], body: encodeExportReply(encoding, signal, partial) };
}

const contentTypes: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** google.rpc.Code for an HTTP status, as google.api.HttpRule maps them. */
const rpcCodeOf: Readonly<Record<number, number>> = {
  400: rpcCodes.invalidArgument,
  404: rpcCodes.unimplemented,
  405: rpcCodes.unimplemented,
  413: rpcCodes.resourceExhausted,
  415: rpcCodes.invalidArgument,
  503: rpcCodes.unavailable,
};

/** Answers with a status and a sentence as OTLP over HTTP spells it. */
export function sendStatus(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = status === 503 ? { 'retry-after': '1' } : {},
): void {
  if (response.headersSent || response.destroyed) {
    return;
  }
  const encoding = encodingOf(request) ?? 'json';
  const body = encodeStatus(encoding, rpcCodeOf[status] ?? rpcCodes.unavailable, message);
  answerEarly(request, response, { status, contentType: contentTypes[encoding], body, headers });
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function encodingOf({ headers }: IncomingMessage): OtlpEncoding | undefined {
  const type = headers['content-type'];
  if (type === 'application/x-protobuf' || type === 'application/json') {
    return type === 'application/json' ? 'json' : 'protobuf';
  }
  const [bare] = (type ?? '').toLowerCase().split(';', 1);
  return mediaTypes[bare?.trim() ?? ''];
}

const mediaTypes: Readonly<Record<string, OtlpEncoding>> = {
  'application/x-protobuf': 'protobuf',
  'application/protobuf': 'protobuf',
  'application/json': 'json',
};
