import type { SpanSummary } from '../model/span.ts';

/** What a trace or request is called in a list: `GET /api/activities/:handle` out of the route, else the URL's path, else the span's name. */
export function traceName({ name, http }: Pick<SpanSummary, 'name' | 'http'>): string {
  const path = http?.route ?? (http?.url === undefined ? undefined : pathOf(http.url));
  if (path === undefined || path === '') {
    return name;
  }
  return http?.method === undefined ? path : `${http.method} ${path}`;
}

/** The path of a URL or of a request target, without query and fragment: `/` where a URL has only a host. */
export function pathOf(url: string): string {
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  return path === '' ? '/' : path;
}

// The last part of the path, or the last but one where a kind of check follows, as in Spring's `/actuator/health/liveness`.
const healthCheck =
  /(?:^|\/)(?:health|healthz|health[-_]?check|livez|liveness|readyz|readiness|ping)(?:\/(?:live|ready|liveness|readiness|startup))?\/?$/i;

/** Whether a path is one that a load balancer or orchestrator asks every few seconds. Takes a path with or without query. */
export function isHealthCheckPath(path: string): boolean {
  return healthCheck.test(pathOf(path));
}
