import type { RequestHandler } from 'express';
import { HttpError } from '../httpError.ts';
import type { Log } from '../telemetry/log.ts';

/** Milliseconds. */
const patience = 3000;

/** Passes on what another server says, over HTTP: the call that shows a remote node in the trace and on the map. */
export function announcements(remoteUrl: () => string, log: Log): RequestHandler {
  return async (_request, response) => {
    response.json(await askRemote(remoteUrl(), log));
  };
}

async function askRemote(url: string, log: Log): Promise<unknown> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(patience) });
    if (reply.ok) {
      return await reply.json();
    }
  } catch (error) {
    // Refused, too slow, or no JSON: the same to the caller, and the client span has the details.
    log.error(`Announcements could not be loaded from ${url}: ${String(error)}`);
  }
  throw new HttpError(502, ['announcements_unavailable']);
}
