interface Client {
  /** Requests a second of the rule that it reported last. */
  readonly demand: number;
  readonly quota: number;
  /** Epoch seconds. */
  readonly at: number;
}

/** Seconds for which a quota holds: two reports may be missed. A client that is silent for longer has given its share back. */
export const quotaSeconds = 30;
/** Seconds from one report of a client to the next. */
export const reportInterval = 10;
const mostClients = 20_000;

/**
 * Splits one rule's reservoir between the clients that report, by how many requests each has.
 * Invariant: the quotas that hold at any moment are at most the reservoir together, once every client has reported since it was changed. What
 * is to be moved from one client to another is therefore first given back, with the report of the one, before the other gets it.
 */
export class ReservoirShares {
  /** The one that reported longest ago first. */
  readonly #clients = new Map<string, Client>();
  #demand = 0;
  #quotas = 0;

  /** The requests a second that a client may keep from the reservoir until its quota ends. `now` is epoch seconds. */
  quotaFor(clientId: string, requests: number, reservoir: number, now: number): number {
    this.#forgetSilent(now);
    const before = this.#clients.get(clientId);
    const elapsed = before === undefined ? reportInterval : Math.max(1, now - before.at);
    this.#remove(clientId);
    const demand = Math.max(1, requests) / elapsed;
    const wanted = Math.ceil((reservoir * demand) / (this.#demand + demand));
    const quota = Math.max(0, Math.min(wanted, reservoir - this.#quotas));
    this.#clients.set(clientId, { demand, quota, at: now });
    this.#demand += demand;
    this.#quotas += quota;
    if (this.#clients.size > mostClients) {
      this.#removeFirst();
    }
    return quota;
  }

  #forgetSilent(now: number): void {
    for (const [clientId, { at }] of this.#clients) {
      if (now - at <= quotaSeconds) {
        return;
      }
      this.#remove(clientId);
    }
  }

  #removeFirst(): void {
    for (const [clientId] of this.#clients) {
      this.#remove(clientId);
      return;
    }
  }

  #remove(clientId: string): void {
    const client = this.#clients.get(clientId);
    if (client !== undefined) {
      this.#clients.delete(clientId);
      // Without a client there is no rounding left over either.
      this.#demand = this.#clients.size === 0 ? 0 : this.#demand - client.demand;
      this.#quotas -= client.quota;
    }
  }
}
