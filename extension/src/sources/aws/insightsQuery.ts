import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../userError.ts';
import type { AwsAccount } from './awsAccount.ts';

export interface InsightsQuestion {
  readonly group: string;
  readonly query: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

export interface InsightsAnswer {
  readonly fields: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the query is charged by. */
  readonly bytesScanned: number;
  readonly recordsMatched: number;
}

/** Milliseconds between two looks. */
const pace = 500;

/** Runs a Logs Insights query. Once the signal is aborted AWS is told to stop it too, since it costs by what it scans. */
export async function runInsightsQuery(
  account: AwsAccount,
  question: InsightsQuestion,
  signal: AbortSignal,
): Promise<InsightsAnswer> {
  const { group, query, from, to } = question;
  const input = {
    logGroupName: group,
    queryString: query,
    startTime: Math.floor(from / 1000),
    endTime: Math.ceil(to / 1000),
  };
  const { queryId = '' } = await account.logs(
    'logs:StartQuery',
    ({ sdk, client, options }) => client.send(new sdk.StartQueryCommand(input), options),
    signal,
  );
  try {
    return await readResults(account, queryId, signal);
  } catch (error) {
    if (signal.aborted) {
      await account
        .logs('logs:StopQuery', ({ sdk, client }) => client.send(new sdk.StopQueryCommand({ queryId })))
        .catch(() => {
          // It had ended by itself: AWS refuses to stop it then.
        });
    }
    throw error;
  }
}

async function readResults(account: AwsAccount, queryId: string, signal: AbortSignal): Promise<InsightsAnswer> {
  let counted = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each answer says whether to go on.
    const {
      status,
      results = [],
      statistics,
    } = await account.logs(
      'logs:GetQueryResults',
      ({ sdk, client, options }) => client.send(new sdk.GetQueryResultsCommand({ queryId }), options),
      signal,
    );
    // Counted along the way: what was scanned is charged for, whether the query comes to its end or not.
    const scanned = Math.round(statistics?.bytesScanned ?? 0);
    account.meter.count('logs', { insightsBytes: Math.max(0, scanned - counted) });
    counted = Math.max(counted, scanned);
    if (status === 'Complete') {
      // `@ptr` is for asking AWS about the line again, and tells a person nothing.
      const fields = [...new Set(results.flat().map(({ field = '' }) => field))].filter((field) => field !== '@ptr');
      const rows = results.map((row) => fields.map((wanted) => row.find(({ field }) => field === wanted)?.value ?? ''));
      return {
        fields,
        rows,
        bytesScanned: scanned,
        recordsMatched: statistics?.recordsMatched ?? 0,
      };
    }
    if (status !== 'Scheduled' && status !== 'Running') {
      throw new UserError(`The query ended without a result: ${status ?? 'unknown'}.`);
    }
    // oxlint-disable-next-line no-await-in-loop -- AWS has no other way to tell when it is ready.
    await sleep(pace, undefined, { signal });
  }
}
