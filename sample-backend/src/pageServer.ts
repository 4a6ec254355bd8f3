/**
 * The page's own server. It hands `/api` and `/rollbar` on to the backend and the page's spans to the collector, so the browser only ever
 * talks to the page's origin: that also works where ports are forwarded privately (Codespaces, Gitpod, SSH).
 */
import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageServerOptions {
  /** `http://127.0.0.1:4567`. */
  readonly backendUrl: string;
  readonly otlpTracesUrl: string;
  readonly otlpHeaders: Readonly<Record<string, string>>;
}

interface Asset {
  readonly type: string;
  readonly body: string;
}

const pageFolder = fileURLToPath(new URL('page', import.meta.url));

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  // Sent as JavaScript: the types are taken out when the file is read.
  '.ts': 'text/javascript; charset=utf-8',
};

const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** Bytes; one span of the page is about 1 KB. */
const largestSpanBody = 256 * 1024;

export function createPageServer(options: PageServerOptions): http.Server {
  const assets = loadAssets(pageFolder);
  return http.createServer((request, response) => {
    const target = request.url ?? '/';
    const [pathname = '/'] = target.split('?', 1);
    if (!target.startsWith('/')) {
      sendJson(response, 400, { errors: ['ask for a path, such as /'] });
    } else if (isFromOtherSite(request)) {
      sendJson(response, 403, { errors: ['other sites may not use this server'] });
    } else if (pathname === '/v1/traces') {
      void handOnSpans(request, response, options);
    } else if (pathname.startsWith('/api/') || pathname.startsWith('/rollbar/')) {
      // Invariant: the target begins with one of these two, so no path can name another host (`//host/…`).
      passToBackend(request, response, new URL(target, options.backendUrl));
    } else {
      sendAsset(request, response, assets.get(pathname === '/' ? '/index.html' : pathname));
    }
  });
}

function loadAssets(folder: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(folder)) {
    const type = contentTypes[path.extname(name)];
    if (type !== undefined && !name.endsWith('.test.ts')) {
      const text = readFileSync(path.join(folder, name), 'utf8');
      assets.set(`/${name}`, { type, body: name.endsWith('.ts') ? withoutTypes(text) : text });
    }
  }
  return assets;
}

/** Node runs the backend's own files in this way too, without a word; only the function warns that it is experimental. */
function withoutTypes(code: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(code);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Browsers send `Sec-Fetch-Site`, and no page can change it. Reading is left to the browser's own same-origin rule. */
function isFromOtherSite(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  return request.method !== 'GET' && (site === 'cross-site' || site === 'same-site');
}

function passToBackend(request: IncomingMessage, response: ServerResponse, target: URL): void {
  const upstream = http.request(
    target,
    { method: request.method, headers: { ...request.headers, connection: 'keep-alive' } },
    (reply) => {
      response.writeHead(reply.statusCode ?? 502, endToEnd(reply.headers));
      reply.pipe(response);
    },
  );
  upstream.on('error', () => {
    if (response.headersSent) {
      response.destroy();
    } else {
      sendJson(response, 502, { errors: ['the backend does not answer'] });
    }
  });
  // A browser that goes away ends the request at the backend too.
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

/** Without what speaks of one connection only (RFC 9110, section 7.6.1): the browser's is another one. */
function endToEnd(headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  const { connection: _connection, 'keep-alive': _keepAlive, 'transfer-encoding': _encoding, ...others } = headers;
  return others;
}

async function handOnSpans(
  request: IncomingMessage,
  response: ServerResponse,
  { otlpTracesUrl, otlpHeaders }: PageServerOptions,
): Promise<void> {
  try {
    const body = await readBody(request);
    if (body === undefined) {
      sendJson(response, 413, { errors: ['too many spans in one request'] });
      return;
    }
    const reply = await fetch(otlpTracesUrl, {
      method: 'POST',
      headers: { ...otlpHeaders, 'content-type': request.headers['content-type'] ?? 'application/json' },
      body,
      signal: AbortSignal.timeout(5000),
    });
    response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'application/json' });
    response.end(await reply.text());
  } catch {
    // Nobody collects, or the page has gone: both go on without, so this is no more than an answer.
    sendJson(response, 502, { errors: ['nobody collects spans'] });
  }
}

/** Undefined when there is more than a page would send. */
async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestSpanBody) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}

function sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset | undefined): void {
  if (asset === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
    sendJson(response, 404, { errors: ['not found'] });
    return;
  }
  response.writeHead(200, { ...securityHeaders, 'content-type': asset.type });
  response.end(request.method === 'HEAD' ? undefined : asset.body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
