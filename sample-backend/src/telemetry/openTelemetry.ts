/**
 * OpenTelemetry for the sample. This must run before anything imports `http`, `express` or `pg`: instrumentations patch a module while it
 * is loaded. That is why main.ts imports the rest of the sample dynamically, after `startOpenTelemetry`.
 */
import type { IncomingMessage } from 'node:http';
import { register } from 'node:module';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { isHealthCheck } from '../routes/health.ts';

/** Everything else (endpoint, headers, protocol, sampler, batching) is read by the SDK from the standard `OTEL_*` variables. */
export interface OpenTelemetryOptions {
  readonly serviceName: string;
  /** True for a request that belongs to the page's server, which shares the process but is no part of the service. */
  readonly isPageRequest: (request: IncomingMessage) => boolean;
}

export function startOpenTelemetry(options: OpenTelemetryOptions): NodeSDK {
  applyDefaults(process.env);
  // ESM imports can only be patched by a loader hook; without it there are no Express and pg spans.
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
  const sdk = new NodeSDK({ serviceName: options.serviceName, instrumentations: instrumentations(options) });
  sdk.start();
  return sdk;
}

function applyDefaults(env: NodeJS.ProcessEnv): void {
  // The SDK would otherwise send metrics and logs as well, which nobody has asked for here.
  env['OTEL_METRICS_EXPORTER'] ??= 'none';
  env['OTEL_LOGS_EXPORTER'] ??= 'none';
  // The SDK waits five seconds before it sends a batch, too long for a person who looks at the editor.
  env['OTEL_BSP_SCHEDULE_DELAY'] ??= '200';
  env['OTEL_BLRP_SCHEDULE_DELAY'] ??= '200';
  if (env['SAMPLE_CONSOLE_SPANS'] === '1') {
    env['OTEL_TRACES_EXPORTER'] ??= 'otlp,console';
  }
}

function instrumentations({ isPageRequest }: OpenTelemetryOptions) {
  return [
    new HttpInstrumentation({
      // Ignoring a request also suppresses what its handler does, so nothing of a health check is left.
      ignoreIncomingRequestHook: (request) => isHealthCheck(request.url) || isPageRequest(request),
      // X-Ray's SDK asks its daemon for sampling rules through node:http. By path, since the daemon's address has several spellings.
      ignoreOutgoingRequestHook: ({ path }) => path === '/GetSamplingRules' || path === '/SamplingTargets',
    }),
    new UndiciInstrumentation({ requireParentforSpans: true }),
    // It names the route of the server span. Its own spans would only repeat what the server span and the segment say, and would call
    // every answer of 404 that is thrown a failure of the service.
    new ExpressInstrumentation({ ignoreLayersType: Object.values(ExpressLayerType) }),
    // Without a parent there is no request: the schema and the seed at the start stay out.
    new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
  ];
}
