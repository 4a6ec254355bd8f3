import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyLine } from '@sightline/hub/client/api';

const hubMain = path.resolve(import.meta.dirname, '../../../../hub/src/main.ts');
const anyPorts = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', '0', '--xray-port', 'none'];

/** A hub in a process of its own, in the place of AWS: it serves calls that moto lacks. */
export interface CloudHub {
  readonly ready: ReadyLine;
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startCloudHub(...args: readonly string[]): Promise<CloudHub> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sightline-cloud-'));
  const child = spawn(process.execPath, [hubMain, '--data-dir', dataDir, ...anyPorts, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const ready = JSON.parse(line) as ReadyLine;
  return {
    ready,
    endpoint: ready.endpoints.api,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
