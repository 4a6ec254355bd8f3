import { AsidePacker, type PackedAside } from './asidePacker.ts';
import { bodyBuffers } from './bodyBuffers.ts';
import type { CommitAnswer } from './messages.ts';
import type { ThreadLink } from './threadLink.ts';
import type { AppendResult, Payload } from './telemetryStore.ts';

/** Groups with the writer at once: while it commits one, the next lies ready. */
const groupsOut = 2;
/** A group of this size is compressed before the writer gets it, beside what the writer does; a smaller one would only come later. */
const asideBytes = 65_536;
/** Opening a trace unpacks whole groups, so they stay near 1,000 spans. */
const groupBytes = 640_000;
const groupPayloads = 2000;
const queueBytes = 64 * 1024 * 1024;

interface Waiting {
  readonly payload: Payload;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Groups payloads for the writer. There is no timer: what waits goes out as soon as the writer has fewer than two groups and none is being
 * compressed for it, so a busy writer makes large groups and an idle one answers at once. Bounded in bytes, the groups under way included.
 */
export class AppendQueue {
  readonly #writer: ThreadLink;
  readonly #packer = new AsidePacker();
  readonly #waiting: Waiting[] = [];
  #first = 0;
  #bytes = 0;
  #out = 0;
  #isPacking = false;

  constructor(writer: ThreadLink) {
    this.#writer = writer;
  }

  add(payload: Payload): Promise<AppendResult> {
    // One payload always fits, whatever its size: the receivers bound that.
    if (this.#bytes > 0 && this.#bytes + payload.body.length > queueBytes) {
      return Promise.resolve({ kind: 'overloaded', retryAfterSeconds: 1 });
    }
    this.#bytes += payload.body.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ payload, resolve, reject });
      this.#send();
    });
  }

  #send(): void {
    while (!this.#isPacking && this.#out < groupsOut && this.#first < this.#waiting.length) {
      void this.#sendGroup(this.#takeGroup());
    }
  }

  #takeGroup(): Waiting[] {
    const group: Waiting[] = [];
    let bytes = 0;
    while (this.#first < this.#waiting.length && group.length < groupPayloads) {
      const next = this.#waiting[this.#first] as Waiting;
      if (group.length > 0 && bytes + next.payload.body.length > groupBytes) {
        break;
      }
      bytes += next.payload.body.length;
      group.push(next);
      this.#first += 1;
    }
    if (this.#first === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#first = 0;
    }
    return group;
  }

  async #sendGroup(group: readonly Waiting[]): Promise<void> {
    const bytes = group.reduce((sum, { payload }) => sum + payload.body.length, 0);
    try {
      const packed = bytes < asideBytes ? undefined : await this.#pack(group);
      const results = await this.#commit(group, packed);
      for (const [index, { resolve }] of group.entries()) {
        resolve(results[index] as AppendResult);
      }
    } catch (error) {
      for (const { reject } of group) {
        reject(error as Error);
      }
    } finally {
      this.#bytes -= bytes;
      this.#send();
    }
  }

  /** Compresses a group while the writer is at work on others. */
  async #pack(group: readonly Waiting[]): Promise<PackedAside> {
    this.#isPacking = true;
    try {
      return await this.#packer.pack(group.map(({ payload }) => payload));
    } finally {
      this.#isPacking = false;
    }
  }

  async #commit(group: readonly Waiting[], packed: PackedAside | undefined): Promise<readonly AppendResult[]> {
    const payloads = group.map(({ payload }) => ({ ...payload, body: bodyBuffers.transferable(payload.body) }));
    this.#out += 1;
    try {
      const answer = this.#writer.ask(
        (id) => ({ kind: 'group', id, payloads, ...(packed && { packed }) }),
        [...payloads.map(({ body }) => body.buffer), ...(packed === undefined ? [] : [packed.body.buffer])],
      );
      this.#send();
      const { results, buffers } = (await answer) as CommitAnswer;
      for (const buffer of buffers) {
        bodyBuffers.give(buffer);
      }
      return results;
    } finally {
      this.#out -= 1;
    }
  }
}
