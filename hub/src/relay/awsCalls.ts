import { createHash, createHmac } from 'node:crypto';
import type { AwsKeys } from '../client/relayApi.ts';
import { NoKeys, type AwsKeySource } from './awsKeys.ts';
import type { Outcome } from './outcome.ts';
import { commonOutcome, Connections, outcomeOfFailure, shortOf, type Reply } from './post.ts';

export interface AwsSettings {
  readonly service: 'xray' | 'logs';
  readonly endpoint: URL;
  readonly region: string;
  readonly keys: AwsKeySource;
}

/** A call that AWS did not do. */
export interface AwsTrouble {
  /** As AWS spells it, such as `ThrottlingException`; empty where nothing answered. */
  readonly code: string;
  readonly outcome: Outcome;
}

export type AwsAnswer =
  /** `isBodySent`: as in `Reply`. */
  | { readonly kind: 'done'; readonly output: unknown; readonly isBodySent: boolean }
  | ({ readonly kind: 'trouble' } & AwsTrouble);

/** Larger differences than this are put right before a request is sent again. */
const skewMillis = 60_000;

/**
 * Calls of X-Ray (REST JSON) and CloudWatch Logs (AWS JSON 1.1), signed with Signature Version 4 (AWS IAM user guide, "Create a signed AWS API
 * request"). By hand, since the two clients of the SDK would double the size of the hub for five calls.
 */
export class AwsCalls {
  readonly #settings: AwsSettings;
  readonly #connections: Connections;
  #clockOffset = 0;
  #signingKey: { readonly of: string; readonly key: Buffer } | undefined;

  constructor(settings: AwsSettings, connections = new Connections()) {
    this.#settings = settings;
    this.#connections = connections;
  }

  /** `call` is a path of X-Ray's, or an operation of CloudWatch Logs'. Throws only the signal's reason. */
  async call(call: string, body: string | Buffer, signal: AbortSignal): Promise<AwsAnswer> {
    const answer = await this.#callOnce(call, body, signal);
    return answer === 'again' ? toAnswer(await this.#callOnce(call, body, signal)) : answer;
  }

  close(): void {
    this.#connections.close();
  }

  async #callOnce(call: string, body: string | Buffer, signal: AbortSignal): Promise<AwsAnswer | 'again'> {
    try {
      const keys = await this.#settings.keys.load();
      const { url, headers } = this.#sign(call, body, keys);
      return this.#answerOf(await this.#connections.post(url, { headers, body, signal }), call);
    } catch (error) {
      if (error instanceof NoKeys) {
        return { kind: 'trouble', code: '', outcome: { kind: 'blocked', reason: error.message } };
      }
      return { kind: 'trouble', code: '', outcome: outcomeOfFailure(error) };
    }
  }

  #sign(call: string, body: string | Buffer, keys: AwsKeys): { url: URL; headers: Record<string, string> } {
    const { service, endpoint, region } = this.#settings;
    const url = new URL(endpoint);
    url.pathname = service === 'xray' ? `${url.pathname.replace(/\/$/, '')}${call}` : url.pathname;
    const time = new Date(Date.now() + this.#clockOffset).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const signed: Record<string, string> = {
      ...(service === 'logs' && { 'content-type': 'application/x-amz-json-1.1' }),
      ...(service === 'xray' && { 'content-type': 'application/json' }),
      host: url.host,
      'x-amz-date': time,
      ...(keys.sessionToken !== undefined && { 'x-amz-security-token': keys.sessionToken }),
      ...(service === 'logs' && { 'x-amz-target': `Logs_20140328.${call}` }),
    };
    const names = Object.keys(signed).toSorted();
    const canonical = [
      'POST',
      url.pathname,
      '',
      ...names.map((name) => `${name}:${signed[name]}`),
      '',
      names.join(';'),
      sha256(body),
    ].join('\n');
    const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
    const signature = createHmac('sha256', this.#keyOf(keys, scope)).update(toSign).digest('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    return { url, headers: { ...signed, authorization } };
  }

  #keyOf({ secretAccessKey }: AwsKeys, scope: string): Buffer {
    const of = `${secretAccessKey} ${scope}`;
    if (this.#signingKey?.of !== of) {
      const key = scope
        .split('/')
        .reduce<string | Buffer>(
          (each, part) => createHmac('sha256', each).update(part).digest(),
          `AWS4${secretAccessKey}`,
        );
      this.#signingKey = { of, key: key as Buffer };
    }
    return this.#signingKey.key;
  }

  #answerOf(reply: Reply, call: string): AwsAnswer | 'again' {
    const { status, headers, text, isBodySent } = reply;
    const host = this.#settings.endpoint.host;
    if (status === 200) {
      const output = parse(text);
      const what = /text\/html/i.test(headers['content-type'] ?? '') ? 'with a web page' : 'something else than AWS';
      return output === undefined
        ? trouble('', { kind: 'blocked', reason: `${host} answers ${what}: the endpoint is something else.` })
        : { kind: 'done', output, isBodySent };
    }
    const { code, message } = errorOf(reply);
    if (isSkewed(code, message)) {
      return this.#adjustClock(headers.date, code);
    }
    const said = shortOf(message, 'text/plain');
    if (throttled.has(code)) {
      return trouble(code, { kind: 'later', reason: `AWS asks to send less (${code}).` });
    }
    if (denied.has(code)) {
      this.#settings.keys.forget();
      return trouble(code, { kind: 'blocked', reason: `${deniedSentence(code, this.#permissionOf(call))}${said}.` });
    }
    const common = commonOutcome(reply, host);
    if (common !== undefined) {
      return trouble(code, common);
    }
    if (code === '') {
      return trouble('', {
        kind: 'blocked',
        reason: `${host} does not know AWS's calls (${status}): the endpoint is wrong.`,
      });
    }
    return trouble(code, { kind: 'refused', reason: `AWS refused it (${code})${said}.` });
  }

  #adjustClock(date: string | undefined, code: string): AwsAnswer | 'again' {
    const offset = date === undefined ? Number.NaN : Date.parse(date) - Date.now();
    if (Number.isNaN(offset) || Math.abs(offset - this.#clockOffset) < skewMillis) {
      const reason = `AWS takes the time of this machine for wrong (${code}): set its clock.`;
      return trouble(code, { kind: 'blocked', reason });
    }
    this.#clockOffset = offset;
    return 'again';
  }

  #permissionOf(call: string): string {
    return `${this.#settings.service}:${call === '/TraceSegments' ? 'PutTraceSegments' : call}`;
  }
}

function toAnswer(answer: AwsAnswer | 'again'): AwsAnswer {
  return answer === 'again'
    ? trouble('RequestTimeTooSkewed', {
        kind: 'blocked',
        reason: 'AWS takes the time of this machine for wrong: set its clock.',
      })
    : answer;
}

function trouble(code: string, outcome: Outcome): AwsAnswer {
  return { kind: 'trouble', code, outcome };
}

const throttled: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ThrottledException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ServiceUnavailableException',
  'ServiceUnavailable',
  'InternalFailure',
  'OperationAbortedException',
]);

const denied: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'ExpiredToken',
  'ExpiredTokenException',
  'OptInRequired',
  'NotAuthorized',
]);

function deniedSentence(code: string, permission: string): string {
  if (code.startsWith('AccessDenied') || code === 'NotAuthorized') {
    return `AWS does not allow ${permission} with these credentials (${code})`;
  }
  return code.startsWith('ExpiredToken')
    ? `The AWS credentials have expired (${code}): log in again`
    : `AWS does not take the credentials (${code})`;
}

function isSkewed(code: string, message: string): boolean {
  return (
    code === 'RequestTimeTooSkewed' ||
    code === 'RequestExpired' ||
    code === 'RequestInTheFuture' ||
    (code.startsWith('InvalidSignature') && /Signature (expired|not yet current)/i.test(message))
  );
}

/** AWS names an error in a header (REST) or in `__type`, with a namespace before it and a link behind it. */
function errorOf({ headers, text }: Reply): { code: string; message: string } {
  const body = (parse(text) ?? {}) as Readonly<Record<string, unknown>>;
  const header = headers['x-amzn-errortype'];
  const named = typeof header === 'string' ? header : (body['__type'] ?? body['code'] ?? '');
  const [code = ''] = (typeof named === 'string' ? named : '').split(':', 1);
  const message = body['message'] ?? body['Message'];
  return { code: code.slice(code.indexOf('#') + 1), message: typeof message === 'string' ? message : '' };
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    // Another server's answer, which the caller words.
    return undefined;
  }
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
