import type { Agent, IncomingMessage } from 'node:http';
import { HubError } from './hubError.ts';
import { request } from './nodeHttp.ts';

export interface HubRequest {
  /** Such as `http://127.0.0.1:4319`. */
  readonly endpoint: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  /** `undefined` for a connection of its own. */
  readonly agent?: Agent;
  /** A connection that is silent for so long counts as lost. */
  readonly silenceMillis: number;
}

/** Sends a request and answers once the head of the reply is there. Rejects with `HubError` (`unreachable`) or the signal's reason. */
export function openReply(hubRequest: HubRequest, signal?: AbortSignal): Promise<IncomingMessage> {
  return attempt(hubRequest, signal).catch((error: unknown) => {
    if (error instanceof StaleConnection) {
      return attempt(hubRequest, signal);
    }
    throw error;
  });
}

/** Reads a reply to its end. Rejects with `HubError` (`unreachable`) when the connection breaks, or with the signal's reason. */
export async function readReply(reply: IncomingMessage, signal?: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of reply) {
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new HubError('unreachable', 'The connection to the Sightline hub broke in the middle of an answer.', {
      cause: error,
    });
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** A kept connection that the hub had closed in the meantime; the request never reached it and may be sent again. */
class StaleConnection extends Error {}

function attempt(hubRequest: HubRequest, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  const { endpoint, method, path, headers, body, agent, silenceMillis } = hubRequest;
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const outgoing = request(
      new URL(path, endpoint),
      { method, headers: { ...headers, ...type }, agent: agent ?? false, ...(signal && { signal }) },
      resolve,
    );
    outgoing.setTimeout(silenceMillis, () => outgoing.destroy(new Error(`no byte for ${silenceMillis} ms`)));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
      } else if (outgoing.reusedSocket && error.code === 'ECONNRESET') {
        reject(new StaleConnection(error.message, { cause: error }));
      } else {
        reject(new HubError('unreachable', `No Sightline hub answers at ${endpoint}.`, { cause: error }));
      }
    });
    outgoing.end(body);
  });
}
