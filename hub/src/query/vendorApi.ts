import type { IncomingMessage, ServerResponse } from 'node:http';

/** An API of a vendor on the hub's port. The guard has let the request through; the token of `/sightline/v1/` is not asked for. */
export interface VendorApi {
  /** Whether a request for a path, without its query, is one of this API's. */
  isFor(path: string, request: IncomingMessage): boolean;
  /** Answers the request, whatever it is. Rejects only where there is a bug or the store has gone; nothing has been written then. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}
