import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import Rollbar from 'rollbar';

/** The person's Rollbar project, or the hub that stands in for it. */
export class RollbarReporter {
  readonly #rollbar: Rollbar;

  constructor(options: { readonly accessToken: string; readonly endpoint?: string }) {
    this.#rollbar = new Rollbar({
      accessToken: options.accessToken,
      // Rollbar's SDK reads no variable for it, so the address is handed on here.
      ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
      environment: process.env['NODE_ENV'] ?? 'development',
      captureUncaught: false,
      captureUnhandledRejections: false,
      // It would patch http, fetch and the console, where OpenTelemetry already is.
      autoInstrument: false,
    });
  }

  /** Resolves once Rollbar has answered, with the item's uuid. Rejects when it refuses or does not answer. */
  async warn(message: string): Promise<string> {
    return await new Promise((resolve, reject) => {
      // What telemetry sends is no part of the request's trace.
      context.with(suppressTracing(context.active()), () => {
        this.#rollbar.warning(message, (error: Error | null | undefined, reply: { uuid?: string }) => {
          if (error) {
            reject(error);
          } else {
            resolve(reply.uuid ?? '');
          }
        });
      });
    });
  }
}
