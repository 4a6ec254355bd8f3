import { randomUUID } from 'node:crypto';
import { longestInsightsQuery, parseInsights } from '@sightline/telemetry/language/insights';
import { invalidParameter, LogRefusal } from '../store/logs/logFailure.ts';
import { malformedQuery, type InsightsSearch } from '../store/logs/insightsSearch.ts';
import type { InsightsAnswer } from '../store/logs/logReader.ts';
import type { LogsContext, LogsOperation } from './logsCall.ts';
import { findGroup } from './logsGroups.ts';
import { groupOfIdentifier, numberIn, requiredText, textIn, textsIn, type LogsInput } from './logsParameters.ts';

const mostRunning = 100;
/** Results are kept until so many newer queries have been started. */
const keptQueries = 200;
const mostGroups = 50;
const mostRows = 100_000;

interface Query {
  readonly id: string;
  readonly text: string;
  readonly search: InsightsSearch;
  readonly created: number;
  readonly abort: AbortController;
  status: 'Running' | 'Complete' | 'Failed' | 'Cancelled';
  answer?: InsightsAnswer;
  durationMillis?: number;
}

/** Logs Insights: queries run on their own once started, and are asked for by their id. */
export function insightsOperations(now: () => number = Date.now): Readonly<Record<string, LogsOperation>> {
  const queries = new Map<string, Query>();
  const queryIn = (input: LogsInput): Query => {
    const id = requiredText(input, 'queryId', 256);
    const query = queries.get(id);
    if (query === undefined) {
      throw new LogRefusal('ResourceNotFoundException', `Query ${id} does not exist.`);
    }
    return query;
  };
  return {
    StartQuery: async (input, context) => {
      const search = await searchIn(input, context);
      if ([...queries.values()].filter(({ status }) => status === 'Running').length >= mostRunning) {
        throw new LogRefusal(
          'LimitExceededException',
          `Account maximum query concurrency limit of [${mostRunning}] reached.`,
        );
      }
      const query: Query = {
        id: randomUUID(),
        text: search.query,
        search,
        created: now(),
        abort: new AbortController(),
        status: 'Running',
      };
      queries.set(query.id, query);
      forgetOldest(queries);
      void run(query, context, now);
      return { queryId: query.id };
    },
    // Asynchronous, as every operation is, so that what it throws is a rejection.
    GetQueryResults: async (input) => resultsOf(await Promise.resolve(queryIn(input))),
    StopQuery: async (input) => {
      const query = await Promise.resolve(queryIn(input));
      if (query.status !== 'Running') {
        throw invalidParameter(`Query ${query.id} is not in a state that allows it to be stopped: ${query.status}.`);
      }
      query.status = 'Cancelled';
      query.abort.abort();
      return { success: true };
    },
    DescribeQueries: async (input) => {
      const group = textIn(input, 'logGroupName', 512);
      const status = textIn(input, 'status');
      const most = numberIn(input, 'maxResults', { least: 1, most: 1000 }) ?? 1000;
      const found = await Promise.resolve(
        [...queries.values()].filter(
          (query) =>
            (group === undefined || query.search.groups.includes(group)) &&
            (status === undefined || query.status === status),
        ),
      );
      return { queries: found.toReversed().slice(0, most).map(toQueryInfo) };
    },
  };
}

async function run(query: Query, { logs }: LogsContext, now: () => number): Promise<void> {
  try {
    query.answer = await logs.searchInsights(query.search, query.abort.signal);
    query.status = 'Complete';
  } catch {
    // Whoever asks for the results is told by the status; there is no place for words.
    if (!query.abort.signal.aborted) {
      query.status = 'Failed';
    }
  }
  query.durationMillis = now() - query.created;
}

async function searchIn(input: LogsInput, { logs }: LogsContext): Promise<InsightsSearch> {
  const language = textIn(input, 'queryLanguage') ?? 'CWLI';
  if (language !== 'CWLI') {
    throw invalidParameter(`Sightline's local hub runs queries of the language CWLI, not ${language}.`);
  }
  const query = requiredText(input, 'queryString', longestInsightsQuery);
  const from = numberIn(input, 'startTime');
  const to = numberIn(input, 'endTime');
  if (from === undefined || to === undefined || from > to) {
    throw invalidParameter(
      "Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings",
    );
  }
  const limit = numberIn(input, 'limit', { least: 1, most: mostRows });
  const groups = groupsIn(input);
  const known = await logs.listGroups();
  for (const group of groups) {
    findGroup(known, group);
  }
  const parsed = parseInsights(query);
  if (!parsed.ok) {
    throw malformedQuery(parsed.error);
  }
  return { groups, query, from: from * 1000, to: to * 1000 + 999, ...(limit !== undefined && { limit }) };
}

function groupsIn(input: LogsInput): readonly string[] {
  const name = textIn(input, 'logGroupName', 512);
  const names = textsIn(input, 'logGroupNames', mostGroups);
  const identifiers = textsIn(input, 'logGroupIdentifiers', mostGroups);
  const given = [name === undefined ? undefined : [name], names, identifiers].filter((each) => each !== undefined);
  const [only] = given;
  if (only === undefined || given.length > 1) {
    throw invalidParameter(
      'A StartQuery operation must include exactly one of the following parameters: logGroupName, logGroupNames, or logGroupIdentifiers.',
    );
  }
  return only.map((each) => groupOfIdentifier(each, 'logGroupIdentifiers'));
}

function resultsOf({ status, answer, search }: Query): object {
  const { recordsMatched = 0, recordsScanned = 0, bytesScanned = 0 } = answer?.statistics ?? {};
  return {
    queryLanguage: 'CWLI',
    status,
    results: answer?.rows ?? [],
    statistics: {
      recordsMatched,
      recordsScanned,
      bytesScanned,
      estimatedRecordsSkipped: 0,
      estimatedBytesSkipped: 0,
      logGroupsScanned: search.groups.length,
    },
  };
}

function toQueryInfo({ id, text, search, status, created, durationMillis, answer }: Query): object {
  const source = search.groups.map((group) => `"${group}"`).join(', ');
  return {
    queryLanguage: 'CWLI',
    queryId: id,
    queryString: `SOURCE ${source} START=${search.from} END=${search.to} | ${text}`,
    status,
    createTime: created,
    ...(search.groups.length === 1 && { logGroupName: search.groups[0] }),
    ...(durationMillis !== undefined && { queryDuration: durationMillis }),
    ...(answer && { bytesScanned: answer.statistics.bytesScanned }),
  };
}

function forgetOldest(queries: Map<string, Query>): void {
  for (const [id, { status }] of queries) {
    if (queries.size <= keptQueries) {
      break;
    }
    if (status !== 'Running') {
      queries.delete(id);
    }
  }
}
