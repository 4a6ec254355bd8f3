import type { LogCatalog, LogGroup, LogStream } from './logCatalog.ts';
import type { LogCommand, LogGroupFacts, LogStreamFacts } from './logCommands.ts';
import { LogRefusal } from './logFailure.ts';

const mostTags = 50;
const mostMetricFilters = 100;

/** Does to the catalog what a command says. What it removes of events is removed by the caller. Throws `LogRefusal`. */
export function runLogCommand(
  catalog: LogCatalog,
  command: LogCommand,
): readonly LogGroupFacts[] | readonly LogStreamFacts[] | undefined {
  switch (command.name) {
    case 'createGroup':
      catalog.createGroup(command.group, command.extras, Date.now());
      return undefined;
    case 'createStream':
      catalog.createStream(catalog.group(command.group), command.stream, Date.now());
      return undefined;
    case 'deleteGroup':
      catalog.deleteGroup(catalog.group(command.group));
      return undefined;
    case 'deleteStream': {
      const group = catalog.group(command.group);
      catalog.deleteStream(group, catalog.stream(group, command.stream));
      return undefined;
    }
    case 'setRetention':
      catalog.change(catalog.group(command.group), { retentionDays: command.days });
      return undefined;
    case 'listGroups':
      return Array.from(catalog.groups, toGroupFacts).toSorted(byName);
    case 'listStreams':
      return Array.from(catalog.group(command.group).streams.values(), toStreamFacts).toSorted(byName);
    default:
      return changeExtras(catalog, command);
  }
}

function changeExtras(
  catalog: LogCatalog,
  command: Extract<LogCommand, { name: 'changeTags' | 'putMetricFilter' | 'deleteMetricFilter' }>,
): undefined {
  const group = catalog.group(command.group);
  const { extras } = group;
  const others = (name: string) => extras.metricFilters.filter(({ filterName }) => filterName !== name);
  switch (command.name) {
    case 'changeTags': {
      const tags = { ...extras.tags, ...command.set };
      const kept = Object.entries(tags).filter(([key]) => !command.remove.includes(key));
      if (kept.length > mostTags) {
        throw new LogRefusal('TooManyTagsException', `A resource can have no more than ${mostTags} tags.`);
      }
      catalog.change(group, { extras: { ...extras, tags: Object.fromEntries(kept) } });
      return undefined;
    }
    case 'putMetricFilter': {
      const metricFilters = [...others(command.filter.filterName), command.filter].toSorted((a, b) =>
        byCodeUnits(a.filterName, b.filterName),
      );
      if (metricFilters.length > mostMetricFilters) {
        throw new LogRefusal('LimitExceededException', 'Resource limit exceeded.');
      }
      catalog.change(group, { extras: { ...extras, metricFilters } });
      return undefined;
    }
    case 'deleteMetricFilter': {
      const metricFilters = others(command.filterName);
      if (metricFilters.length === extras.metricFilters.length) {
        throw new LogRefusal('ResourceNotFoundException', 'The specified metric filter does not exist.');
      }
      catalog.change(group, { extras: { ...extras, metricFilters } });
      return undefined;
    }
  }
}

function toGroupFacts({ name, created, retentionDays, extras, streams }: LogGroup): LogGroupFacts {
  let events = 0;
  let bytes = 0;
  let last = -Infinity;
  for (const stream of streams.values()) {
    events += stream.events;
    bytes += stream.bytes;
    last = Math.max(last, stream.last ?? -Infinity);
  }
  return {
    name,
    created,
    extras,
    streams: streams.size,
    events,
    bytes,
    ...(retentionDays !== undefined && { retentionDays }),
    ...(last !== -Infinity && { last }),
  };
}

function toStreamFacts({
  name,
  created,
  events,
  bytes,
  first,
  last,
  lastIngestion,
  writers,
}: LogStream): LogStreamFacts {
  return {
    name,
    created,
    events,
    bytes,
    writers,
    ...(first !== undefined && { first }),
    ...(last !== undefined && { last }),
    ...(lastIngestion !== undefined && { lastIngestion }),
  };
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return byCodeUnits(left.name, right.name);
}

/** AWS sorts by ASCII values. */
function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
