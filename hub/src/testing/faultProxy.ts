import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/**
 * What the proxy does to the next requests: passes them on; refuses connections; answers a status with a body; takes the request and never answers;
 * passes the request on and cuts the connection in the middle of it, or of the answer.
 */
export type Fault =
  | { readonly kind: 'pass' }
  | { readonly kind: 'refuse' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cutRequest' }
  | { readonly kind: 'cutAnswer' };

export interface FaultProxy {
  readonly endpoint: string;
  /** From the next request on. */
  fault: Fault;
  /** Requests that began, whatever became of them. */
  readonly requests: number;
  /** Does each of these once before `fault` counts again. */
  next(...faults: Fault[]): void;
  /** Waits until so many requests have begun. */
  until(requests: number): Promise<void>;
}

/** A proxy before a server, on bytes: one request a connection, so that a fault hits what it should. Closed when the test has ended. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const queue: Fault[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const sockets = new Set<Socket>();
  const proxy = {
    endpoint: '',
    fault: { kind: 'pass' } as Fault,
    requests: 0,
    next: (...faults: Fault[]) => void queue.push(...faults),
    until: (count: number) =>
      new Promise<void>((resolve) => {
        waiting.push({ count, resolve });
        tellWaiting();
      }),
  };
  const tellWaiting = (): void => {
    for (const { count, resolve } of waiting) {
      if (proxy.requests >= count) {
        resolve();
      }
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (first: Buffer) => {
      const fault = queue.shift() ?? proxy.fault;
      proxy.requests += 1;
      tellWaiting();
      apply(fault, socket, first);
    });
  });
  const apply = (fault: Fault, socket: Socket, first: Buffer): void => {
    switch (fault.kind) {
      case 'refuse':
        socket.destroy();
        break;
      case 'hang':
        socket.resume();
        break;
      case 'answer':
        answerWith(socket, fault);
        break;
      case 'cutRequest': {
        const upstream = connect(Number(port), hostname);
        upstream.on('error', () => undefined);
        upstream.write(first.subarray(0, Math.max(1, first.length - 20)));
        socket.destroy();
        upstream.end();
        break;
      }
      case 'pass':
      case 'cutAnswer':
        pass(socket, first, fault.kind === 'cutAnswer');
        break;
    }
  };
  const pass = (socket: Socket, first: Buffer, isCut: boolean): void => {
    const upstream = connect(Number(port), hostname);
    sockets.add(upstream);
    upstream.on('error', () => socket.destroy());
    upstream.on('close', () => {
      sockets.delete(upstream);
      socket.destroySoon();
    });
    socket.on('close', () => upstream.destroy());
    // One request a connection: the server is told so.
    upstream.write(withClose(first));
    socket.pipe(upstream);
    if (isCut) {
      // The answer shows that the request has arrived; only a piece of it goes back.
      upstream.once('data', (answer: Buffer) => {
        socket.write(answer.subarray(0, 20), () => socket.destroy());
      });
    } else {
      upstream.pipe(socket);
    }
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });
  return proxy;
}

function withClose(request: Buffer): Buffer {
  const end = request.indexOf('\r\n\r\n');
  const head = request
    .subarray(0, end)
    .toString('latin1')
    .replace(/\r\nconnection: [^\r]*/i, '');
  return Buffer.concat([Buffer.from(`${head}\r\nconnection: close`, 'latin1'), request.subarray(end)]);
}

function answerWith(socket: Socket, { status, headers = {}, body = '' }: Extract<Fault, { kind: 'answer' }>): void {
  const all = { 'content-length': String(Buffer.byteLength(body)), connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} Fault\r\n${lines.join('')}\r\n${body}`);
  // What is still coming is read, or the answer would be lost with a reset.
  socket.resume();
}
