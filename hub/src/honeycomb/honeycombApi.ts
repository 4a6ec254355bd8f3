import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VendorApi } from '../query/vendorApi.ts';
import { answer, answerEarly, errorAnswer, type HttpAnswer } from '../receivers/httpAnswer.ts';
import { keyKindOf } from './keyKind.ts';

export interface HoneycombOptions {
  /** Told about calls that this version does not serve. */
  readonly onUnservedCall: () => void;
}

/**
 * Honeycomb's API as far as a program asks it before it sends (OpenAPI description, `GET /1/auth`). What a program sends comes as OTLP, on
 * the OTLP port.
 */
export function createHoneycombApi({ onUnservedCall }: HoneycombOptions): VendorApi {
  return {
    isFor: (path) => path.startsWith('/1/') || path.startsWith('/2/'),
    handle: (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const [path = ''] = (request.url ?? '').split('?', 1);
      const call = `${request.method} ${path.replace(/\/$/, '')}`;
      if (call === 'GET /1/auth') {
        answer(response, authAnswer(request.headers['x-honeycomb-team']));
      } else {
        onUnservedCall();
        answerEarly(request, response, unserved(request.method ?? '', path));
      }
      return Promise.resolve();
    },
  };
}

function unserved(method: string, path: string): HttpAnswer {
  const isEvents = method === 'POST' && /^\/1\/(?:events|batch)\//.test(path);
  const what = isEvents ? "Honeycomb's events" : `${method} ${path.slice(0, 100)}`;
  return errorAnswer(
    404,
    `Sightline's local hub does not take ${what}: send OpenTelemetry (OTLP) to OTEL_EXPORTER_OTLP_ENDPOINT instead.`,
  );
}

/** Says yes to whatever has the shape of a key: locally there is one team with one environment. */
function authAnswer(header: string | readonly string[] | undefined): HttpAnswer {
  const key = typeof header === 'string' ? header : '';
  if (key === '') {
    return errorAnswer(401, "missing 'x-honeycomb-team' header");
  }
  const kind = keyKindOf(key);
  switch (kind) {
    case 'unknown':
      return errorAnswer(
        401,
        'unknown API key: a key is hc?ik_ and 58 characters (ingest), hc?lk_ or 22 characters (configuration), or 32 hex digits (classic).',
      );
    case 'management':
      return errorAnswer(401, 'This is a management key (hc?mk_), with which nothing is sent: use an ingest key.');
    case 'ingest':
    case 'configuration':
    case 'classic':
      return { status: 200, contentType: 'application/json', body: JSON.stringify(authorization(kind)) };
  }
}

function authorization(kind: 'ingest' | 'configuration' | 'classic'): object {
  const isIngest = kind === 'ingest';
  const local = { name: 'local', slug: 'local' };
  return {
    id: 'local',
    type: isIngest ? 'ingest' : 'configuration',
    api_key_access: {
      events: true,
      createDatasets: true,
      ...Object.fromEntries(
        ['markers', 'triggers', 'boards', 'queries', 'columns', 'slos', 'recipients'].map((each) => [each, !isIngest]),
      ),
    },
    // Classic keys know no environments.
    environment: kind === 'classic' ? { name: '', slug: '' } : local,
    team: local,
  };
}
