import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a client and a server on loopback and counts what the server sends. */
export class CountingProxy {
  received = 0;
  readonly endpoint: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(target: string): Promise<CountingProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new CountingProxy(server);
    server.on('connection', (client) => proxy.#join(client, connect({ host: hostname, port: Number(port) })));
    return proxy;
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket, upstream: Socket): void {
    upstream.on('data', (bytes: Buffer) => (this.received += bytes.length));
    client.pipe(upstream).pipe(client);
    // Whichever side breaks takes the other with it; the client's own error says what happened.
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  }
}
