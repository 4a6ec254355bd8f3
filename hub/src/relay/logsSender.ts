import { BodyBuffers } from '../store/bodyBuffers.ts';
import type { AwsAnswer, AwsCalls } from './awsCalls.ts';
import { requireArrival, type Item, type Outcome, type Sender } from './outcome.ts';

/** What an item of logs is about. Its body is the JSON of `logEvents`, in the order of time. */
export interface LogBatchAbout {
  readonly group: string;
  readonly stream: string;
  readonly retentionDays?: number;
  readonly events: number;
  /** Of the messages. */
  readonly bytes: number;
}

/**
 * Sends batches by PutLogEvents, each a request; the group and the stream are created where they are missing, and a group that was created gets
 * its retention. A group that is there stays as it is.
 */
export class LogsSender implements Sender {
  readonly #calls: AwsCalls;
  readonly #retentionDays: number | undefined;
  readonly #buffers = new BodyBuffers();

  constructor(calls: AwsCalls, retentionDays: number | undefined) {
    this.#calls = calls;
    this.#retentionDays = retentionDays;
  }

  split(items: readonly Item[]): readonly (readonly Item[])[] {
    return items.map((item) => [item]);
  }

  async send([item]: readonly Item[], signal: AbortSignal): Promise<Outcome> {
    if (item === undefined) {
      return { kind: 'arrived' };
    }
    const about = JSON.parse(item.about) as LogBatchAbout;
    const put = async (): Promise<AwsAnswer> => await this.#put(about, item.body, signal);
    const answer = await put();
    if (answer.kind === 'trouble' && answer.code === 'ResourceNotFoundException') {
      const trouble = await this.#create(about, signal);
      return trouble ?? outcomeOf(await put(), about.events);
    }
    return outcomeOf(answer, about.events);
  }

  async test(signal: AbortSignal): Promise<string> {
    const group = '/sightline/test';
    const about: LogBatchAbout = { group, stream: 'test', retentionDays: 1, events: 1, bytes: 14 };
    const body = Buffer.from(JSON.stringify([{ timestamp: Date.now(), message: 'Sightline test' }]));
    requireArrival(await this.send([{ about: JSON.stringify(about), body }], signal));
    return `CloudWatch Logs takes events. A test line has been sent to the group "${group}".`;
  }

  close(): void {
    this.#calls.close();
  }

  async #put({ group, stream }: LogBatchAbout, events: Uint8Array, signal: AbortSignal): Promise<AwsAnswer> {
    const names = JSON.stringify({ logGroupName: group, logStreamName: stream });
    const opening = Buffer.from(`${names.slice(0, -1)},"logEvents":`);
    // A copy: a connection that is slow to end may still look at it when the events' memory is used for the next batch.
    const body = this.#buffers.take(opening.length + events.length + 1);
    body.set(opening);
    body.set(events, opening.length);
    body.write('}', body.length - 1);
    const answer = await this.#calls.call('PutLogEvents', body, signal);
    if (answer.kind === 'done' && answer.isBodySent) {
      this.#buffers.give(body.buffer);
    }
    return answer;
  }

  /** Answers what went wrong. */
  async #create({ group, stream, retentionDays }: LogBatchAbout, signal: AbortSignal): Promise<Outcome | undefined> {
    const days = retentionDays ?? this.#retentionDays;
    const created = await this.#calls.call('CreateLogGroup', JSON.stringify({ logGroupName: group }), signal);
    const isNew = created.kind === 'done';
    const retained =
      isNew && days !== undefined
        ? await this.#calls.call(
            'PutRetentionPolicy',
            JSON.stringify({ logGroupName: group, retentionInDays: days }),
            signal,
          )
        : created;
    const names = JSON.stringify({ logGroupName: group, logStreamName: stream });
    const streamed = await this.#calls.call('CreateLogStream', names, signal);
    return [created, retained, streamed].map(troubleOf).find((trouble) => trouble !== undefined);
  }
}

/** Another relay, or the app itself, may have been quicker. */
function troubleOf(answer: AwsAnswer): Outcome | undefined {
  return answer.kind === 'done' || answer.code === 'ResourceAlreadyExistsException' ? undefined : answer.outcome;
}

/** What AWS says that it did not keep of a batch that it took. */
function lostIn(output: unknown, events: number): Pick<Extract<Outcome, { kind: 'arrived' }>, 'lost'> {
  const { rejectedLogEventsInfo: info } = output as {
    readonly rejectedLogEventsInfo?: {
      readonly tooNewLogEventStartIndex?: number;
      readonly tooOldLogEventEndIndex?: number;
      readonly expiredLogEventEndIndex?: number;
    };
  };
  if (info === undefined || info === null) {
    return {};
  }
  const { tooNewLogEventStartIndex: tooNew, tooOldLogEventEndIndex: tooOld, expiredLogEventEndIndex: expired } = info;
  const count = Math.min(events, Math.max(tooOld ?? 0, expired ?? 0) + (tooNew === undefined ? 0 : events - tooNew));
  return count === 0
    ? {}
    : { lost: { count, reason: 'CloudWatch Logs did not keep lines that are too old or too new.' } };
}

function outcomeOf(answer: AwsAnswer, events: number): Outcome {
  if (answer.kind === 'done') {
    return { kind: 'arrived', ...lostIn(answer.output, events) };
  }
  // An answer of older days: the batch is there.
  return answer.code === 'DataAlreadyAcceptedException' ? { kind: 'arrived' } : answer.outcome;
}
