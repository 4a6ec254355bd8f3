import type { Request, RequestHandler } from 'express';
import { HttpError } from '../httpError.ts';
import type { RollbarReporter } from '../telemetry/rollbar.ts';
import { currentTraceId } from '../telemetry/traceId.ts';

/** Sends a warning "Hello World" to Rollbar, so that a person can see that the token and the endpoint are right. */
export function rollbarTest(rollbar: RollbarReporter | undefined): RequestHandler {
  return async (request, response) => {
    if (rollbar === undefined) {
      response.json({ sent: false, reason: 'ROLLBAR_ACCESS_TOKEN is not set.' });
      return;
    }
    response.json({ sent: true, uuid: await warn(rollbar, request) });
  };
}

async function warn(rollbar: RollbarReporter, request: Request): Promise<string> {
  try {
    return await rollbar.warn('Hello World', { request, traceId: currentTraceId() });
  } catch (error) {
    throw new HttpError(502, [`rollbar: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
