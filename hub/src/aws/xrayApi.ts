import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VendorApi } from '../query/vendorApi.ts';
import { answer, answerEarly } from '../receivers/httpAnswer.ts';
import type { ProtocolMixUps } from '../receivers/protocolMixUps.ts';
import { BodyReader } from '../receivers/requestBody.ts';
import type { Sampling } from '../sampling/sampling.ts';
import type { Receiver, TelemetryStore } from '../store/telemetryStore.ts';
import { awsError, isOtlpPath, misplacedOtlp, unservedCall } from './awsError.ts';
import { PageTokens } from './pageTokens.ts';
import { hubAccessKeyId } from '../client/dataDirectory.ts';
import { isSigned } from './signature.ts';
import { JsonText, XRayRefusal, type XRayContext, type XRayOperation, type XRayOperations } from './xrayCall.ts';
import { groupOperations } from './xrayGroupCalls.ts';
import type { XRayGroups } from './xrayGroups.ts';
import { graphOperations } from './xrayGraphs.ts';
import { ingestOperations } from './xrayIngest.ts';
import { insightOperations } from './xrayInsights.ts';
import { isStructure, type XRayInput } from './xrayParameters.ts';
import { policyOperations } from './xrayPolicies.ts';
import { retrievalOperations } from './xrayRetrieval.ts';
import { samplingOperations } from './xraySampling.ts';
import { settingOperations } from './xraySettings.ts';
import { traceOperations } from './xrayTraces.ts';
import { tagOperations, XRayTags } from './xrayTags.ts';

/** What programs need to send, and what their SDKs need to decide what to send; all else reads or changes. */
const openCalls: ReadonlySet<string> = new Set([
  '/TraceSegments',
  '/TelemetryRecords',
  '/GetSamplingRules',
  '/SamplingTargets',
]);
const notSigned =
  'This hub answers reading and changing calls only where they are signed with its own key: access key id ' +
  `"${hubAccessKeyId}", and the secret key in the file "aws-secret-key" of its data directory.`;

export interface XRayApiOptions {
  readonly store: TelemetryStore;
  readonly groups: XRayGroups;
  readonly sampling: Sampling;
  /** With it reading and changing calls have to be signed by the hub's own key pair; without it any client may call. */
  readonly secretKey: string | undefined;
  readonly onUnservedCall: () => void;
  /** Where the hub takes OTLP over HTTP, if it does. */
  readonly otlpEndpoint?: () => string | undefined;
  /** Told of OpenTelemetry's calls that came here. */
  readonly mixUps?: ProtocolMixUps;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * The X-Ray API as AWS's SDKs speak it: JSON, every call a POST whose path names it (AWS X-Ray API reference). One table of operations for
 * the hub's own port and for the TCP port of the daemon, which hands every path on to AWS.
 */
export class XRayApi {
  readonly #options: XRayApiOptions;
  readonly #bodies = new BodyReader({ maxBytes: 16 * 2 ** 20, maxBytesInFlight: 64 * 2 ** 20 });
  readonly #tokens = new PageTokens();
  readonly #tags: XRayTags;
  readonly #operations: XRayOperations;

  constructor(options: XRayApiOptions) {
    this.#options = options;
    this.#tags = new XRayTags(options.store.documents);
    this.#operations = {
      ...ingestOperations,
      ...samplingOperations(options.sampling),
      ...groupOperations,
      ...tagOperations,
      ...settingOperations,
      ...policyOperations,
      ...insightOperations,
      ...graphOperations,
      ...traceOperations,
      ...retrievalOperations(),
    };
  }

  /** The API on the hub's own port, beside those of the other vendors. */
  get vendor(): VendorApi {
    return {
      isFor: (path, { method }) => method === 'POST' && Object.hasOwn(this.#operations, path),
      handle: (request, response) => this.handle(request, response, 'api'),
    };
  }

  /** Answers a call, whatever it is: one that is not served is counted and named. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse, receiver: Receiver): Promise<void> {
    try {
      await this.#handle(request, response, receiver);
    } catch (error) {
      if (!response.headersSent) {
        // SDKs and daemons send what was answered so again.
        const reason = error instanceof Error ? error.message : String(error);
        answer(response, awsError(503, 'ServiceUnavailable', `The hub cannot do this now: ${reason}`));
      }
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse, receiver: Receiver): Promise<void> {
    const { store, onUnservedCall } = this.#options;
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const isServed = request.method === 'POST' && Object.hasOwn(this.#operations, path);
    const operation = isServed ? this.#operations[path] : undefined;
    if (operation === undefined) {
      onUnservedCall();
      const call = `${request.method} ${path.slice(0, 100)}`;
      const here = "the X-Ray daemon's port";
      const told = isOtlpPath(path) ? misplacedOtlp(call, here, this.#options.otlpEndpoint?.()) : undefined;
      if (told !== undefined) {
        this.#options.mixUps?.noteRequest('xrayTcp', path, request.socket, told.message);
      }
      answerEarly(request, response, told?.answer ?? unservedCall(call));
      return;
    }
    const body = await this.#bodies.read(request);
    if (body.kind === 'gone') {
      return;
    }
    if (body.kind === 'refused') {
      store.recordProblem({ receiver, place: path, message: body.message });
      const failure = body.status === 503 ? 'ServiceUnavailable' : 'InvalidRequestException';
      answerEarly(request, response, awsError(body.status, failure, body.message));
      return;
    }
    if (!this.#mayCall(path, request, body.bytes)) {
      answer(response, awsError(403, 'AccessDeniedException', notSigned));
      return;
    }
    const input = parseInput(body.bytes);
    if (input === undefined) {
      const message = 'The body is not a JSON object.';
      store.recordProblem({ receiver, place: path, message, sample: body.bytes });
      answer(response, awsError(400, 'InvalidRequestException', message));
      return;
    }
    await this.#answerCall(operation, input, this.#contextOf(request, response, receiver), response);
  }

  async #answerCall(
    operation: XRayOperation,
    input: XRayInput,
    context: XRayContext,
    response: ServerResponse,
  ): Promise<void> {
    try {
      const output = await operation(input, context);
      answer(response, {
        status: 200,
        contentType: 'application/json',
        body: output instanceof JsonText ? output.text : JSON.stringify(output),
        headers: { 'x-amzn-requestid': randomUUID() },
      });
    } catch (error) {
      if (context.signal.aborted) {
        // Whoever asked has gone, and the work was given up for it.
        return;
      }
      if (!(error instanceof XRayRefusal)) {
        throw error;
      }
      const { failure, status, message, resourceName } = error;
      const more = resourceName === undefined ? {} : { ResourceName: resourceName };
      answer(response, awsError(status, failure, message, more));
    }
  }

  #mayCall(path: string, { url = '/', headers }: IncomingMessage, body: Uint8Array): boolean {
    const { secretKey } = this.#options;
    return (
      secretKey === undefined || openCalls.has(path) || isSigned({ path: url, headers, body }, secretKey, Date.now())
    );
  }

  #contextOf({ headers }: IncomingMessage, response: ServerResponse, receiver: Receiver): XRayContext {
    const abandoned = new AbortController();
    response.once('close', () => {
      // An abort makes an exception with its stack: a tenth of the cost of a call that has long been answered.
      if (!response.writableFinished) {
        abandoned.abort();
      }
    });
    const region = /Credential=[^/]*\/\d+\/([a-z0-9-]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'us-east-1';
    const { store, groups, sampling, now = Date.now } = this.#options;
    return {
      store,
      groups,
      tags: this.#tags,
      tokens: this.#tokens,
      isSamplingRule: async (asked) => (await sampling.rules.list()).some(({ arn }) => arn === asked),
      region,
      now: now(),
      receiver,
      signal: abandoned.signal,
    };
  }
}

const decoder = new TextDecoder();

function parseInput(bytes: Uint8Array): XRayInput | undefined {
  if (bytes.length === 0) {
    return {};
  }
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return isStructure(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
