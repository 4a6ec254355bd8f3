import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VendorApi } from '../query/vendorApi.ts';
import { answer, answerEarly, type HttpAnswer } from '../receivers/httpAnswer.ts';
import { BodyReader } from '../receivers/requestBody.ts';
import { LogRefusal, type LogFailure } from '../store/logs/logFailure.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { unservedCall } from './awsError.ts';
import { startLiveTail } from './liveTail.ts';
import type { LogsContext, LogsOperation } from './logsCall.ts';
import { eventOperations } from './logsEvents.ts';
import { groupOperations, sequenceToken, tagOperations } from './logsGroups.ts';
import { metricFilterOperations } from './logsMetricFilters.ts';
import type { LogsInput } from './logsParameters.ts';
import { insightsOperations } from './logsQueries.ts';
import { hubAccessKeyId } from '../client/dataDirectory.ts';
import { isSigned } from './signature.ts';
import { LogsTokens } from './logsTokens.ts';

const targetPrefix = 'Logs_20140328.';
const contentType = 'application/x-amz-json-1.1';

/** What programs need to write; all else reads or removes. */
const openCalls: ReadonlySet<string> = new Set([
  'PutLogEvents',
  'CreateLogGroup',
  'CreateLogStream',
  'DescribeLogGroups',
  'DescribeLogStreams',
]);
const notSigned =
  'This hub answers reading and deleting calls only where they are signed with its own key: access key id ' +
  `"${hubAccessKeyId}", and the secret key in the file "aws-secret-key" of its data directory.`;

export interface LogsApiOptions {
  readonly store: TelemetryStore;
  /** With it reading and deleting calls have to be signed by the hub's own key pair; without it any client may call. */
  readonly secretKey: string | undefined;
  readonly onUnservedCall: () => void;
}

/** CloudWatch Logs as AWS's SDKs speak it: JSON 1.1, every call a `POST /` that is named by `X-Amz-Target`. */
export function createLogsApi({ store, secretKey, onUnservedCall }: LogsApiOptions): VendorApi {
  const bodies = new BodyReader();
  const tokens = new LogsTokens();
  const operations: Readonly<Record<string, LogsOperation>> = {
    ...groupOperations,
    ...eventOperations,
    ...tagOperations,
    ...metricFilterOperations,
    ...insightsOperations(),
  };
  return {
    isFor: (path, request) => path === '/' && targetOf(request) !== undefined,
    async handle(request, response) {
      const name = targetOf(request) ?? '';
      const answered = Object.hasOwn(operations, name) || name === 'PutLogEvents' || name === 'StartLiveTail';
      if (!answered) {
        onUnservedCall();
        answerEarly(request, response, unservedCall(`${targetPrefix}${name.slice(0, 100)}`));
        return;
      }
      const body = await bodies.read(request);
      if (body.kind === 'gone') {
        return;
      }
      if (body.kind === 'refused') {
        const failure = body.status === 503 ? 'ServiceUnavailableException' : 'InvalidParameterException';
        answerEarly(request, response, failureAnswer({ failure, message: body.message }));
        return;
      }
      if (secretKey !== undefined && !openCalls.has(name)) {
        if (!isSigned({ path: '/', headers: request.headers, body: body.bytes }, secretKey, Date.now())) {
          answer(response, failureAnswer({ failure: 'AccessDeniedException', message: notSigned }));
          return;
        }
      }
      try {
        if (name === 'PutLogEvents') {
          answer(response, jsonAnswer(await putLogEvents(store, body.bytes, writerOf(request))));
          return;
        }
        const input = parseInput(body.bytes);
        const context = contextOf(request, response, store, tokens);
        if (name === 'StartLiveTail') {
          await startLiveTail(input, context, response);
          return;
        }
        answer(response, jsonAnswer(await operations[name]?.(input, context)));
      } catch (error) {
        if (!(error instanceof LogRefusal)) {
          throw error;
        }
        answer(response, failureAnswer(error.failure));
      }
    },
  };
}

async function putLogEvents(store: TelemetryStore, body: Uint8Array<ArrayBuffer>, writer: string): Promise<object> {
  const rejectedLogEventsInfo = await store.logs.put({ body, writer });
  // Clients warn where the member is there at all.
  return { nextSequenceToken: sequenceToken, ...(rejectedLogEventsInfo && { rejectedLogEventsInfo }) };
}

function contextOf(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { logs }: TelemetryStore,
  tokens: LogsTokens,
): LogsContext {
  const abandoned = new AbortController();
  response.once('close', () => abandoned.abort());
  const region = /Credential=[^/]*\/\d+\/([a-z0-9-]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'us-east-1';
  return { logs, tokens, region, signal: abandoned.signal };
}

/** Who writes, for a person: the program's name as it gives it, and its address. */
function writerOf({ headers, socket }: IncomingMessage): string {
  return `${(headers['user-agent'] ?? 'unknown').slice(0, 200)} (${socket.remoteAddress ?? 'gone'})`;
}

function targetOf({ method, headers }: IncomingMessage): string | undefined {
  const target = headers['x-amz-target'];
  return method === 'POST' && typeof target === 'string' && target.startsWith(targetPrefix)
    ? target.slice(targetPrefix.length)
    : undefined;
}

function parseInput(body: Uint8Array): LogsInput {
  if (body.length === 0) {
    return {};
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as LogsInput;
    }
  } catch {
    // Said below, as for any other body that is no object.
  }
  throw new LogRefusal('SerializationException', 'The body is not a JSON object.');
}

function jsonAnswer(output: object | undefined): HttpAnswer {
  // AWS answers with an empty body where there is no output.
  const body = output === undefined ? '' : JSON.stringify(output);
  return { status: 200, contentType, body, headers: { 'x-amzn-requestid': randomUUID() } };
}

function failureAnswer({ failure, message, more }: LogFailure): HttpAnswer {
  return {
    status: failure === 'ServiceUnavailableException' ? 503 : 400,
    contentType,
    body: JSON.stringify({ __type: failure, message, ...more }),
    headers: { 'x-amzn-requestid': randomUUID(), 'x-amzn-errortype': failure },
  };
}
