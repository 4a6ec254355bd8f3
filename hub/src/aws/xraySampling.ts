import { samplingRulesReply, samplingTargetsReply } from '../receivers/samplingRules.ts';
import type { XRayOperations } from './xrayCall.ts';
import { requiredText, structuresIn } from './xrayParameters.ts';

/** The calls by which SDKs get their sampling rules and report what they sampled. */
export function samplingOperations(): XRayOperations {
  const modifiedAt = Math.floor(Date.now() / 1_000);
  return {
    '/GetSamplingRules': () => samplingRulesReply(modifiedAt),
    '/SamplingTargets': (input, { now }) => {
      const documents = structuresIn(input, 'SamplingStatisticsDocuments', { most: 25 }) ?? [];
      const names = documents.map((document) => requiredText(document, 'RuleName', { least: 1, most: 32 }));
      return samplingTargetsReply(names, Math.floor(now / 1_000), modifiedAt);
    },
  };
}
