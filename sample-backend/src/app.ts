import { trace } from '@opentelemetry/api';
import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { Pool } from 'pg';
import { crossOrigin } from './crossOrigin.ts';
import { currentHandle } from './data/users.ts';
import { HttpError } from './httpError.ts';
import type { LogSettings } from './logSettings.ts';
import { activityRoutes } from './routes/activities.ts';
import { announcements } from './routes/announcements.ts';
import { healthCheck } from './routes/health.ts';
import { messageRoutes } from './routes/messages.ts';
import { rollbarTest } from './routes/rollbarTest.ts';
import { stackOf, type Log } from './telemetry/log.ts';
import { requestLog } from './telemetry/requestLog.ts';
import type { RollbarReporter } from './telemetry/rollbar.ts';
import { currentTraceId } from './telemetry/traceId.ts';
import { recordException, xrayMiddleware } from './telemetry/xray.ts';
import { toError } from './toError.ts';

export interface AppParts {
  readonly pool: Pool;
  readonly log: Log;
  readonly logSettings: LogSettings;
  readonly rollbar: RollbarReporter | undefined;
  readonly allowedOrigins: readonly string[];
  /** Asked at each request: the page's server, which answers by default, may have picked its port after the app was made. */
  readonly announcementsUrl: () => string;
}

/** The backend: every route, with X-Ray and the log around all of them. */
export function createApp({ pool, log, logSettings, rollbar, allowedOrigins, announcementsUrl }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  // First: a browser's question whether it may call is no request of the app.
  app.use(crossOrigin(allowedOrigins));
  app.use(xrayMiddleware());
  app.use(requestLog(log, logSettings));
  app.use(asPerson);
  app.use(express.json({ limit: '100kb' }));
  app.get('/api/health-check', healthCheck);
  app.get('/api/announcements', announcements(announcementsUrl, log));
  app.get('/rollbar/test', rollbarTest(rollbar));
  app.use('/api/activities', activityRoutes(pool, log));
  // Last: OpenTelemetry puts the path of a router that was passed through in front of the routes behind it.
  app.use('/api', messageRoutes(pool, log));
  app.use(noSuchRoute);
  app.use(answerError(log, rollbar));
  return app;
}

const noSuchRoute: RequestHandler = (request) => {
  throw new HttpError(404, [`no route ${request.method} ${request.path}`]);
};

/** Where Rollbar's SDK looks for the person who made the request. */
const asPerson: RequestHandler = (request, _response, next) => {
  Object.assign(request, { rollbar_person: { id: currentHandle, username: currentHandle } });
  next();
};

/** The one place where errors become answers. Express tells it from a middleware by its four parameters. */
function answerError(log: Log, rollbar: RollbarReporter | undefined): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = toError(thrown);
    const { status, errors } = answerOf(error);
    if (status >= 500) {
      log.error(stackOf(error));
      recordException(request, error);
      trace.getActiveSpan()?.recordException(error);
      rollbar?.error(error, { request, traceId: currentTraceId() });
    }
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(status).json({ errors });
  };
}

function answerOf(error: Error): { readonly status: number; readonly errors: readonly string[] } {
  if (error instanceof HttpError) {
    return { status: error.status, errors: error.names };
  }
  // The body parser throws errors that carry a status and may be shown: a body that is no JSON, or too large.
  if ('expose' in error && error.expose === true && 'status' in error) {
    return { status: Number(error.status), errors: [error.message] };
  }
  return { status: 500, errors: ['internal_error'] };
}
