/** What SDKs reported of one rule. */
export interface SamplingCounts {
  readonly requests: number;
  /** From the quota or by the rate. */
  readonly sampled: number;
  /** Kept without a quota: at most one a second and client. */
  readonly borrowed: number;
}

const bucketSeconds = 10;
const buckets = 60;
const mostClients = 20_000;

/** The counts of one rule over the last ten minutes, in buckets of ten seconds: SDKs report no finer. */
export class SamplingStatistics {
  readonly #requests = new Float64Array(buckets);
  readonly #sampled = new Float64Array(buckets);
  readonly #borrowed = new Float64Array(buckets);
  /** The bucket of each client's last report, by the client's id; the one that reported longest ago first. */
  readonly #clients = new Map<string, number>();
  /** Number of the newest bucket, counted from the epoch. */
  #newest = 0;

  /** `now` is epoch seconds. */
  add({ requests, sampled, borrowed }: SamplingCounts, now: number, clientId = ''): void {
    const newest = this.#advance(now);
    this.#noteClient(clientId, newest);
    const at = newest % buckets;
    this.#requests[at] = (this.#requests[at] ?? 0) + requests;
    this.#sampled[at] = (this.#sampled[at] ?? 0) + sampled;
    this.#borrowed[at] = (this.#borrowed[at] ?? 0) + borrowed;
  }

  /** The sum over the last `seconds`, at most ten minutes. */
  last(seconds: number, now: number): SamplingCounts {
    const newest = this.#advance(now);
    const wanted = Math.min(buckets, Math.ceil(seconds / bucketSeconds));
    let [requests, sampled, borrowed] = [0, 0, 0];
    for (let bucket = Math.max(0, newest - wanted + 1); bucket <= newest; bucket += 1) {
      requests += this.#requests[bucket % buckets] ?? 0;
      sampled += this.#sampled[bucket % buckets] ?? 0;
      borrowed += this.#borrowed[bucket % buckets] ?? 0;
    }
    return { requests, sampled, borrowed };
  }

  /** Clients that reported over the last `seconds`, as `last` counts them. */
  countClients(seconds: number, now: number): number {
    const oldest = this.#advance(now) - Math.min(buckets, Math.ceil(seconds / bucketSeconds)) + 1;
    return [...this.#clients.values()].filter((bucket) => bucket >= oldest).length;
  }

  #noteClient(clientId: string, newest: number): void {
    this.#clients.delete(clientId);
    this.#clients.set(clientId, newest);
    for (const [id, bucket] of this.#clients) {
      if (bucket > newest - buckets && this.#clients.size <= mostClients) {
        return;
      }
      this.#clients.delete(id);
    }
  }

  /** Empties what has fallen out of the ten minutes. A clock that was set back counts into the newest bucket. */
  #advance(now: number): number {
    const bucket = Math.max(this.#newest, Math.floor(now / bucketSeconds));
    const passed = Math.min(buckets, bucket - this.#newest);
    for (let step = 0; step < passed; step += 1) {
      const at = (bucket - step) % buckets;
      this.#requests[at] = 0;
      this.#sampled[at] = 0;
      this.#borrowed[at] = 0;
    }
    this.#newest = bucket;
    return bucket;
  }
}
