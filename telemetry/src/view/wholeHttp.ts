import type { Attributes, Span } from '../model/span.ts';
import { textOf } from './calledService.ts';

type Http = NonNullable<Span['http']>;

/** The facts of one request out of all reports of it; the first that has a fact gives it. */
export function mergedHttp(reports: readonly Span[]): Http | undefined {
  let http: Http | undefined;
  for (const span of reports) {
    if (span.http !== undefined) {
      http = { ...span.http, ...absoluteUrl(span.http, span.attributes), ...http };
    }
  }
  return http;
}

/** A span's own HTTP facts, with the URL whole where its host is known. */
export function wholeHttp(span: Span): Http | undefined {
  return mergedHttp([span]);
}

/** OTel's server spans have the URL in parts, X-Ray's segments whole; filters ask for it whole. */
function absoluteUrl(http: Http, attributes: Attributes): { url?: string } {
  if (http.url?.startsWith('/') !== true) {
    return {};
  }
  const host = textOf(attributes, 'http.host', 'server.address', 'net.host.name');
  if (host === undefined) {
    return {};
  }
  const scheme = textOf(attributes, 'url.scheme', 'http.scheme') ?? 'http';
  const port = attributes['server.port'] ?? attributes['net.host.port'];
  const isUsual = port === (scheme === 'https' ? 443 : 80) || host.includes(':') || typeof port !== 'number';
  return { url: `${scheme}://${host}${isUsual ? '' : `:${port}`}${http.url}` };
}
