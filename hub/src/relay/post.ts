import type { Agent as HttpAgent, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Agent, request as httpRequest } from '../client/nodeHttp.ts';
import { isLoopback } from '../guard.ts';
import type { Outcome } from './outcome.ts';

/** A destination that is silent for so long counts as gone. */
const silenceMillis = 30_000;
const mostAnswerBytes = 2 ** 20;
const sockets = 8;

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The whole body has left: its memory may be used for something else. */
  readonly isBodySent: boolean;
}

export interface PostOptions {
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal: AbortSignal;
}

/** No whole answer came. The message is a sentence. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** Whether the request may have arrived. */
  readonly isUncertain: boolean;

  constructor(message: string, isUncertain: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isUncertain = isUncertain;
  }
}

/** The connections to one destination, kept open between requests, through the proxy that the environment names. */
export class Connections {
  readonly #silenceMillis: number;
  readonly #agents = new Map<string, HttpAgent>();

  constructor(silence = silenceMillis) {
    this.#silenceMillis = silence;
  }

  /** Answers whatever status came. Throws `NoAnswer`, or the signal's reason. */
  async post(url: URL, options: PostOptions): Promise<Reply> {
    const { method = 'POST', headers, body, signal } = options;
    signal.throwIfAborted();
    const agent = this.#agentOf(url);
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const asked: RequestOptions = { method, headers: { ...headers, ...length }, agent, signal };
    return await new Promise<Reply>((resolve, reject) => {
      const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, asked, (answer) => {
        readAnswer(answer).then(
          (reply) => resolve({ ...reply, isBodySent: outgoing.writableFinished }),
          (error: unknown) => fail(error as NodeJS.ErrnoException),
        );
      });
      let isWritten = false;
      const fail = (error: NodeJS.ErrnoException): void => {
        const cause = { cause: error };
        reject(signal.aborted ? (signal.reason as Error) : new NoAnswer(sentenceOf(error, url), isWritten, cause));
      };
      outgoing.setTimeout(this.#silenceMillis, () =>
        outgoing.destroy(Object.assign(new Error('silent'), { code: 'SILENT' })),
      );
      outgoing.on('socket', (socket) => {
        if (socket.connecting) {
          socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (isWritten = true));
        } else {
          isWritten = true;
        }
      });
      outgoing.on('error', fail);
      outgoing.end(body);
    });
  }

  close(): void {
    for (const agent of this.#agents.values()) {
      agent.destroy();
    }
    this.#agents.clear();
  }

  #agentOf({ protocol, hostname }: URL): HttpAgent {
    const key = `${protocol}${hostname}`;
    const known = this.#agents.get(key);
    if (known !== undefined) {
      return known;
    }
    const options = {
      keepAlive: true,
      maxSockets: sockets,
      // What is on this machine is never behind a proxy.
      ...(isLocal(hostname) ? {} : { proxyEnv: process.env }),
    };
    const agent = protocol === 'https:' ? new HttpsAgent(options) : new Agent(options);
    this.#agents.set(key, agent);
    return agent;
  }
}

function isLocal(hostname: string): boolean {
  return isLoopback(hostname.replaceAll(/^\[|\]$/g, ''));
}

async function readAnswer(answer: IncomingMessage): Promise<Omit<Reply, 'isBodySent'>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    if (length > mostAnswerBytes) {
      answer.destroy();
      throw Object.assign(new Error('long'), { code: 'LONG' });
    }
    chunks.push(chunk as Buffer);
  }
  return { status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() };
}

/** `statusCode` is what a proxy answered. */
type ConnectionError = NodeJS.ErrnoException & { readonly statusCode?: number };

function sentenceOf({ code, message, statusCode }: ConnectionError, { host, hostname }: URL): string {
  switch (code) {
    case 'ECONNREFUSED':
      return `Nothing answers at ${host}.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${hostname} cannot be found: is this machine online, and is the endpoint or region right?`;
    case 'SILENT':
    case 'ETIMEDOUT':
      return `${host} does not answer.`;
    case 'LONG':
      return `The answer of ${host} does not end: something else is there.`;
    case 'ERR_PROXY_TUNNEL':
      return `The proxy does not let through to ${host}${statusCode === undefined ? '' : ` (${statusCode})`}: look at HTTPS_PROXY, and the user it names.`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return `The connection to ${host} was cut off.`;
    default:
      return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code ?? '')
        ? `The certificate of ${host} is not trusted (${code}): where a proxy opens connections, name its certificate in NODE_EXTRA_CA_CERTS.`
        : `${host} cannot be reached: ${code ?? message}.`;
  }
}

/** What a status says that means the same everywhere; `undefined` where it depends on the destination. */
export function commonOutcome({ status, headers, text }: Reply, who: string): Outcome | undefined {
  if (status === 429 || status === 408 || status >= 500) {
    const afterMillis = retryAfterMillis(headers['retry-after'], Date.now());
    const reason =
      status === 429
        ? `${who} asks to send less (429).`
        : `${who} cannot take it now (${status})${shortOf(text, headers['content-type'])}.`;
    return { kind: 'later', reason, ...(afterMillis !== undefined && { afterMillis }), isUncertain: status >= 500 };
  }
  if (/text\/html/i.test(headers['content-type'] ?? '')) {
    return { kind: 'blocked', reason: `${who} answers with a web page: the endpoint is something else.` };
  }
  if (status >= 300 && status < 400) {
    return {
      kind: 'blocked',
      reason: `${who} sends elsewhere (${status}): use the address that it names as the endpoint.`,
    };
  }
  return undefined;
}

/** Seconds or a date (RFC 9110, 10.2.3), at most an hour. */
export function retryAfterMillis(header: string | undefined, now: number): number | undefined {
  if (header === undefined) {
    return undefined;
  }
  const millis = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(millis) ? undefined : Math.min(Math.max(0, millis), 3_600_000);
}

/** The beginning of what a server says, for the end of a sentence. */
export function shortOf(text: string, contentType: string | undefined): string {
  const isText = /json|text\/plain/.test(contentType ?? '') && text !== '';
  return isText ? `: ${text.slice(0, 200).replaceAll(/\s+/g, ' ').replace(/\.$/, '')}` : '';
}

/** What a failure to get an answer means. Anything else is thrown again. */
export function outcomeOfFailure(error: unknown): Outcome {
  if (error instanceof NoAnswer) {
    return { kind: 'later', reason: error.message, isUncertain: error.isUncertain };
  }
  throw error;
}
