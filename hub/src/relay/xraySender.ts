import { randomBytes } from 'node:crypto';
import type { AwsCalls } from './awsCalls.ts';
import { requireArrival, type Item, type Outcome, type Sender } from './outcome.ts';

/** As many as the X-Ray daemon puts into a request (its configuration, "batch size"). */
const documentsInRequest = 50;
const requestBytes = 1_000_000;

/** Sends segment documents by PutTraceSegments. X-Ray knows a document by its id, so one that is sent again is the same one. */
export class XRaySender implements Sender {
  readonly #calls: AwsCalls;

  constructor(calls: AwsCalls) {
    this.#calls = calls;
  }

  split(items: readonly Item[]): readonly (readonly Item[])[] {
    const requests: Item[][] = [];
    let bytes = 0;
    for (const item of items) {
      const last = requests.at(-1);
      bytes += item.body.length;
      if (last === undefined || last.length === documentsInRequest || bytes > requestBytes) {
        requests.push([item]);
        bytes = item.body.length;
      } else {
        last.push(item);
      }
    }
    return requests;
  }

  async send(items: readonly Item[], signal: AbortSignal): Promise<Outcome> {
    const documents = items.map(({ body }) => Buffer.from(body.buffer, body.byteOffset, body.length).toString());
    const input = JSON.stringify({ TraceSegmentDocuments: documents });
    const answer = await this.#calls.call('/TraceSegments', input, signal);
    return answer.kind === 'done' ? outcomeOf(answer.output, documents) : answer.outcome;
  }

  /** The call itself is the check: whoever may do it can do all that the relay does. */
  async test(signal: AbortSignal): Promise<string> {
    const now = Date.now() / 1000;
    const epoch = Math.floor(now).toString(16).padStart(8, '0');
    const trace_id = `1-${epoch}-${randomBytes(12).toString('hex')}`;
    const id = randomBytes(8).toString('hex');
    const segment = { name: 'sightline-test', id, trace_id, start_time: now, end_time: now };
    requireArrival(await this.send([{ about: 'xray-segment', body: Buffer.from(JSON.stringify(segment)) }], signal));
    return `X-Ray takes segments. A test trace ${trace_id} of the service "sightline-test" has been sent.`;
  }

  close(): void {
    this.#calls.close();
  }
}

interface Unprocessed {
  readonly Id?: string;
  readonly ErrorCode?: string;
  readonly Message?: string;
}

function outcomeOf(output: unknown, documents: readonly string[]): Outcome {
  const { UnprocessedTraceSegments: unprocessed = [] } = output as {
    UnprocessedTraceSegments?: readonly Unprocessed[];
  };
  if (unprocessed.length === 0) {
    return { kind: 'arrived' };
  }
  const refused: { at: number; reason: string }[] = [];
  const again: number[] = [];
  let againBecause: string | undefined;
  for (const { Id: id = '', ErrorCode: code = '', Message: message = '' } of unprocessed) {
    // One without an id can only be what was sent alone.
    const at =
      id === '' && documents.length === 1 ? 0 : documents.findIndex((document) => id !== '' && document.includes(id));
    if (/thrott|internal|unavailable|limit/i.test(code)) {
      againBecause = `X-Ray could not take a part (${code}).`;
      again.push(at);
    } else {
      refused.push({
        at,
        reason: `X-Ray refused it (${code})${message === '' ? '' : `: ${message.replace(/\.$/, '')}`}.`,
      });
    }
  }
  if ([...again, ...refused.map(({ at }) => at)].includes(-1)) {
    // Which one is meant cannot be told: halves are tried.
    return { kind: 'refused', reason: refused[0]?.reason ?? againBecause ?? 'X-Ray did not take all of it.' };
  }
  return { kind: 'arrived', refused, again, ...(againBecause !== undefined && { againBecause }) };
}
