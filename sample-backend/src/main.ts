/**
 * Starts the sample: backend, page and, where `DATABASE_URL` names none, a database. The last line printed is JSON, for the program that
 * started this: `{"event":"ready","endpoints":{"backend":"http://127.0.0.1:4567","page":"http://127.0.0.1:3000"}}`.
 */
import { readSettings } from './settings.ts';
import { StartError } from './startError.ts';
import { onStopSignal } from './stopSignal.ts';
import { startOpenTelemetry } from './telemetry/openTelemetry.ts';

// Must be set before X-Ray's SDK is loaded: it would otherwise watch every asynchronous call of the process, see telemetry/xray.ts.
process.env['AWS_XRAY_MANUAL_MODE'] ??= '1';

/** Milliseconds for what has to be sent and closed at the end; the exporter alone would retry for longer than a person waits. */
const patience = 800;

try {
  const settings = readSettings(process.env);
  let pagePort = 0;
  const openTelemetry = startOpenTelemetry({
    serviceName: settings.serviceName,
    isPageRequest: (request) => request.socket.localPort === pagePort,
  });
  console.log(`Telemetry: OpenTelemetry to ${settings.otlpTracesUrl}`);

  // Only now: what these files import has to be patched while it is loaded.
  const { startSample } = await import('./sample.ts');
  const { flushXRay } = await import('./telemetry/xray.ts');
  const sample = await startSample(settings, (port) => {
    pagePort = port;
  });

  const stop = async (): Promise<never> => {
    // The last requests end first, so that their spans are among what is sent.
    await sample.closeServers();
    const timeIsUp = new Promise((resolve) => {
      setTimeout(resolve, patience);
    });
    await Promise.race([Promise.allSettled([openTelemetry.shutdown(), flushXRay(), sample.closeDatabase()]), timeIsUp]);
    process.exit(0);
  };
  onStopSignal(() => void stop());
  console.log(JSON.stringify({ event: 'ready', endpoints: sample.endpoints }));
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}
