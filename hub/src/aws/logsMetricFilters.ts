import { parseFilterPattern } from '@sightline/telemetry/language/filterPattern';
import { compileFilterPattern, extractedValues } from '@sightline/telemetry/language/filterPatternMatch';
import type { FilterPattern } from '@sightline/telemetry/language/filterPatternTree';
import type { StoredMetricFilter } from '../store/logs/logCatalog.ts';
import { brokenConstraint, invalidParameter } from '../store/logs/logFailure.ts';
import { checkGroupName } from '../store/logs/logNames.ts';
import type { LogsOperation } from './logsCall.ts';
import { findGroup, pageOf } from './logsGroups.ts';
import { requiredText, textIn, textsIn, type LogsInput } from './logsParameters.ts';

const longestPattern = 1024;

/** Metric filters are kept and tried; the hub has no metrics for them to count in. */
export const metricFilterOperations: Readonly<Record<string, LogsOperation>> = {
  TestMetricFilter: async (input) => {
    const pattern = await Promise.resolve(patternIn(input));
    const messages = textsIn(input, 'logEventMessages', 50);
    if (messages === undefined) {
      throw brokenConstraint(undefined, 'logEventMessages', 'not be null');
    }
    const matches = compileFilterPattern(pattern);
    return {
      matches: messages.flatMap((eventMessage, index) =>
        matches(eventMessage)
          ? { eventNumber: index + 1, eventMessage, extractedValues: extractedValues(pattern, eventMessage) }
          : [],
      ),
    };
  },
  PutMetricFilter: async (input, { logs }) => {
    const group = checkGroupName(input['logGroupName']);
    patternIn(input);
    const filter: StoredMetricFilter = {
      filterName: filterNameIn(input),
      filterPattern: textIn(input, 'filterPattern', longestPattern) ?? '',
      metricTransformations: transformationsIn(input),
      creationTime: Date.now(),
    };
    await logs.change({ name: 'putMetricFilter', group, filter });
    return undefined;
  },
  DeleteMetricFilter: async (input, { logs }) => {
    const group = checkGroupName(input['logGroupName']);
    await logs.change({ name: 'deleteMetricFilter', group, filterName: filterNameIn(input) });
    return undefined;
  },
  DescribeMetricFilters: async (input, context) => {
    const name = textIn(input, 'logGroupName', 512);
    const prefix = textIn(input, 'filterNamePrefix', 512);
    const metricName = textIn(input, 'metricName', 255);
    const namespace = textIn(input, 'metricNamespace', 255);
    if ((metricName === undefined) !== (namespace === undefined)) {
      throw invalidParameter('metricName and metricNamespace must be specified together.');
    }
    const groups = await context.logs.listGroups();
    const searched = name === undefined ? groups : [findGroup(groups, checkGroupName(name))];
    const found = searched
      .flatMap(({ name: logGroupName, extras }) => extras.metricFilters.map((filter) => ({ ...filter, logGroupName })))
      .filter(
        ({ filterName, metricTransformations }) =>
          filterName.startsWith(prefix ?? '') &&
          (metricName === undefined ||
            metricTransformations.some(
              (each) => each['metricName'] === metricName && each['metricNamespace'] === namespace,
            )),
      )
      .map((filter) => ({ name: `${filter.filterName}\n${filter.logGroupName}`, filter }));
    const call = ['DescribeMetricFilters', name, prefix, metricName, namespace];
    const { page, nextToken } = pageOf(found, input, context, call);
    return { metricFilters: page.map(({ filter }) => filter), ...nextToken };
  },
};

function patternIn(input: LogsInput): FilterPattern {
  const text = textIn(input, 'filterPattern', longestPattern);
  if (text === undefined) {
    throw brokenConstraint(undefined, 'filterPattern', 'not be null');
  }
  const parsed = parseFilterPattern(text);
  if (!parsed.ok) {
    throw invalidParameter(`Invalid filter pattern at column ${parsed.error.column}: ${parsed.error.message}`);
  }
  return parsed.pattern;
}

function filterNameIn(input: LogsInput): string {
  const name = requiredText(input, 'filterName', 512);
  if (/[:*]/.test(name)) {
    throw brokenConstraint(name, 'filterName', 'satisfy regular expression pattern: [^:*]*');
  }
  return name;
}

function transformationsIn(input: LogsInput): StoredMetricFilter['metricTransformations'] {
  const given = input['metricTransformations'];
  const transformations: readonly unknown[] = Array.isArray(given) ? given : [];
  if (transformations.length !== 1) {
    const constraint = transformations.length === 0 ? 'greater than or equal to 1' : 'less than or equal to 1';
    throw brokenConstraint(given, 'metricTransformations', `have length ${constraint}`);
  }
  const [transformation] = transformations as readonly Readonly<Record<string, unknown>>[];
  for (const member of ['metricName', 'metricNamespace', 'metricValue']) {
    if (typeof transformation?.[member] !== 'string') {
      throw brokenConstraint(undefined, `metricTransformations.1.member.${member}`, 'not be null');
    }
  }
  return transformations as StoredMetricFilter['metricTransformations'];
}
