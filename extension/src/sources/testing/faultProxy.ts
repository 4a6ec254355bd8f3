import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a call instead of an answer. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly type?: string;
      readonly message?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** No answer ever. */
  | { readonly kind: 'hang' }
  /** The connection ends before the answer. */
  | { readonly kind: 'cut' };

/** Stands between a source and what it takes for AWS. */
export interface FaultProxy {
  readonly endpoint: string;
  /** What was called, in order: the path, or the operation of `X-Amz-Target`. */
  readonly calls: readonly string[];
  /** Calls whose caller went away before the answer. */
  readonly abandoned: readonly string[];
  /** The headers of the last call. */
  readonly headers: () => NodeJS.Dict<string | string[]>;
  readonly bodies: readonly string[];
  fail(operation: string, ...faults: readonly Fault[]): void;
  always(operation: string, fault: Fault): void;
  stop(): Promise<void>;
}

/** As AWS answers with an error of that name. */
export function awsError(status: number, type: string, message = type): Fault {
  return { kind: 'answer', status, type, message };
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const calls: string[] = [];
  const abandoned: string[] = [];
  const bodies: string[] = [];
  const faults = new Map<string, Fault[]>();
  const lasting = new Map<string, Fault>();
  let headers: NodeJS.Dict<string | string[]> = {};
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const operation = operationOf(incoming);
    calls.push(operation);
    headers = incoming.headers;
    const body = await bodyOf(incoming);
    bodies.push(String(body));
    outgoing.on('close', () => outgoing.writableFinished || abandoned.push(operation));
    const fault = faults.get(operation)?.shift() ?? lasting.get(operation);
    if (fault === undefined) {
      forward(target, incoming, body, outgoing);
    } else {
      put(fault, outgoing);
    }
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    abandoned,
    bodies,
    headers: () => headers,
    fail: (operation, ...given) => void faults.set(operation, [...given]),
    always: (operation, fault) => void lasting.set(operation, fault),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function operationOf({ url = '', headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '').split('.')[1] ?? url.slice(1);
}

function put(fault: Fault, outgoing: ServerResponse): void {
  switch (fault.kind) {
    case 'hang':
      return;
    case 'cut':
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      outgoing.write('{"Tr');
      outgoing.socket?.destroy();
      return;
    case 'answer':
      outgoing.writeHead(fault.status, {
        'content-type': fault.body === undefined ? 'application/x-amz-json-1.1' : 'text/html',
        ...(fault.type !== undefined && { 'x-amzn-errortype': fault.type }),
        ...fault.headers,
      });
      outgoing.end(
        fault.body ?? JSON.stringify({ __type: fault.type, message: fault.message, Message: fault.message }),
      );
  }
}

function forward(
  target: string,
  { url, method, headers }: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
): void {
  const to = new URL(url ?? '/', target);
  const onward = send(to, { method, headers: { ...headers, host: to.host } }, (reply) => {
    outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  onward.end(body);
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}
