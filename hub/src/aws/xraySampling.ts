import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { Sampling, SamplingReport, SamplingTarget } from '../sampling/sampling.ts';
import { SamplingRefusal } from '../sampling/samplingRefusal.ts';
import type { SamplingRuleRecord, SamplingRuleReference } from '../sampling/samplingRules.ts';
import { invalidRequest, XRayRefusal, type XRayOperations } from './xrayCall.ts';
import {
  integerIn,
  required,
  requiredText,
  requiredTime,
  structureIn,
  structuresIn,
  textIn,
  type XRayInput,
} from './xrayParameters.ts';
import { tagsIn } from './xrayTags.ts';

const mostDocuments = 25;
/** Over how many seconds a summary of statistics counts; X-Ray says only "recent". */
const summarySeconds = 300;

/** The calls by which SDKs get their sampling rules and report what they sampled, and by which people change the rules. */
export function samplingOperations(sampling: Sampling): XRayOperations {
  const { rules } = sampling;
  return {
    '/GetSamplingRules': async (input) => {
      checkOnlyPage(input);
      sampling.noteFetch();
      return { SamplingRuleRecords: (await rules.list()).map(toRecord) };
    },
    '/CreateSamplingRule': async (input, { region, tags }) => {
      const rule = required(structureIn(input, 'SamplingRule'), 'SamplingRule');
      // Its ARN is made from its name: X-Ray takes one of both, and a rule has to be named.
      if (textIn(rule, 'RuleName') !== undefined && textIn(rule, 'RuleARN') !== undefined) {
        throw invalidRequest('Specify RuleName or RuleARN, but not both.');
      }
      const given = tagsIn(input) ?? [];
      const record = await orRefusal(rules.create(rule, region));
      await tags.add(record.arn, given);
      return { SamplingRuleRecord: toRecord(record) };
    },
    '/UpdateSamplingRule': async (input) => {
      const { RuleName, RuleARN, ...members } = required(
        structureIn(input, 'SamplingRuleUpdate'),
        'SamplingRuleUpdate',
      );
      const reference = referenceIn({ RuleName, RuleARN });
      return { SamplingRuleRecord: toRecord(await orRefusal(rules.update(reference, presentIn(members)))) };
    },
    '/DeleteSamplingRule': async (input, { tags }) => {
      const record = await orRefusal(rules.delete(referenceIn(input)));
      await tags.remove(
        record.arn,
        (await tags.of(record.arn)).map(({ Key }) => Key),
      );
      return { SamplingRuleRecord: toRecord(record) };
    },
    '/SamplingTargets': async (input) => await answerTargets(sampling, input),
    '/SamplingStatisticSummaries': async (input, { now }) => {
      checkOnlyPage(input);
      return {
        SamplingStatisticSummaries: (await rules.list()).map(({ rule: { RuleName } }) => {
          const { requests, borrowed, sampled } = sampling.activityOf(RuleName, summarySeconds);
          return {
            RuleName,
            // The start of the window that is counted.
            Timestamp: Math.floor(now / 1_000) - summarySeconds,
            RequestCount: requests,
            BorrowCount: borrowed,
            SampledCount: sampled,
          };
        }),
      };
    },
  };
}

async function answerTargets(sampling: Sampling, input: XRayInput): Promise<object> {
  const documents = required(
    structuresIn(input, 'SamplingStatisticsDocuments', { most: mostDocuments }),
    'SamplingStatisticsDocuments',
  );
  const reports = documents.map(reportIn);
  const boosts = structuresIn(input, 'SamplingBoostStatisticsDocuments', { most: mostDocuments }) ?? [];
  const boosted = boosts.map((document) => requiredText(document, 'RuleName', { least: 1, most: 32 }));
  const believed = reports.filter((report) => problemOf(report) === undefined);
  const targets = await sampling.report(believed);
  return {
    SamplingTargetDocuments: targets.filter((target) => target !== undefined).map(toTargetDocument),
    LastRuleModification: sampling.rules.lastModification,
    UnprocessedStatistics: [
      ...believed.filter((_report, index) => targets[index] === undefined).map(unprocessed),
      ...reports.flatMap((report) => {
        const problem = problemOf(report);
        return problem === undefined
          ? []
          : [{ RuleName: report.rule, ErrorCode: 'InvalidStatistics', Message: problem }];
      }),
    ],
    // Anomalies raise no rate here: every rule has the rate that a person gave it.
    ...(boosted.length > 0 && {
      UnprocessedBoostStatistics: boosted.map((RuleName) => ({
        RuleName,
        ErrorCode: 'BoostUnavailable',
        Message: 'This hub does not boost sampling rates.',
      })),
    }),
  };
}

function reportIn(document: XRayInput): SamplingReport {
  requiredTime(document, 'Timestamp');
  const counts = { least: 0 };
  return {
    rule: requiredText(document, 'RuleName', { least: 1, most: 32 }),
    clientId: requiredText(document, 'ClientID', { least: 24, most: 24 }),
    requests: required(integerIn(document, 'RequestCount', counts), 'RequestCount'),
    sampled: required(integerIn(document, 'SampledCount', counts), 'SampledCount'),
    borrowed: integerIn(document, 'BorrowCount', counts) ?? 0,
  };
}

/** X-Ray's counts are integers of 32 bits (botocore, SamplingStatisticsDocument). */
const mostCounted = 2 ** 31 - 1;

/** Why a report cannot be true, in a sentence. */
function problemOf({ requests, sampled, borrowed }: SamplingReport): string | undefined {
  if (Math.max(requests, sampled, borrowed) > mostCounted) {
    return `A count is at most ${mostCounted}.`;
  }
  return Math.max(sampled, borrowed) > requests ? 'SampledCount and BorrowCount are at most RequestCount.' : undefined;
}

function toTargetDocument({ rule, quota, quotaEnds, interval }: SamplingTarget): object {
  return {
    RuleName: rule.RuleName,
    FixedRate: rule.FixedRate,
    ReservoirQuota: quota,
    // Seconds, as AWS answers: the SDK for Node takes them for milliseconds, and would be wrong with any other client if it were humoured.
    ReservoirQuotaTTL: quotaEnds,
    Interval: interval,
  };
}

function unprocessed({ rule }: SamplingReport): object {
  return { RuleName: rule, ErrorCode: 'InvalidRule', Message: `There is no rule "${rule}".` };
}

export function toRecord({ rule, arn, createdAt, modifiedAt }: SamplingRuleRecord): object {
  return { SamplingRule: { ...rule, RuleARN: arn }, CreatedAt: createdAt, ModifiedAt: modifiedAt };
}

/** Every rule is on the first page: SDKs ask for no other. */
function checkOnlyPage(input: XRayInput): void {
  if (textIn(input, 'NextToken') !== undefined) {
    throw invalidRequest('The NextToken is not one that this hub gave.');
  }
}

function referenceIn(input: XRayInput): SamplingRuleReference {
  const name = textIn(input, 'RuleName');
  const arn = textIn(input, 'RuleARN');
  if ((name === undefined) === (arn === undefined)) {
    throw invalidRequest('Specify either RuleName or RuleARN.');
  }
  return name === undefined ? { arn: arn ?? '' } : { name };
}

/** The members that are not null: AWS's JSON has null for what is absent. */
function presentIn(members: XRayInput): Partial<Record<keyof SamplingRule, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

/** AWS has one error for what is wrong, missing and there already: InvalidRequestException. */
async function orRefusal<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof SamplingRefusal)) {
      throw error;
    }
    throw new XRayRefusal(
      error.reason === 'full' ? 'RuleLimitExceededException' : 'InvalidRequestException',
      error.message,
    );
  }
}
