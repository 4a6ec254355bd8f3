import type { GroupReference } from '@sightline/telemetry/language/filterExpression';
import { compileFilterExpression } from '@sightline/telemetry/language/filterExpressionCompiler';
import { parseFilterExpression } from '@sightline/telemetry/language/filterExpressionParser';
import type { TracePlan } from '@sightline/telemetry/language/filterExpressionPlan';
import { defaultGroupArn, invalidRequest, type XRayContext, type XRayOperations } from './xrayCall.ts';
import { GroupRefusal, type XRayGroup, type XRayGroupChange } from './xrayGroups.ts';
import { flagIn, requiredText, structureIn, textIn, type XRayInput } from './xrayParameters.ts';
import { tagsIn } from './xrayTags.ts';

const nameLengths = { least: 1, most: 32 };

export const groupOperations: XRayOperations = {
  '/CreateGroup': async (input, { groups, tags, region }) => {
    const name = requiredText(input, 'GroupName', nameLengths);
    const change = changeIn(input);
    const given = tagsIn(input) ?? [];
    const group = await orRefusal(groups.create(name, change, region));
    await tags.add(group.GroupARN, given);
    return { Group: toGroup(group) };
  },
  '/GetGroup': async (input, context) => ({ Group: toGroup(await loadGroup(requiredGroup(input), context)) }),
  '/UpdateGroup': async (input, { groups }) => ({
    Group: toGroup(await orRefusal(groups.update(requiredGroup(input), changeIn(input)))),
  }),
  '/DeleteGroup': async (input, { groups }) => {
    await orRefusal(groups.delete(requiredGroup(input)));
    return {};
  },
  '/Groups': async (input, { groups, region }) => {
    if (textIn(input, 'NextToken', { least: 1, most: 100 }) !== undefined) {
      // All of the at most 26 are one page, so nobody was ever given one.
      throw invalidRequest('The specified NextToken is invalid.');
    }
    return { Groups: [defaultGroup(region), ...(await groups.list())].map(toGroup) };
  },
};

/** The group that a call names by `GroupName` or `GroupARN`; `undefined` where it names none. Throws `XRayRefusal`. */
export function groupIn(input: XRayInput): GroupReference | undefined {
  const name = textIn(input, 'GroupName', nameLengths);
  const arn = textIn(input, 'GroupARN', { least: 1, most: 400 });
  if (name !== undefined && arn !== undefined) {
    throw invalidRequest('Specify a group by GroupName or by GroupARN, but not by both.');
  }
  return name !== undefined ? { by: 'name', value: name } : arn !== undefined ? { by: 'arn', value: arn } : undefined;
}

/** As `groupIn`, but it has to be there. */
export function requiredGroup(input: XRayInput): GroupReference {
  const group = groupIn(input);
  if (group === undefined) {
    throw invalidRequest('Specify a group by GroupName or by GroupARN.');
  }
  return group;
}

/** A group that there is, that of every trace included. Throws `XRayRefusal`. */
export async function loadGroup(reference: GroupReference, { groups, region }: XRayContext): Promise<XRayGroup> {
  const everything = defaultGroup(region);
  const { by, value } = reference;
  const group =
    (by === 'name' ? everything.GroupName : everything.GroupARN) === value ? everything : await groups.find(reference);
  if (group === undefined) {
    throw invalidRequest(`There is no group with the ${by === 'name' ? 'name' : 'ARN'} "${value}".`);
  }
  return group;
}

/** What a filter expression asks of a trace; `undefined` where it asks nothing. Throws `XRayRefusal` with the column of a mistake. */
export async function loadPlan(filter: string | undefined, { groups }: XRayContext): Promise<TracePlan | undefined> {
  if (filter === undefined || filter.trim() === '') {
    return undefined;
  }
  const parsed = parseFilterExpression(filter);
  if (!parsed.ok) {
    const { column, message } = parsed.error;
    throw invalidRequest(`Invalid filter expression at column ${column}: ${message}`);
  }
  const compiled = compileFilterExpression(parsed.expression, await groups.resolver());
  if (!compiled.ok) {
    throw invalidRequest(`Invalid filter expression: ${compiled.message}`);
  }
  return compiled.plan;
}

/** The group of every trace, which AWS has from the start. */
function defaultGroup(region: string): XRayGroup {
  return { GroupName: 'Default', GroupARN: defaultGroupArn(region), FilterExpression: '' };
}

function toGroup({ GroupName, GroupARN, FilterExpression, InsightsConfiguration }: XRayGroup): object {
  const { InsightsEnabled = false, NotificationsEnabled = false } = InsightsConfiguration ?? {};
  return {
    GroupName,
    GroupARN,
    ...(FilterExpression !== '' && { FilterExpression }),
    InsightsConfiguration: { InsightsEnabled, NotificationsEnabled },
  };
}

function changeIn(input: XRayInput): XRayGroupChange {
  const FilterExpression = textIn(input, 'FilterExpression');
  const insights = structureIn(input, 'InsightsConfiguration');
  return {
    ...(FilterExpression !== undefined && { FilterExpression }),
    ...(insights !== undefined && { InsightsConfiguration: insightsIn(insights) }),
  };
}

function insightsIn(insights: XRayInput): NonNullable<XRayGroup['InsightsConfiguration']> {
  const InsightsEnabled = flagIn(insights, 'InsightsEnabled');
  const NotificationsEnabled = flagIn(insights, 'NotificationsEnabled');
  return {
    ...(InsightsEnabled !== undefined && { InsightsEnabled }),
    ...(NotificationsEnabled !== undefined && { NotificationsEnabled }),
  };
}

/** AWS has one error for what is wrong, missing and there already: InvalidRequestException. */
async function orRefusal<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof GroupRefusal)) {
      throw error;
    }
    const { message, place } = error;
    throw invalidRequest(
      place === undefined ? message : `Invalid filter expression at column ${place.column}: ${message}`,
    );
  }
}
