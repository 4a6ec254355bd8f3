/**
 * Starts the sample: backend, page and, where `DATABASE_URL` names none, a database. The last line of the start is JSON, for the program
 * that did it: `{"event":"ready","endpoints":{"backend":"http://127.0.0.1:4567","page":"http://127.0.0.1:3000"}}`.
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
  const settings = readSettings(process.env, new Date());
  let pagePort = 0;
  const openTelemetry = startOpenTelemetry({
    serviceName: settings.serviceName,
    isPageRequest: (request) => request.socket.localPort === pagePort,
  });
  console.log(`Telemetry: OpenTelemetry to ${settings.otlpTracesUrl}`);

  // Only now: what these files import has to be patched while it is loaded.
  const { reportUncaught } = await import('./telemetry/lastWords.ts');
  const { startReporting } = await import('./telemetry/reporting.ts');
  const { startSample } = await import('./sample.ts');
  const { flushXRay } = await import('./telemetry/xray.ts');
  const reporting = startReporting(settings);
  if (settings.log.cloudWatch) {
    const { group, stream, endpoint = 'AWS' } = settings.log.cloudWatch;
    console.log(`Logs: CloudWatch Logs group ${group}, stream ${stream}, at ${endpoint}`);
  }
  const flush = async (...others: readonly Promise<void>[]): Promise<void> => {
    const timeIsUp = new Promise((resolve) => {
      setTimeout(resolve, patience);
    });
    const all = [openTelemetry.shutdown(), flushXRay(), reporting.close(patience - 50), ...others];
    await Promise.race([Promise.allSettled(all), timeIsUp]);
  };
  reportUncaught((error) => reporting.uncaught(error), flush);
  const sample = await startSample(settings, reporting, (port) => {
    pagePort = port;
  });

  const stop = async (): Promise<never> => {
    // The last requests end first, so that their spans and lines are among what is sent.
    await sample.closeServers();
    await flush(sample.closeDatabase());
    process.exit(0);
  };
  onStopSignal(() => void stop());
  console.log(JSON.stringify({ event: 'ready', endpoints: sample.endpoints }));
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}
