import type { SamplingSdk } from '@sightline/telemetry/sampling/samplingRequest';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import { sdkNotes } from '../client/samplingExplanation.ts';
import type { Sampling } from './sampling.ts';

/**
 * What a person should know beside a dry run, as sentences: whether the rules have reached the SDKs, and what an SDK does otherwise than its
 * rules say. `used` are the rules that catch something.
 */
export function samplingNotes(
  sampling: Sampling,
  sdks: readonly SamplingSdk[],
  used: readonly SamplingRule[],
): readonly string[] {
  const fetched = fetchNote(sampling);
  return [...(fetched === undefined ? [] : [fetched]), ...sdkNotes(sdks, used)];
}

function fetchNote({ rules, lastFetch }: Sampling): string | undefined {
  const until = 'Until it has fetched them, an SDK keeps 1 request a second and 5 % of the others.';
  if (lastFetch === undefined) {
    return `No SDK has fetched the rules since the hub started. ${until}`;
  }
  // A fetch in the second of the change may have been before it.
  return lastFetch >= rules.lastModification - 1
    ? undefined
    : 'No SDK has fetched the rules since they were changed. With requests, the SDK for Python does within 10 seconds, that for Node within 5 minutes; a changed rate or reservoir reaches both within 10 seconds.';
}
