import type { KeyRole } from '../memory/segmentWriter.ts';

/** Attribute keys that tell about HTTP, as telemetry/decode/otlpConventions reads them; a role is a slot of `HttpFacts`. */
export const httpRole = {
  method: 1,
  oldMethod: 2,
  fullUrl: 3,
  oldUrl: 4,
  path: 5,
  query: 6,
  target: 7,
  route: 8,
  status: 9,
  oldStatus: 10,
} as const;

export const httpRoles = 11;

const roles: Readonly<Record<string, KeyRole>> = {
  'http.request.method': httpRole.method,
  'http.method': httpRole.oldMethod,
  'url.full': httpRole.fullUrl,
  'http.url': httpRole.oldUrl,
  'url.path': httpRole.path,
  'url.query': httpRole.query,
  'http.target': httpRole.target,
  'http.route': httpRole.route,
  'http.response.status_code': httpRole.status,
  'http.status_code': httpRole.oldStatus,
};

export function roleOfKey(key: string): KeyRole {
  return Object.hasOwn(roles, key) ? (roles[key] as KeyRole) : 0;
}
