import type { RequestHandler } from 'express';

const healthCheckPath = '/api/health-check';

/** True for the path that monitors call every few seconds, with or without a query. Telemetry leaves it out. */
export function isHealthCheck(url: string | undefined): boolean {
  return url !== undefined && (url === healthCheckPath || url.startsWith(`${healthCheckPath}?`));
}

export const healthCheck: RequestHandler = (_request, response) => {
  response.json({ success: true });
};
