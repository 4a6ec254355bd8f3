import { checkGroupName, checkNewGroupName, checkStreamName } from '../store/logs/logNames.ts';
import type { LogGroupFacts, LogStreamFacts } from '../store/logs/logCommands.ts';
import { brokenConstraint, groupMissing, invalidParameter } from '../store/logs/logFailure.ts';
import { groupArnOf, type LogsContext, type LogsOperation } from './logsCall.ts';
import {
  flagIn,
  groupIn,
  groupOfIdentifier,
  mapIn,
  numberIn,
  requiredText,
  textIn,
  textsIn,
  type LogsInput,
} from './logsParameters.ts';

const pageSize = 50;
const groupClasses = ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'];
/** The days that PutRetentionPolicy takes (API reference). */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const groupOperations: Readonly<Record<string, LogsOperation>> = {
  CreateLogGroup: async (input, { logs }) => {
    const group = checkNewGroupName(input['logGroupName']);
    const kmsKeyId = textIn(input, 'kmsKeyId', 256);
    const groupClass = textIn(input, 'logGroupClass') ?? 'STANDARD';
    if (!groupClasses.includes(groupClass)) {
      throw brokenConstraint(groupClass, 'logGroupClass', `satisfy enum value set: [${groupClasses.join(', ')}]`);
    }
    const tags = mapIn(input, 'tags') ?? {};
    const extras = { tags, groupClass, metricFilters: [], ...(kmsKeyId !== undefined && { kmsKeyId }) };
    await logs.change({ name: 'createGroup', group, extras });
    return undefined;
  },
  DeleteLogGroup: async (input, { logs }) => {
    await logs.change({ name: 'deleteGroup', group: checkGroupName(input['logGroupName']) });
    return undefined;
  },
  CreateLogStream: async (input, { logs }) => {
    const group = checkGroupName(input['logGroupName']);
    await logs.change({ name: 'createStream', group, stream: checkStreamName(input['logStreamName']) });
    return undefined;
  },
  DeleteLogStream: async (input, { logs }) => {
    const group = checkGroupName(input['logGroupName']);
    await logs.change({ name: 'deleteStream', group, stream: checkStreamName(input['logStreamName']) });
    return undefined;
  },
  PutRetentionPolicy: async (input, { logs }) => {
    const group = checkGroupName(input['logGroupName']);
    const days = numberIn(input, 'retentionInDays', { least: -Number.MAX_SAFE_INTEGER });
    if (days === undefined || !retentions.includes(days)) {
      throw brokenConstraint(
        days,
        'retentionInDays',
        days === undefined ? 'not be null' : `satisfy enum value set: [${retentions.join(', ')}]`,
      );
    }
    await logs.change({ name: 'setRetention', group, days });
    return undefined;
  },
  DeleteRetentionPolicy: async (input, { logs }) => {
    await logs.change({ name: 'setRetention', group: checkGroupName(input['logGroupName']), days: null });
    return undefined;
  },
  DescribeLogGroups: async (input, context) => {
    const prefix = textIn(input, 'logGroupNamePrefix', 512);
    const pattern = textIn(input, 'logGroupNamePattern', 512);
    if (prefix !== undefined && pattern !== undefined) {
      throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
    }
    const identifiers = textsIn(input, 'logGroupIdentifiers', 50)?.map((identifier) =>
      groupOfIdentifier(identifier, 'logGroupIdentifiers'),
    );
    const groupClass = textIn(input, 'logGroupClass');
    const groups = (await context.logs.listGroups()).filter(
      ({ name, extras }) =>
        name.startsWith(prefix ?? '') &&
        name.includes(pattern ?? '') &&
        (identifiers === undefined || identifiers.includes(name)) &&
        (groupClass === undefined || extras.groupClass === groupClass),
    );
    const { page, nextToken } = pageOf(groups, input, context, ['DescribeLogGroups', prefix, pattern]);
    return { logGroups: page.map((group) => toLogGroup(group, context.region)), ...nextToken };
  },
  ListLogGroups: async (input, context) => {
    const pattern = textIn(input, 'logGroupNamePattern', 129);
    const groupClass = textIn(input, 'logGroupClass');
    const groups = (await context.logs.listGroups()).filter(
      ({ name, extras }) =>
        nameMatches(name, pattern) && (groupClass === undefined || extras.groupClass === groupClass),
    );
    const { page, nextToken } = pageOf(groups, input, context, ['ListLogGroups', pattern], 1000);
    return {
      logGroups: page.map(({ name, extras }) => ({
        logGroupName: name,
        logGroupArn: groupArnOf(context.region, name),
        logGroupClass: extras.groupClass,
      })),
      ...nextToken,
    };
  },
  DescribeLogStreams: async (input, context) => {
    const group = groupIn(input);
    const prefix = textIn(input, 'logStreamNamePrefix', 512);
    const orderBy = textIn(input, 'orderBy') ?? 'LogStreamName';
    const isDescending = flagIn(input, 'descending') ?? false;
    if (orderBy !== 'LogStreamName' && orderBy !== 'LastEventTime') {
      throw brokenConstraint(orderBy, 'orderBy', 'satisfy enum value set: [LastEventTime, LogStreamName]');
    }
    if (orderBy === 'LastEventTime' && prefix !== undefined) {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    const found = (await context.logs.listStreams(group)).filter(({ name }) => name.startsWith(prefix ?? ''));
    const ordered = orderBy === 'LogStreamName' ? found : found.toSorted((a, b) => (a.last ?? 0) - (b.last ?? 0));
    const streams = isDescending ? ordered.toReversed() : ordered;
    const call = ['DescribeLogStreams', group, prefix, orderBy, isDescending];
    const { page, nextToken } = pageOf(streams, input, context, call);
    return { logStreams: page.map((stream) => toLogStream(stream, group, context.region)), ...nextToken };
  },
};

/** A page of what is listed; its token names the last one, so that what comes or goes meanwhile does no harm. */
export function pageOf<T extends { readonly name: string }>(
  all: readonly T[],
  input: LogsInput,
  { tokens }: LogsContext,
  call: readonly unknown[],
  most = pageSize,
): { page: readonly T[]; nextToken: { nextToken?: string } } {
  const limit = numberIn(input, 'limit', { least: 1, most }) ?? pageSize;
  const token = textIn(input, 'nextToken');
  const last = token === undefined ? undefined : (JSON.parse(tokens.read(call, token)) as { at: number; name: string });
  const known = last === undefined ? -1 : all.findIndex(({ name }) => name === last.name);
  const start = last === undefined ? 0 : known === -1 ? last.at : known + 1;
  const page = all.slice(start, start + limit);
  const end = start + page.length;
  const place = JSON.stringify({ at: end, name: page.at(-1)?.name });
  return { page, nextToken: end < all.length ? { nextToken: tokens.make(call, place) } : {} };
}

function toLogGroup({ name, created, retentionDays, bytes, extras }: LogGroupFacts, region: string): object {
  const arn = groupArnOf(region, name);
  return {
    logGroupName: name,
    creationTime: created,
    ...(retentionDays !== undefined && { retentionInDays: retentionDays }),
    metricFilterCount: extras.metricFilters.length,
    arn: `${arn}:*`,
    storedBytes: bytes,
    ...(extras.kmsKeyId !== undefined && { kmsKeyId: extras.kmsKeyId }),
    logGroupClass: extras.groupClass,
    logGroupArn: arn,
    deletionProtectionEnabled: false,
  };
}

function toLogStream(
  { name, created, first, last, lastIngestion }: LogStreamFacts,
  group: string,
  region: string,
): object {
  return {
    logStreamName: name,
    creationTime: created,
    ...(first !== undefined && { firstEventTimestamp: first }),
    ...(last !== undefined && { lastEventTimestamp: last }),
    ...(lastIngestion !== undefined && { lastIngestionTime: lastIngestion }),
    uploadSequenceToken: sequenceToken,
    arn: `${groupArnOf(region, group)}:log-stream:${name}`,
    // AWS gives no more than this since 2019.
    storedBytes: 0,
  };
}

/** AWS takes any token since 2023, and gives one that means nothing. */
export const sequenceToken = '49'.padEnd(56, '0');

/** ListLogGroups: alternatives between bars, each a part of the name, or its beginning after `^`. */
function nameMatches(name: string, pattern: string | undefined): boolean {
  return (
    pattern === undefined ||
    pattern.split('|').some((part) => (part.startsWith('^') ? name.startsWith(part.slice(1)) : name.includes(part)))
  );
}

export const tagOperations: Readonly<Record<string, LogsOperation>> = {
  TagResource: async (input, { logs }) => {
    const group = groupOfResource(input);
    await logs.change({ name: 'changeTags', group, set: mapIn(input, 'tags') ?? {}, remove: [] });
    return undefined;
  },
  UntagResource: async (input, { logs }) => {
    const group = groupOfResource(input);
    await logs.change({ name: 'changeTags', group, set: {}, remove: textsIn(input, 'tagKeys', 50, 0) ?? [] });
    return undefined;
  },
  ListTagsForResource: async (input, context) => ({ tags: await tagsOf(groupOfResource(input), context) }),
  TagLogGroup: async (input, { logs }) => {
    const group = checkGroupName(input['logGroupName']);
    await logs.change({ name: 'changeTags', group, set: mapIn(input, 'tags') ?? {}, remove: [] });
    return undefined;
  },
  UntagLogGroup: async (input, { logs }) => {
    const group = checkGroupName(input['logGroupName']);
    await logs.change({ name: 'changeTags', group, set: {}, remove: textsIn(input, 'tags', 50) ?? [] });
    return undefined;
  },
  ListTagsLogGroup: async (input, context) => ({
    tags: await tagsOf(checkGroupName(input['logGroupName']), context),
  }),
};

/** A group's ARN, with or without `:*` at its end. */
function groupOfResource(input: LogsInput): string {
  return groupOfIdentifier(requiredText(input, 'resourceArn', 1011).replace(/:\*$/, ''), 'resourceArn');
}

async function tagsOf(name: string, { logs }: LogsContext): Promise<Readonly<Record<string, string>>> {
  return findGroup(await logs.listGroups(), name).extras.tags;
}

export function findGroup(groups: readonly LogGroupFacts[], name: string): LogGroupFacts {
  const group = groups.find((each) => each.name === name);
  if (group === undefined) {
    throw groupMissing();
  }
  return group;
}
