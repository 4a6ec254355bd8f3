import type { Server } from 'node:http';
import type { XRayApi } from '../aws/xrayApi.ts';
import { createServer } from '../client/nodeHttp.ts';
import type { Guard } from '../guard.ts';
import { answerEarly, errorAnswer } from './httpAnswer.ts';

export interface XRayTcpOptions {
  readonly api: XRayApi;
  readonly guard: Guard;
  readonly onActivity: () => void;
}

/**
 * The X-Ray daemon's TCP side. A daemon hands every path on to AWS, SDKs call it unsigned, and a daemon in front of this hub sends its
 * batches here: so it is the whole API.
 */
export function createXRayTcpServer({ api, guard, onActivity }: XRayTcpOptions): Server {
  return createServer({ keepAliveTimeout: 75_000, requestTimeout: 120_000 }, (request, response) => {
    const refusal = guard.refusalOf(request);
    if (refusal !== undefined) {
      answerEarly(request, response, errorAnswer(403, refusal));
      return;
    }
    onActivity();
    void api.handle(request, response, 'xrayTcp');
  });
}
