import type { AttributeValue, Span, SpanStatus } from '../model/span.ts';
import type { Draft } from './draft.ts';
import { parseFields, type JsonFields } from './json.ts';
import { statusOfHttp } from './otlpConventions.ts';
import { parseNumber } from './xrayFields.ts';

type Http = NonNullable<Span['http']>;

/** X-Ray's `http` block; `undefined` where there is none. */
export function httpOf(document: JsonFields): Http | undefined {
  const sent = parseFields(document['http']);
  if (sent === undefined) {
    return undefined;
  }
  const request = parseFields(sent['request']) ?? {};
  const response = parseFields(sent['response']) ?? {};
  const http: Draft<Http> = {};
  setText(request['method'], (method) => (http.method = method));
  setText(request['url'], (url) => (http.url = url));
  setText(request['user_agent'], (userAgent) => (http.userAgent = userAgent));
  setText(request['client_ip'], (clientIp) => (http.clientIp = clientIp));
  const status = parseNumber(response['status']);
  if (status !== undefined) {
    http.status = status;
  }
  const contentLength = parseNumber(response['content_length']);
  if (contentLength !== undefined) {
    http.contentLength = contentLength;
  }
  return http;
}

/** The flags of `http.request` that say how far to trust it; they have no place in the model but the attributes. */
export function setHttpFlags(attributes: Record<string, AttributeValue>, document: JsonFields): void {
  const request = parseFields(parseFields(document['http'])?.['request']) ?? {};
  for (const key of ['x_forwarded_for', 'traced']) {
    if (typeof request[key] === 'boolean') {
      attributes[`http.request.${key}`] = request[key];
    }
  }
}

/** The flags decide, else the HTTP status. AWS sets `error` beside `throttle`, so the more specific flag is asked first. */
export function statusOf(document: JsonFields, isRunning: boolean, http: Http | undefined): SpanStatus {
  if (isRunning) {
    return 'running';
  }
  if (document['throttle'] === true) {
    return 'throttled';
  }
  if (document['fault'] === true) {
    return 'fault';
  }
  if (document['error'] === true) {
    return 'error';
  }
  return http?.status === undefined ? 'ok' : statusOfHttp(http.status);
}

function setText(value: unknown, set: (text: string) => void): void {
  if (typeof value === 'string') {
    set(value);
  }
}
