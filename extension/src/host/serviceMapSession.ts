import type { ChangeEvent } from '@sightline/hub/client/api';
import type { ServiceMapQuery } from '@sightline/hub/client/hubClient';
import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import {
  readMapChoice,
  type ServiceMapBeginning,
  type ServiceMapChoice,
  type ServiceMapNews,
  type ServiceMapQuestions,
  type ServiceMapScope,
  type ServiceMapView,
} from '../contracts/serviceMap.ts';
import type { Answers } from '../contracts/peer.ts';
import { Disposable, type Disposer } from '../lifetime.ts';
import type { MapSource } from '../sources/mapSource.ts';
import { UserError } from '../userError.ts';

/** What a map needs of the editor around it. */
export interface ServiceMapDesk {
  tell<K extends keyof ServiceMapNews>(name: K, news: ServiceMapNews[K]['asks']): void;
  filterTraces(expression: string): Promise<void>;
  start(): Promise<void>;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls back once, after some milliseconds, unless it is disposed before. */
  after(millis: number, callback: () => void): Disposer;
}

/** Milliseconds from one answer to the next question while requests come: numbers that change faster cannot be read. */
const busyPace = 1000;

/**
 * What stands behind one service map.
 * Invariant: at most one question is under way, and none is asked while the map is hidden.
 */
export class ServiceMapSession extends Disposable {
  readonly #source: MapSource;
  readonly #scope: ServiceMapScope;
  readonly #desk: ServiceMapDesk;
  #choice: ServiceMapChoice;
  #isVisible = false;
  #hasBegun = false;
  /** The question that is under way. */
  #asking: Promise<ServiceMapView> | undefined;
  #abort: AbortController | undefined;
  #isNewsDue = false;
  #feed: Disposer | undefined;
  #timer: Disposer | undefined;

  constructor(source: MapSource, scope: ServiceMapScope, desk: ServiceMapDesk, choice: ServiceMapChoice) {
    super();
    this.#source = source;
    this.#scope = scope;
    this.#desk = desk;
    this.#choice = choice;
    this.register(source.onDidChangeState(() => this.#onSourceState()));
    this.register({ dispose: () => this.setVisible(false) });
  }

  readonly answers: Answers<ServiceMapQuestions> = {
    begin: () => this.#begin(),
    choose: async (asked) => {
      const choice = readMapChoice(asked);
      if (choice === undefined) {
        throw new UserError('The map cannot show that.');
      }
      this.#choice = choice;
      return await this.#load();
    },
    filterTraces: async ({ expression }) => {
      // What a webview says is not trusted; the command takes a filter and nothing else.
      if (typeof expression !== 'string' || !parseFilterExpression(expression).ok) {
        throw new UserError('This is no filter expression.');
      }
      await this.#desk.filterTraces(expression);
      return undefined;
    },
    start: async () => {
      await this.#desk.start();
      return undefined;
    },
  };

  /** Shows what was chosen from outside. */
  show(choice: Partial<ServiceMapChoice>): void {
    this.#choice = { ...this.#choice, ...choice };
    if (this.#hasBegun && this.#isVisible) {
      this.#desk.tell('restarted', undefined);
    }
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible) {
      this.#feed ??= this.#source.onDidChange((change) => this.#onChange(change));
      return;
    }
    this.#feed?.dispose();
    this.#feed = undefined;
    this.#stopTimer();
    this.#asking = undefined;
    this.#abort?.abort();
    // A hidden map has no document any more, and begins anew when it is shown.
    this.#hasBegun = false;
  }

  async #begin(): Promise<ServiceMapBeginning> {
    const view = await this.#load();
    this.#hasBegun = true;
    return { scope: this.#scope, choice: this.#choice, view };
  }

  /** What there is to see now. Rejects only where the map is hidden meanwhile. */
  async #load(): Promise<ServiceMapView> {
    this.#stopTimer();
    this.#isNewsDue = false;
    this.#abort?.abort();
    this.#abort = new AbortController();
    const asking = this.#ask(this.#abort.signal);
    this.#asking = asking;
    try {
      return await asking;
    } catch (error) {
      // Whoever asked before gets the answer to what is wanted now.
      if (this.#asking !== undefined && this.#asking !== asking) {
        return await this.#asking;
      }
      throw error;
    } finally {
      if (this.#asking === asking) {
        this.#asking = undefined;
        this.#lookLater();
      }
    }
  }

  async #ask(signal: AbortSignal): Promise<ServiceMapView> {
    const { state } = this.#source;
    switch (state.kind) {
      case 'stopped':
        return { kind: 'off' };
      case 'connecting':
        return { kind: 'connecting' };
      case 'failed':
        return { kind: 'failed', message: state.message };
      case 'ready':
        break;
    }
    try {
      const map = await this.#source.loadServiceMap(this.#query(), signal);
      signal.throwIfAborted();
      return { kind: 'map', map };
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'failed', message: messageOf(error) };
    }
  }

  #query(): ServiceMapQuery {
    const { traceId } = this.#scope;
    if (traceId !== undefined) {
      return { trace: traceId };
    }
    const { minutes, filter } = this.#choice;
    const from = String(BigInt(this.#desk.now() - minutes * 60_000) * 1_000_000n);
    return filter.trim() === '' ? { from } : { from, filter };
  }

  #onChange({ traces, removed }: ChangeEvent): void {
    const { traceId } = this.#scope;
    const concerns = traceId === undefined ? traces.length > 0 : traces === 'many' || traces.includes(traceId);
    if (removed || concerns) {
      this.#lookSoon();
    }
  }

  #onSourceState(): void {
    if (this.#hasBegun && this.#isVisible) {
      void this.#look();
    }
  }

  #lookSoon(): void {
    if (!this.#isNewsDue) {
      this.#isNewsDue = true;
      this.#lookLater();
    }
  }

  #lookLater(): void {
    if (!this.#isVisible || this.isDisposed || this.#asking !== undefined) {
      return;
    }
    if (this.#isNewsDue || this.#scope.traceId === undefined) {
      this.#stopTimer();
      this.#timer = this.#desk.after(this.#isNewsDue ? busyPace : this.#source.quietPace, () => this.#lookNow());
    }
  }

  #lookNow(): void {
    // Requests leave the time range though nothing comes, but that alone is no reason to ask against a cap.
    if (this.#isNewsDue || this.#source.mayAskByItself()) {
      void this.#look();
    } else {
      this.#lookLater();
    }
  }

  async #look(): Promise<void> {
    try {
      const view = await this.#load();
      if (this.#hasBegun) {
        this.#desk.tell('viewChanged', view);
      }
    } catch (error) {
      if (this.#isVisible) {
        throw error;
      }
    }
  }

  #stopTimer(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof UserError ? error.message : `The service map could not be loaded: ${String(error)}`;
}
