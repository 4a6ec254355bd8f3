import type { ChangeEvent } from '@sightline/hub/client/api';
import { Disposable, Emitter, type Disposer, type Event } from '../../lifetime.ts';
import type { Pacer } from '../liveQuestion.ts';
import type { SourceState } from '../traceSource.ts';
import type { AwsAccount } from './awsAccount.ts';
import type { ReadDestination } from './readMeter.ts';

export interface CloudPace {
  readonly clock: Pacer;
  /** AWS tells of no change, so views are told at this pace that there may be one, in milliseconds; they ask only while a person sees them. */
  readonly pollMillis: number;
}

/** What every source in AWS has in common. Nothing is called until a view asks. */
export abstract class CloudSource extends Disposable {
  readonly label: string;
  readonly state: SourceState = { kind: 'ready' };
  readonly #changed = this.register(new Emitter<ChangeEvent>());
  readonly #account: AwsAccount;
  readonly #destination: ReadDestination;
  readonly #pace: CloudPace;
  #listeners = 0;
  #timer: Disposer | undefined;

  constructor(account: AwsAccount, destination: ReadDestination, pace: CloudPace) {
    super();
    this.label = account.label;
    this.#account = account;
    this.#destination = destination;
    this.#pace = pace;
    this.register({ dispose: () => this.#timer?.dispose() });
  }

  /** Never fires: there is always somebody to ask, and a call that fails says so itself. */
  readonly onDidChangeState: Event<SourceState> = () => ({ dispose: () => undefined });

  readonly onDidChange: Event<ChangeEvent> = (listener) => {
    const subscription = this.#changed.event(listener);
    this.#listeners += 1;
    this.#follow();
    let isOver = false;
    return {
      dispose: () => {
        subscription.dispose();
        this.#listeners -= isOver ? 0 : 1;
        isOver = true;
        this.#follow();
      },
    };
  };

  #follow(): void {
    const { clock, pollMillis } = this.#pace;
    if (this.#listeners > 0 && !this.isDisposed) {
      this.#timer ??= clock.every(pollMillis, () => {
        if (this.#account.meter.mayPoll(this.#destination)) {
          this.#changed.fire(maybeMore);
        }
      });
    } else {
      this.#timer?.dispose();
      this.#timer = undefined;
    }
  }
}

const maybeMore: ChangeEvent = {
  revision: 0,
  traces: [],
  logs: true,
  errors: false,
  sampling: true,
  problems: false,
  removed: false,
};
