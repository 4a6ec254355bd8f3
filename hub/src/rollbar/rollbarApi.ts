import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VendorApi } from '../query/vendorApi.ts';
import { tokenCheck } from '../query/token.ts';
import { answer, answerEarly } from '../receivers/httpAnswer.ts';
import { BodyReader } from '../receivers/requestBody.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { ItemReceiver } from './itemReceiver.ts';
import type { MinuteLimit } from './minuteLimit.ts';
import { PatchedItem } from './patchedItem.ts';
import { refusal } from './rollbarAnswer.ts';
import { RollbarReads } from './rollbarReads.ts';

export interface RollbarOptions {
  readonly store: Pick<TelemetryStore, 'errors' | 'recordProblem' | 'countDropped'>;
  /** What reading and changing calls have to carry; `undefined` takes any, and none. */
  readonly readToken: string | undefined;
  /** `undefined` takes as many items as come. */
  readonly limit: MinuteLimit | undefined;
  /** Told about calls that this version does not serve. */
  readonly onUnservedCall: () => void;
}

const prefix = '/api/1';
/** Rollbar's own limit has changed over the years (128 kB, 512 kB, 1 MB); an app that passes it should still be seen here. */
const bodyLimits = { maxBytes: 16 * 2 ** 20, maxBytesInFlight: 64 * 2 ** 20 };

/** Rollbar's API (docs.rollbar.com, API reference): items come in by anybody, and are read and changed under the hub's read token. */
export function createRollbarApi({ store, readToken, limit, onUnservedCall }: RollbarOptions): VendorApi {
  const bodies = new BodyReader(bodyLimits);
  const items = new ItemReceiver(store, bodies, limit);
  const reads = new RollbarReads(store.errors);
  const patches = new PatchedItem(store.errors, bodies);
  const isReader = readToken === undefined ? () => true : tokenCheck(readToken);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '' } = request;
    const [path = '', search = ''] = url.split('?', 2);
    const call = `${method} ${path.slice(prefix.length).replace(/\/+$/, '')}`;
    if (call === 'POST /item') {
      await items.receive(request, response);
      return;
    }
    const query = new URLSearchParams(search);
    if (!isReader(tokenOf(request, query))) {
      const message =
        "invalid access token: this needs the hub's own, which terminals of the editor have as ROLLBAR_READ_TOKEN: the content of the file rollbar-read-token in its data directory.";
      answerEarly(request, response, refusal(401, message));
      return;
    }
    const patched = /^PATCH \/item\/(\d{1,15})$/.exec(call)?.[1];
    if (patched !== undefined) {
      await patches.receive(Number(patched), request, response);
      return;
    }
    const reply = method === 'GET' ? await reads.answer(call.slice('GET '.length), query) : undefined;
    if (reply === undefined) {
      onUnservedCall();
      const message = `Sightline's local hub does not serve ${method} ${path.slice(0, 100)}.`;
      answerEarly(request, response, refusal(404, message));
      return;
    }
    answer(response, reply);
  }

  return { isFor: (path) => path.startsWith(`${prefix}/`), handle };
}

/** The header, or the parameter that older clients send. */
function tokenOf({ headers }: IncomingMessage, query: URLSearchParams): string | undefined {
  const header = headers['x-rollbar-access-token'];
  return typeof header === 'string' ? header : (query.get('access_token') ?? undefined);
}
