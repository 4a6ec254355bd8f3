import type { FastifyReply } from 'fastify';

/** Aborted when the caller goes away before it has its answer. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const abandoned = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) {
      abandoned.abort();
    }
  });
  return abandoned.signal;
}
