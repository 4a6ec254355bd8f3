import { PolledSource, type PollPace } from '../polledSource.ts';
import type { AwsAccount } from './awsAccount.ts';
import type { ReadDestination } from './readMeter.ts';

/** What every source in AWS has in common. AWS tells of no change, and what is asked has its price. */
export abstract class CloudSource extends PolledSource {
  readonly label: string;
  readonly #account: AwsAccount;
  readonly #destination: ReadDestination;

  constructor(account: AwsAccount, destination: ReadDestination, pace: PollPace) {
    super(pace, { logs: true, sampling: true });
    this.label = account.label;
    this.#account = account;
    this.#destination = destination;
  }

  /** Not at a cap. */
  protected override mayPoll(): boolean {
    return this.#account.meter.mayPoll(this.#destination);
  }
}
