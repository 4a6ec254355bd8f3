import type { Attributes, Span, SpanKind, SpanStatus } from '../model/span.ts';
import type { Draft } from './draft.ts';

/** StatusCode by number (opentelemetry/proto/trace/v1/trace.proto). */
const statusError = 2;

type Http = NonNullable<Span['http']>;

/** What a span says about HTTP, in the stable and the older semantic conventions (OTel 1.23 renamed them); the stable name wins. */
export function httpOf(attributes: Attributes): Http | undefined {
  const http: Draft<Http> = {};
  const method = firstText(attributes, 'http.request.method', 'http.method');
  if (method !== undefined) {
    http.method = method;
  }
  const url = urlOf(attributes);
  if (url !== undefined) {
    http.url = url;
  }
  const route = firstText(attributes, 'http.route');
  if (route !== undefined) {
    http.route = route;
  }
  const status = firstNumber(attributes, 'http.response.status_code', 'http.status_code');
  if (status !== undefined) {
    http.status = status;
  }
  // Without one of these it is no HTTP span: `client.address` and a URL path are set on other spans too.
  if (method === undefined && status === undefined && url === undefined && route === undefined) {
    return undefined;
  }
  setDetails(http, attributes);
  return http;
}

function setDetails(http: Draft<Http>, attributes: Attributes): void {
  const userAgent = firstText(attributes, 'user_agent.original', 'http.user_agent');
  if (userAgent !== undefined) {
    http.userAgent = userAgent;
  }
  const clientIp = firstText(attributes, 'client.address', 'http.client_ip');
  if (clientIp !== undefined) {
    http.clientIp = clientIp;
  }
  const contentLength = firstNumber(attributes, 'http.response.body.size', 'http.response_content_length');
  if (contentLength !== undefined) {
    http.contentLength = contentLength;
  }
}

/**
 * X-Ray's view of an OTel status. ERROR is told apart by the HTTP status; a server that answers 4xx or 5xx is shown so even where the
 * instrumentation left the status unset, which the conventions ask of it for 4xx.
 */
export function statusOf(statusCode: number, kind: SpanKind, httpStatus: number | undefined): SpanStatus {
  if (statusCode !== statusError && kind !== 'server') {
    return 'ok';
  }
  const byHttp = httpStatus === undefined ? 'ok' : statusOfHttp(httpStatus);
  return byHttp === 'ok' && statusCode === statusError ? 'fault' : byHttp;
}

/** X-Ray's words for an HTTP status: 429 throttled, other 4xx error, 5xx fault (developer guide, "Errors, faults, and exceptions"). */
export function statusOfHttp(httpStatus: number): SpanStatus {
  if (httpStatus === 429) {
    return 'throttled';
  }
  if (httpStatus >= 500) {
    return 'fault';
  }
  return httpStatus >= 400 ? 'error' : 'ok';
}

function urlOf(attributes: Attributes): string | undefined {
  const url = firstText(attributes, 'url.full', 'http.url');
  if (url !== undefined) {
    return url;
  }
  const path = firstText(attributes, 'url.path');
  if (path === undefined) {
    return firstText(attributes, 'http.target');
  }
  const query = firstText(attributes, 'url.query');
  return query === undefined ? path : `${path}?${query.replace(/^\?/, '')}`;
}

function firstText(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'string' && value !== '') {
      return value;
    }
  }
  return undefined;
}

function firstNumber(attributes: Attributes, ...keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'number') {
      return value;
    }
    if (typeof value === 'string' && /^\d{1,15}$/.test(value)) {
      return Number(value);
    }
  }
  return undefined;
}
