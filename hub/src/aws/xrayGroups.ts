import { randomBytes } from 'node:crypto';
import type { FilterExpressionError, GroupReference } from '@sightline/telemetry/language/filterExpression';
import { compileFilterExpression, type ResolveGroup } from '@sightline/telemetry/language/filterExpressionCompiler';
import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import { longestFilter } from '../client/filterApi.ts';
import type { DocumentStore } from '../store/traceAnalysis.ts';
import { tagKind } from './xrayTags.ts';

/** A group as AWS spells it: a filter expression under a name. Kept as it stands, under its name. */
export interface XRayGroup {
  readonly GroupName: string;
  readonly GroupARN: string;
  /** Empty: every trace. */
  readonly FilterExpression: string;
  readonly InsightsConfiguration?: XRayInsightsConfiguration;
}

export interface XRayInsightsConfiguration {
  readonly InsightsEnabled?: boolean;
  readonly NotificationsEnabled?: boolean;
}

/** What may be changed; what is absent stays as it is. */
export type XRayGroupChange = Partial<Pick<XRayGroup, 'FilterExpression' | 'InsightsConfiguration'>>;

/** A change to the groups that was not made, in a sentence for whoever asked for it. AWS has one error for all of them: 400 InvalidRequestException. */
export class GroupRefusal extends Error {
  override readonly name = 'GroupRefusal';
  readonly reason: 'invalid' | 'missing' | 'taken' | 'full';
  /** Where the filter expression is wrong, if that is the reason. */
  readonly place: FilterExpressionError | undefined;

  constructor(reason: GroupRefusal['reason'], message: string, place?: FilterExpressionError) {
    super(message);
    this.reason = reason;
    this.place = place;
  }
}

/** Under which groups are kept in the document store; the key is the group's name. */
export const groupKind = 'xrayGroup';
/** The group of every trace, which X-Ray has from the start and takes no change of (CreateGroup, "Default is a reserved name"). */
const reservedName = 'Default';
/** X-Ray endpoints and quotas, "Groups per account". */
const mostGroups = 25;
const longestName = 32;
/** What can make a name look like another one: control and formatting characters, line ends, halves of characters. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** X-Ray's groups, which are the editor's saved filters too. Changes are made one after the other. */
export class XRayGroups {
  readonly #documents: DocumentStore;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** By name, that of every trace left out. */
  async list(): Promise<readonly XRayGroup[]> {
    const documents = await this.#documents.all(groupKind);
    const groups = [...documents.values()].filter(isGroup);
    return groups.toSorted((one, other) => (one.GroupName < other.GroupName ? -1 : 1));
  }

  async find({ by, value }: GroupReference): Promise<XRayGroup | undefined> {
    return findIn(await this.list(), { by, value });
  }

  /** What `group.name` and `group.arn` stand for at this moment, for `compileFilterExpression`. */
  async resolver(): Promise<ResolveGroup> {
    return resolverOf(await this.list());
  }

  /** Stored when it resolves. Rejects with `GroupRefusal`. */
  create(name: string, change: XRayGroupChange, region = 'us-east-1'): Promise<XRayGroup> {
    return this.#inTurn(async () => {
      const groups = await this.list();
      checkName(name, groups);
      if (groups.length >= mostGroups) {
        throw new GroupRefusal('full', `There are ${mostGroups} groups already, which is the most. Delete one first.`);
      }
      const group = changed({ GroupName: name, GroupARN: newArn(name, region), FilterExpression: '' }, change, groups);
      await this.#documents.put(groupKind, name, group);
      return group;
    });
  }

  /** Stored when it resolves. Rejects with `GroupRefusal`. */
  update(reference: GroupReference, change: XRayGroupChange): Promise<XRayGroup> {
    return this.#inTurn(async () => {
      const groups = await this.list();
      const group = changed(found(groups, reference), change, groups);
      await this.#documents.put(groupKind, group.GroupName, group);
      return group;
    });
  }

  /** Gives a group another name, and with it another ARN; its tags go along. All of it is made or nothing. Rejects with `GroupRefusal`. */
  rename(from: string, to: string, change: XRayGroupChange = {}): Promise<XRayGroup> {
    return this.#inTurn(async () => {
      const groups = await this.list();
      const before = found(groups, { by: 'name', value: from });
      if (to === from) {
        const same = changed(before, change, groups);
        await this.#documents.put(groupKind, from, same);
        return same;
      }
      checkName(to, groups);
      const region = before.GroupARN.split(':')[3] ?? '';
      const others = groups.filter((group) => group !== before);
      const group = changed({ ...before, GroupName: to, GroupARN: newArn(to, region) }, change, others);
      const tags = (await this.#documents.all(tagKind)).get(before.GroupARN);
      await this.#documents.putAll([
        { kind: tagKind, key: group.GroupARN, value: tags },
        { kind: groupKind, key: to, value: group },
        { kind: groupKind, key: from, value: undefined },
        { kind: tagKind, key: before.GroupARN, value: undefined },
      ]);
      return group;
    });
  }

  /** Removed when it resolves. Rejects with `GroupRefusal`. */
  delete(reference: GroupReference): Promise<XRayGroup> {
    return this.#inTurn(async () => {
      const group = found(await this.list(), reference);
      await this.#documents.putAll([
        { kind: groupKind, key: group.GroupName, value: undefined },
        { kind: tagKind, key: group.GroupARN, value: undefined },
      ]);
      return group;
    });
  }

  /** Two that ask at once for one name, or for the last place, are not both to get it. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#changing.then(change, change);
    this.#changing = turn;
    return turn;
  }
}

function findIn(groups: readonly XRayGroup[], { by, value }: GroupReference): XRayGroup | undefined {
  return groups.find(({ GroupName, GroupARN }) => (by === 'name' ? GroupName : GroupARN) === value);
}

function found(groups: readonly XRayGroup[], reference: GroupReference): XRayGroup {
  const group = findIn(groups, reference);
  if (group === undefined) {
    const isReserved = reference.by === 'name' && reference.value === reservedName;
    throw isReserved ? reserved() : new GroupRefusal('missing', `There is no group ${reference.value}.`);
  }
  return group;
}

function resolverOf(groups: readonly XRayGroup[]): ResolveGroup {
  return (reference) => {
    const isEverything = reference.by === 'name' && reference.value === reservedName;
    return findIn(groups, reference)?.FilterExpression ?? (isEverything ? '' : undefined);
  };
}

function checkName(name: string, groups: readonly XRayGroup[]): void {
  if (name.length < 1 || name.length > longestName) {
    throw new GroupRefusal('invalid', `The name of a group has 1 to ${longestName} characters.`);
  }
  if (invisible.test(name)) {
    throw new GroupRefusal('invalid', 'The name of a group has no control or formatting characters.');
  }
  if (name === reservedName) {
    throw reserved();
  }
  if (findIn(groups, { by: 'name', value: name }) !== undefined) {
    throw new GroupRefusal('taken', `There is a group ${name} already.`);
  }
}

function reserved(): GroupRefusal {
  return new GroupRefusal('invalid', `${reservedName} is a reserved name: the group of every trace.`);
}

function changed(group: XRayGroup, change: XRayGroupChange, groups: readonly XRayGroup[]): XRayGroup {
  const filter = change.FilterExpression?.trim();
  const insights = change.InsightsConfiguration;
  if (insights?.NotificationsEnabled === true && insights.InsightsEnabled !== true) {
    throw new GroupRefusal('invalid', 'Notifications need insights to be enabled.');
  }
  const after: XRayGroup = {
    ...group,
    ...(filter !== undefined && { FilterExpression: filter }),
    ...(insights !== undefined && { InsightsConfiguration: insights }),
  };
  if (filter !== undefined && filter !== '') {
    checkFilter(filter, [...groups.filter(({ GroupName }) => GroupName !== group.GroupName), after]);
  }
  return after;
}

/** With the group itself among the groups, so that one that refers to itself is found out. */
function checkFilter(filter: string, groups: readonly XRayGroup[]): void {
  if (filter.length > longestFilter) {
    throw new GroupRefusal('invalid', `A filter expression has at most ${longestFilter} characters.`);
  }
  const parsed = parseFilterExpression(filter);
  if (!parsed.ok) {
    throw new GroupRefusal('invalid', parsed.error.message, parsed.error);
  }
  const compiled = compileFilterExpression(parsed.expression, resolverOf(groups));
  if (!compiled.ok) {
    throw new GroupRefusal('invalid', compiled.message);
  }
}

function newArn(name: string, region: string): string {
  return `arn:aws:xray:${region}:000000000000:group/${name}/${randomBytes(16).toString('hex').toUpperCase()}`;
}

function isGroup(document: unknown): document is XRayGroup {
  return (
    typeof document === 'object' &&
    document !== null &&
    'GroupName' in document &&
    'GroupARN' in document &&
    'FilterExpression' in document &&
    typeof document.FilterExpression === 'string'
  );
}
