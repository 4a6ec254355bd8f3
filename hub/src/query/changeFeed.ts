import type { ServerResponse } from 'node:http';
import type { ChangeEvent } from '../client/api.ts';

/** A reader whose connection holds more than this unsent gets one merged change when it has caught up. */
const laggingBytes = 256 * 1024;
const maxTraces = 200;
const maxLogGroups = 100;

export interface ChangeFeedOptions {
  /** A first change is sent at once, those of the following so many milliseconds together. */
  readonly pauseMillis?: number;
  readonly heartbeatMillis?: number;
}

/** Server-sent events about what changed in the store, for any number of readers; slow readers cost no memory. */
export class ChangeFeed {
  readonly #pauseMillis: number;
  readonly #readers = new Set<Reader>();
  readonly #heartbeat: NodeJS.Timeout;
  #pending: ChangeEvent | undefined;
  #pause: NodeJS.Timeout | undefined;
  #revision = 0;

  constructor({ pauseMillis = 100, heartbeatMillis = 15_000 }: ChangeFeedOptions = {}) {
    this.#pauseMillis = pauseMillis;
    this.#heartbeat = setInterval(() => this.#each((reader) => reader.beat()), heartbeatMillis);
    this.#heartbeat.unref();
  }

  /** Takes a change of the store. */
  publish(change: ChangeEvent): void {
    this.#revision = change.revision;
    this.#take(change);
  }

  /** Tells that the sampling rules have changed, which the store does not know. */
  publishSampling(): void {
    const nothing = { revision: this.#revision, traces: [], logs: false, problems: false, removed: false };
    this.#take({ ...nothing, sampling: true });
  }

  #take(change: ChangeEvent): void {
    this.#pending = merge(this.#pending, change);
    if (this.#pause === undefined) {
      this.#send();
    }
  }

  /**
   * Writes the head and then every change to a response until it is closed. A reader that says which change it saw last
   * (`Last-Event-ID`) gets one at once that covers what it missed.
   */
  attach(response: ServerResponse, lastEventId: string | undefined): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const reader = new Reader(response);
    this.#readers.add(reader);
    response.on('close', () => this.#readers.delete(reader));
    reader.beat();
    if (lastEventId !== undefined && lastEventId !== String(this.#revision)) {
      reader.send({
        revision: this.#revision,
        traces: 'many',
        logs: true,
        errors: true,
        sampling: true,
        problems: true,
        removed: true,
      });
    }
  }

  /** Ends every reader's response. */
  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#pause);
    this.#each((reader) => reader.end());
  }

  #send(): void {
    this.#pause = undefined;
    const change = this.#pending;
    if (change === undefined) {
      return;
    }
    this.#pending = undefined;
    this.#each((reader) => reader.send(change));
    this.#pause = setTimeout(() => this.#send(), this.#pauseMillis);
    this.#pause.unref();
  }

  #each(act: (reader: Reader) => void): void {
    for (const reader of this.#readers) {
      act(reader);
    }
  }
}

class Reader {
  readonly #response: ServerResponse;
  #missed: ChangeEvent | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('drain', () => {
      const missed = this.#missed;
      this.#missed = undefined;
      if (missed !== undefined) {
        this.send(missed);
      }
    });
  }

  send(change: ChangeEvent): void {
    if (this.#response.writableLength > laggingBytes) {
      this.#missed = merge(this.#missed, change);
      return;
    }
    this.#response.write(`event: change\nid: ${change.revision}\ndata: ${JSON.stringify(change)}\n\n`);
  }

  beat(): void {
    if (this.#response.writableLength === 0) {
      this.#response.write(': still here\n\n');
    }
  }

  end(): void {
    this.#response.end();
  }
}

/** Two changes as one. */
export function merge(earlier: ChangeEvent | undefined, later: ChangeEvent): ChangeEvent {
  if (earlier === undefined) {
    return later;
  }
  return {
    revision: later.revision,
    traces: mergeTraces(earlier.traces, later.traces),
    logs: earlier.logs || later.logs,
    ...mergeLogGroups(earlier, later),
    ...((earlier.errors === true || later.errors === true) && { errors: true }),
    ...((earlier.sampling === true || later.sampling === true) && { sampling: true }),
    problems: earlier.problems || later.problems,
    removed: earlier.removed || later.removed,
  };
}

/** Names only where every change of logs had some: without names any group may have changed. */
function mergeLogGroups(earlier: ChangeEvent, later: ChangeEvent): Pick<ChangeEvent, 'logGroups'> {
  const withLogs = [earlier, later].filter(({ logs }) => logs);
  const names = new Set(withLogs.flatMap(({ logGroups = [] }) => logGroups));
  const isKnown = withLogs.every(({ logGroups }) => logGroups !== undefined) && names.size <= maxLogGroups;
  return isKnown && names.size > 0 ? { logGroups: [...names] } : {};
}

function mergeTraces(earlier: ChangeEvent['traces'], later: ChangeEvent['traces']): ChangeEvent['traces'] {
  if (earlier === 'many' || later === 'many') {
    return 'many';
  }
  const both = new Set([...earlier, ...later]);
  return both.size > maxTraces ? 'many' : [...both];
}
