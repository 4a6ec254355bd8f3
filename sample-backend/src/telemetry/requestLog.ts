import type { Request, RequestHandler, Response } from 'express';
import { isHealthCheck } from '../routes/health.ts';
import { currentPlace, type Log, type LogLevel, type LogLine } from './log.ts';

export interface RequestLogOptions {
  readonly onlyFailures: boolean;
  readonly healthChecks: boolean;
}

/** Writes one line when a request is over, however it ends. It must come after the X-Ray middleware, which may give the trace. */
export function requestLog(log: Log, { onlyFailures, healthChecks }: RequestLogOptions): RequestHandler {
  return (request, response, next) => {
    if (healthChecks || !isHealthCheck(request.originalUrl)) {
      // Kept, since what closes the response later may be outside the request.
      const place = currentPlace();
      response.once('close', () => writeLine(log, request, response, place, onlyFailures));
    }
    next();
  };
}

function writeLine(
  log: Log,
  request: Request,
  response: Response,
  place: Pick<LogLine, 'traceId' | 'context'>,
  onlyFailures: boolean,
): void {
  // The caller went away: the status was never sent, so none is reported.
  const status = response.writableFinished ? response.statusCode : undefined;
  const { ip, method, protocol, originalUrl } = request;
  log.write({
    time: Date.now(),
    level: levelOf(status),
    message: `${ip ?? '-'} ${method} ${protocol} ${originalUrl} ${status ?? '-'}`,
    ...place,
    kind: 'request',
    staysHere: onlyFailures && status === 200,
  });
}

function levelOf(status: number | undefined): LogLevel {
  if (status === undefined || (status >= 400 && status < 500)) {
    return 'warn';
  }
  return status >= 500 ? 'error' : 'info';
}
