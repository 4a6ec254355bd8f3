import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { until } from '../until.ts';

/** Another local trace viewer that takes OTLP, and how it is run: on loopback, in memory, on ports that are free. */
export interface Peer {
  readonly name: string;
  /** Environment variable with the path of its program; else it is looked for on PATH under `command`. */
  readonly variable: string;
  readonly command: string;
  /** Its arguments; `folder` is an empty one of its own, `ports` are as many as `portCount`, the first for OTLP/HTTP. */
  argumentsFor(ports: readonly number[], folder: string): readonly string[];
  readonly portCount: number;
}

export const peers: readonly Peer[] = [
  {
    name: 'otel-desktop-viewer',
    variable: 'OTEL_DESKTOP_VIEWER',
    command: 'otel-desktop-viewer',
    portCount: 3,
    argumentsFor: ([http, grpc, browser]) => [
      '--host=127.0.0.1',
      '--open-browser=false',
      `--http=${http}`,
      `--grpc=${grpc}`,
      `--browser-port=${browser}`,
    ],
  },
  {
    name: 'Jaeger (memory)',
    variable: 'JAEGER',
    command: 'jaeger',
    portCount: 3,
    argumentsFor: (ports, folder) => {
      const file = join(folder, 'jaeger.yaml');
      writeFileSync(file, JSON.stringify(jaegerConfiguration(ports)));
      return ['--config', `file:${file}`];
    },
  },
];

/** Jaeger's own all-in-one configuration less what would listen on fixed ports; JSON is YAML. */
function jaegerConfiguration([otlp, query, queryGrpc]: readonly number[]): object {
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'error' } },
    },
    extensions: {
      jaeger_storage: { backends: { memory_storage: { memory: { max_traces: 100_000 } } } },
      jaeger_query: {
        storage: { traces: 'memory_storage' },
        http: { endpoint: `127.0.0.1:${query}` },
        grpc: { endpoint: `127.0.0.1:${queryGrpc}` },
      },
    },
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlp}` } } } },
    processors: { batch: null },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory_storage' } },
  };
}

/** Where the peer's program is on this machine, or `undefined`. */
export function findPeer({ variable, command }: Peer): string | undefined {
  const named = process.env[variable];
  if (named !== undefined && named !== '') {
    return named;
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, command)).find((file) => existsSync(file));
}

/** A peer that the bench started. */
export class PeerProgram {
  readonly endpoint: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  /** Settles once the peer takes connections; throws when it has not after half a minute, or has ended. */
  static async start(peer: Peer, program: string, folder: string): Promise<PeerProgram> {
    mkdirSync(folder, { recursive: true });
    const ports = await freePorts(peer.portCount);
    const [port = 0] = ports;
    const child = spawn(program, peer.argumentsFor(ports, folder), { cwd: folder, stdio: 'ignore' });
    const started = new PeerProgram(child, port);
    try {
      await until(`${peer.name} listens`, 30_000, async () => {
        if (child.exitCode !== null) {
          throw new Error(`${peer.name} ended with code ${child.exitCode} before it listened.`);
        }
        return (await isListening(port)) || undefined;
      });
      return started;
    } catch (error) {
      await started.end();
      throw error;
    }
  }

  get pid(): number {
    return this.#process.pid ?? Number.NaN;
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) {
      return;
    }
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
