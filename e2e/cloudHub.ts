/** Another hub in the place of AWS, Honeycomb and Rollbar. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ReadyLine } from '@sightline/hub/client/api';
import { projectRoot } from './paths.ts';

export interface CloudHub {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts one that keeps what it gets in `dataDir`, which stays. */
export async function startCloudHub(dataDir: string): Promise<CloudHub> {
  const main = path.join(projectRoot, 'hub/dist/main.js');
  const ports = ['--port', '0', '--otlp-port', 'none', '--otlp-grpc-port', 'none', '--xray-port', 'none'];
  const hub = spawn(process.execPath, [main, '--data-dir', dataDir, ...ports, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: hub.stdout }), 'line')) as [string];
  return {
    endpoint: (JSON.parse(line) as ReadyLine).endpoints.api,
    stop: async () => {
      const ended = once(hub, 'exit');
      hub.kill();
      await ended;
    },
  };
}
