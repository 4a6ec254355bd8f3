import type { LiveTailSessionLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { UserError } from '../../userError.ts';
import type { AwsAccount } from './awsAccount.ts';

/** Lines that came within a second. */
export interface TailUpdate {
  readonly lines: readonly LiveTailSessionLogEvent[];
  /** There were more than 500: AWS shows a sample. */
  readonly isSampled: boolean;
}

/** Tells the meter how long a session has lasted so far: AWS charges by the time, and a window may be closed at any moment. */
class SessionClock {
  readonly #account: AwsAccount;
  readonly #now: () => number;
  #counted: number;

  constructor(account: AwsAccount, now: () => number) {
    this.#account = account;
    this.#now = now;
    this.#counted = now();
  }

  /** Counts the whole seconds since the last time, or with those begun at the end. */
  count(round: (seconds: number) => number = Math.floor): void {
    const seconds = round((this.#now() - this.#counted) / 1_000);
    if (seconds > 0) {
      this.#counted += seconds * 1_000;
      this.#account.meter.count('logs', { liveTailSeconds: seconds });
    }
  }
}

/** Tells of each line of a log group as it comes, until the signal is aborted. Settles when AWS ends the session, which it does after three hours. */
export async function followLiveTail(
  account: AwsAccount,
  { group, pattern }: { readonly group: string; readonly pattern: string | undefined },
  onUpdate: (update: TailUpdate) => void,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<void> {
  const input = {
    logGroupIdentifiers: [await arnOf(account, group, signal)],
    ...(pattern !== undefined && { logEventFilterPattern: pattern }),
  };
  await account.logs(
    'logs:StartLiveTail',
    async ({ sdk, client, options }) => {
      const { responseStream } = await client.send(new sdk.StartLiveTailCommand(input), options);
      const clock = new SessionClock(account, now);
      try {
        for await (const { sessionUpdate } of responseStream ?? []) {
          signal.throwIfAborted();
          clock.count();
          if (sessionUpdate !== undefined) {
            const { sessionResults = [], sessionMetadata } = sessionUpdate;
            onUpdate({ lines: sessionResults, isSampled: sessionMetadata?.sampled === true });
          }
        }
      } finally {
        clock.count(Math.ceil);
      }
    },
    signal,
  );
}

/** Live tail takes groups by their ARN alone. */
async function arnOf(account: AwsAccount, group: string, signal: AbortSignal): Promise<string> {
  const { logGroups = [] } = await account.logs(
    'logs:DescribeLogGroups',
    ({ sdk, client, options }) => client.send(new sdk.DescribeLogGroupsCommand({ logGroupNamePrefix: group }), options),
    signal,
  );
  const found = logGroups.find(({ logGroupName }) => logGroupName === group);
  const arn = found?.logGroupArn ?? found?.arn?.replace(/:\*$/, '');
  if (arn === undefined) {
    throw new UserError(`There is no log group "${group}" in ${account.label}.`);
  }
  return arn;
}
