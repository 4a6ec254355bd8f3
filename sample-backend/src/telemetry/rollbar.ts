import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Request } from 'express';
import Rollbar from 'rollbar';
import { toError } from '../toError.ts';
import { filePathOf } from './filePath.ts';

export interface RollbarOptions {
  readonly accessToken: string;
  readonly endpoint?: string;
  /** Tells the person that items cannot be sent: once, until one could be sent again. */
  readonly say: (sentence: string) => void;
}

/** Where something happened, as far as it is known. */
export interface RollbarPlace {
  readonly request?: Request;
  readonly traceId?: string | undefined;
}

/** Milliseconds that a person waits for the answer to a warning; the SDK itself would wait for ever. */
const patience = 3000;

/** The person's Rollbar project, or the hub that stands in for it. */
export class RollbarReporter {
  readonly #rollbar: Rollbar;
  readonly #say: (sentence: string) => void;
  #isInTrouble = false;

  constructor({ accessToken, endpoint, say }: RollbarOptions) {
    this.#say = say;
    this.#rollbar = new Rollbar({
      accessToken,
      // Rollbar's SDK reads no variable for it, so the address is handed on here.
      ...(endpoint !== undefined && { endpoint }),
      environment: process.env['NODE_ENV'] ?? 'development',
      // telemetry/lastWords.ts does this: the SDK would keep the process alive in whatever state it is.
      captureUncaught: false,
      captureUnhandledRejections: false,
      captureUsername: true,
      // It would patch http, fetch and the console, where OpenTelemetry already is.
      autoInstrument: false,
      // It would print every answer that it cannot read; `say` does so once. The SDK's types lack this level of its own.
      logLevel: 'disable' as Rollbar.Level,
    });
  }

  /** Sends an error that a request was answered with. */
  error(error: unknown, place: RollbarPlace): void {
    this.#report('error', error, place);
  }

  /** Sends an error that nobody has caught. */
  critical(error: unknown, place: RollbarPlace): void {
    this.#report('critical', error, place);
  }

  /** Resolves once Rollbar has answered, with the item's uuid. Rejects when it refuses or does not answer. */
  async warn(message: string, place: RollbarPlace): Promise<string> {
    return await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('no answer')), patience).unref();
      this.#send('warning', message, place, (error, uuid) => (error ? reject(error) : resolve(uuid)));
    });
  }

  /** Resolves when everything has been answered. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#rollbar.wait(resolve);
    });
  }

  #report(level: 'error' | 'critical', error: unknown, place: RollbarPlace): void {
    this.#send(level, withPaths(toError(error)), place, (failure) => {
      if (failure && !this.#isInTrouble) {
        this.#say(`Rollbar does not take errors: ${failure.message || failure.name}`);
      }
      this.#isInTrouble = failure !== undefined;
    });
  }

  #send(
    level: 'warning' | 'error' | 'critical',
    what: string | Error,
    { request, traceId }: RollbarPlace,
    done: (error: Error | undefined, uuid: string) => void,
  ): void {
    // What telemetry sends is no part of the request's trace.
    context.with(suppressTracing(context.active()), () => {
      this.#rollbar[level](
        what,
        ...(request ? [request] : []),
        ...(traceId === undefined ? [] : [{ trace_id: traceId }]),
        (error: Error | null | undefined, reply: { uuid?: string } | undefined) => {
          done(error ?? undefined, reply?.uuid ?? '');
        },
      );
    });
  }
}

/**
 * The stack with paths where it has the `file:///` addresses of ES modules: Rollbar's SDK reads the line of code only from a file whose
 * name begins with a slash.
 */
function withPaths(error: Error): Error {
  const stack = error.stack?.replaceAll(/file:\/\/[^\s)]+?(?=:\d+:\d+)/g, filePathOf);
  // Does nothing where the error is frozen.
  Reflect.set(error, 'stack', stack);
  return error;
}
