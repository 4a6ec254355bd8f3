import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { onTestFinished } from 'vitest';
import { parseCommandLine } from '../../commandLine.ts';
import { prepareDataDirectory } from '../../dataDirectory.ts';
import { Hub } from '../../hub.ts';
import { openTelemetryStore } from '../../store/openTelemetryStore.ts';
import { temporaryFolder } from '../../testing/hubUnderTest.ts';

export interface LogsHub {
  readonly endpoint: string;
  readonly otlpHttp: string;
  readonly dataDir: string;
  readonly client: CloudWatchLogsClient;
}

/** A hub in this process with the real store, and AWS's SDK pointed at it; ended when the test has ended. */
export async function startLogsHub(...args: string[]): Promise<LogsHub> {
  const dataDir = temporaryFolder();
  const ports = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', 'none', '--xray-port', 'none'];
  const commandLine = parseCommandLine(['--data-dir', dataDir, ...ports, ...args]);
  if (commandLine.kind !== 'serve') {
    throw new Error(`Not a command line that serves: ${JSON.stringify(commandLine)}`);
  }
  prepareDataDirectory(dataDir);
  const { hub, ready } = await Hub.start(commandLine.options, openTelemetryStore);
  onTestFinished(() => hub.stop());
  const client = logsClient(ready.endpoints.api);
  onTestFinished(() => client.destroy());
  return { endpoint: ready.endpoints.api, otlpHttp: ready.endpoints.otlpHttp ?? '', dataDir, client };
}

export function logsClient(endpoint: string): CloudWatchLogsClient {
  return new CloudWatchLogsClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'sightline-local', secretAccessKey: 'sightline-local' },
    // Live tail would ask for the host `stream-127.0.0.1`.
    disableHostPrefix: true,
    maxAttempts: 1,
  });
}
