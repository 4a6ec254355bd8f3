import type { RelayDestination } from '../client/relayApi.ts';
import { deliverAll, type Outbox, type Step } from './lane.ts';
import type { Sender } from './outcome.ts';
import type { Source } from './rawSource.ts';

/**
 * Page after page of records that need no order among themselves. A page is settled once all of it has arrived or been refused; the settling of one
 * goes on beside the sending of the next. A crash sends a page again, so this is for destinations that tell records apart by their ids, or that
 * have no way to be told.
 */
export function pagedStep(destination: RelayDestination, outbox: Outbox, source: Source, sender: Sender): Step {
  let { position } = outbox.position(destination);
  let settling: Promise<unknown> = Promise.resolve();
  return async (delivery, signal) => {
    const page = source.next(position);
    if (page === undefined) {
      await settling;
      return false;
    }
    const { arrived, refused, repeated } = await deliverAll(sender, delivery, page.items, signal);
    if (refused.length === 0) {
      // V8 would collect what lies outside of its heap only when there are some 60 MB of it.
      page.release?.();
    }
    await settling;
    position = page.position;
    if (page.items.length > 0 || page.dropped > 0) {
      const { dropped } = page;
      const settled = page.items.length;
      settling = outbox.settle({ destination, position, settled, sent: arrived, repeated, refused, dropped });
      // Awaited by the next step; until then a failure is not a surprise.
      settling.catch(() => undefined);
    }
    return true;
  };
}
