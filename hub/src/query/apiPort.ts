import type { Server } from 'node:http';
import type { HealthReply } from '../client/api.ts';
import { createServer } from '../client/nodeHttp.ts';
import { answer, answerEarly, errorAnswer } from '../receivers/httpAnswer.ts';
import { version } from '../version.ts';
import type { ApiServer, ApiServerOptions } from './apiServer.ts';
import type { VendorApi } from './vendorApi.ts';

/** The server of `--port`. `close` ends what its API holds open; the server itself is closed by whoever listens with it. */
export interface ApiPort {
  readonly server: Server;
  close(): Promise<void>;
}

export interface ApiPortOptions extends ApiServerOptions {
  readonly vendors: readonly VendorApi[];
}

/** A filter of 10,000 characters stands in a query, where one may be nine bytes. Node's own limit is 16 KiB. */
const maxHeaderSize = 128 * 1_024;

/**
 * Answers `/health` by itself and loads the API behind it with the first call: the framework costs a third of the hub's start
 * and 8 MiB, which a hub that only receives need not pay.
 */
export function createApiPort(options: ApiPortOptions): ApiPort {
  let api: Promise<ApiServer> | undefined;
  const load = async (): Promise<ApiServer> => {
    const { createApiServer } = await import('./apiServer.ts');
    const app = createApiServer(options);
    await app.ready();
    return app;
  };
  const server = createServer(
    { keepAliveTimeout: 75_000, requestTimeout: 120_000, maxHeaderSize },
    (request, response) => {
      const refusal = options.guard.refusalOf(request);
      if (refusal !== undefined) {
        answerEarly(request, response, errorAnswer(403, refusal));
        return;
      }
      if (request.url === '/health' && (request.method === 'GET' || request.method === 'HEAD')) {
        const health: HealthReply = { status: 'ok', version, pid: process.pid };
        answer(response, { status: 200, contentType: 'application/json', body: JSON.stringify(health) });
        return;
      }
      const [path = '/'] = (request.url ?? '/').split('?', 1);
      const vendor = options.vendors.find((each) => each.isFor(path, request));
      if (vendor !== undefined) {
        options.activity.touch();
        vendor.handle(request, response).catch((error: unknown) => {
          if (!response.headersSent) {
            const reason = error instanceof Error ? error.message : String(error);
            answerEarly(request, response, errorAnswer(500, `The hub cannot do this now: ${reason}`));
          }
        });
        return;
      }
      api ??= load();
      api.then(
        (app) => app.routing(request, response),
        (error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          answerEarly(request, response, errorAnswer(500, `The hub's API could not be loaded: ${reason}`));
        },
      );
    },
  );
  return { server, close: async () => await (await api)?.close() };
}
