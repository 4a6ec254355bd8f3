import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { CloudWatchLogs, PutLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { CloudWatchSettings } from '../logSettings.ts';

export interface CloudWatchEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** The service has read the batch and will never take it; asking again would only get the same answer. */
export class RefusedBatchError extends Error {
  override readonly name = 'RefusedBatchError';
}

/** Milliseconds that one call may take. */
const patience = 5000;

/** The calls that a writer of log lines needs. None of them is traced: what telemetry sends is no part of any request. */
export class CloudWatchCalls {
  readonly #settings: CloudWatchSettings;
  readonly #say: (sentence: string) => void;
  #client: Promise<CloudWatchLogs> | undefined;
  #isPrepared = false;

  /** `say` tells the person what does not stop the lines. */
  constructor(settings: CloudWatchSettings, say: (sentence: string) => void) {
    this.#settings = settings;
    this.#say = say;
  }

  /** Makes the group with its retention, and the stream, unless this has been done. */
  async prepare(): Promise<void> {
    await context.with(suppressTracing(ROOT_CONTEXT), async () => await this.#prepare());
  }

  /**
   * Sends the events, which must be in the order of time; makes group and stream again where somebody has deleted them. Returns how many
   * events the service took. Throws a `RefusedBatchError`, or any other error when the same may be tried again.
   */
  async put(events: readonly CloudWatchEvent[]): Promise<number> {
    return await context.with(suppressTracing(ROOT_CONTEXT), async () => {
      await this.#prepare();
      try {
        return await this.#putOnce(events);
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) {
          throw isRefusal(error) ? new RefusedBatchError(messageOf(error), { cause: error }) : error;
        }
        this.#isPrepared = false;
        await this.#prepare();
        return await this.#putOnce(events);
      }
    });
  }

  async #prepare(): Promise<void> {
    if (this.#isPrepared) {
      return;
    }
    const { group, stream } = this.#settings;
    const client = await this.#loadClient();
    await ignoringExisting(client.createLogGroup({ logGroupName: group }, inTime()));
    await this.#setRetention(client);
    await ignoringExisting(client.createLogStream({ logGroupName: group, logStreamName: stream }, inTime()));
    this.#isPrepared = true;
  }

  /** Lines can be written without it, so a refusal (a number that is none of the service's, a missing permission) is only said. */
  async #setRetention(client: CloudWatchLogs): Promise<void> {
    const { group, retentionDays } = this.#settings;
    if (retentionDays === 0) {
      return;
    }
    try {
      await client.putRetentionPolicy({ logGroupName: group, retentionInDays: retentionDays }, inTime());
    } catch (error) {
      if (!isRefusal(error)) {
        throw error;
      }
      this.#say(`The log group ${group} keeps the retention it has: ${messageOf(error)}`);
    }
  }

  async #putOnce(events: readonly CloudWatchEvent[]): Promise<number> {
    const { group, stream } = this.#settings;
    const client = await this.#loadClient();
    const answer = await client.putLogEvents(
      { logGroupName: group, logStreamName: stream, logEvents: [...events] },
      inTime(),
    );
    return events.length - rejectedAmong(events.length, answer);
  }

  async #loadClient(): Promise<CloudWatchLogs> {
    this.#client ??= makeClient(this.#settings);
    return await this.#client;
  }
}

async function makeClient({ endpoint, region, credentials }: CloudWatchSettings): Promise<CloudWatchLogs> {
  // Only now: the SDK takes a while to load, and most starts of the sample have no use for it.
  const aws = await import('@aws-sdk/client-cloudwatch-logs');
  return new aws.CloudWatchLogs({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
    // Whoever calls tries again in its own time.
    maxAttempts: 1,
  });
}

function inTime(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(patience) };
}

async function ignoringExisting(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isNamed(error, 'ResourceAlreadyExistsException')) {
      throw error;
    }
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** The caller's fault, in the words of the SDK. Being too fast is one as well, but passes. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error &&
    '$fault' in error &&
    error.$fault === 'client' &&
    !/throttl|limitexceeded/i.test(error.name)
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Both ends are exclusive, the start is not (API reference, RejectedLogEventsInfo). */
function rejectedAmong(count: number, { rejectedLogEventsInfo }: PutLogEventsResponse): number {
  const {
    tooOldLogEventEndIndex = 0,
    expiredLogEventEndIndex = 0,
    tooNewLogEventStartIndex = count,
  } = rejectedLogEventsInfo ?? {};
  return Math.max(tooOldLogEventEndIndex, expiredLogEventEndIndex) + (count - tooNewLogEventStartIndex);
}
