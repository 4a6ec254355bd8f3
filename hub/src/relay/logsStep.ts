import type { RelaySettlement } from '../store/relay/relayStore.ts';
import type { Delivery } from './delivery.ts';
import type { Outbox, Step } from './lane.ts';
import type { LogBatch, LogPage, LogPages } from './logPages.ts';

/** What is written down before a batch goes out. */
interface Progress {
  readonly group: number;
  readonly until: number;
  /** How many batches of each stream are done. */
  readonly done: Readonly<Record<string, number>>;
  /** Whether one more is under way. */
  readonly isSending: boolean;
}

type Results = Pick<RelaySettlement, 'sent' | 'repeated' | 'dropped' | 'refused'> & { readonly sent: number };

const nothing: Results = { sent: 0 };

/**
 * Batch after batch of log events, in order. CloudWatch Logs cannot tell a batch that it has already, so one is under way at a time, and it is
 * written down before it goes out that it does.
 *
 * Invariant: a crash sends at most one batch again, and the one that may have arrived before is counted as repeated.
 */
export function logsStep(outbox: Outbox, pages: LogPages): Step {
  let begun = parseProgress(outbox.position('logs').progress);
  return async (delivery, signal) => {
    const page = pages.next(begun) ?? pages.next();
    if (page === undefined) {
      return false;
    }
    const isBegun = begun?.group === page.group && begun.until === page.until;
    const before = isBegun ? begun : undefined;
    begun = undefined;
    try {
      await sendPage({ outbox, page, before, delivery, signal });
    } catch (error) {
      begun = parseProgress(outbox.position('logs').progress);
      throw error;
    }
    return true;
  };
}

async function sendPage({
  outbox,
  page,
  before,
  delivery,
  signal,
}: {
  readonly outbox: Outbox;
  readonly page: LogPage;
  readonly before: Progress | undefined;
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { group, until } = page;
  const done: Record<string, number> = { ...before?.done };
  const settle = async (results: Results, rest: Partial<RelaySettlement>): Promise<void> =>
    await outbox.settle({ destination: 'logs', settled: 0, ...results, ...rest });
  // What was under way at the end of the last run may have arrived.
  let results: Results = before?.isSending === true ? { sent: 0, repeated: 1 } : nothing;
  for (const batch of remaining(page.batches, done)) {
    const progress: Progress = { group, until, done, isSending: true };
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what keeps the order.
    await settle(results, { progress: JSON.stringify(progress) });
    // oxlint-disable-next-line no-await-in-loop -- as above.
    results = await deliverBatch(batch, delivery, signal);
    done[batch.stream] = (done[batch.stream] ?? 0) + 1;
  }
  const dropped = (results.dropped ?? 0) + page.dropped;
  await settle({ ...results, dropped }, { logs: { group, sequence: until }, progress: null });
}

async function deliverBatch({ item, events }: LogBatch, delivery: Delivery, signal: AbortSignal): Promise<Results> {
  const { arrived, refused, repeated, lost } = await delivery.deliver([item], signal);
  return {
    sent: arrived === 0 ? 0 : events - lost,
    repeated,
    dropped: lost,
    refused: refused.map((record) => ({ ...record, records: events })),
  };
}

/** The batches of a page without the first ones of each stream that are done. */
function remaining(batches: readonly LogBatch[], done: Readonly<Record<string, number>>): readonly LogBatch[] {
  const seen = new Map<number, number>();
  return batches.filter(({ stream }) => {
    const number = (seen.get(stream) ?? 0) + 1;
    seen.set(stream, number);
    return number > (done[stream] ?? 0);
  });
}

function parseProgress(text: string | null): Progress | undefined {
  return text === null ? undefined : (JSON.parse(text) as Progress);
}
