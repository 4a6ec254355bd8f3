import type { SamplingState } from './samplingController.ts';

/** The line above the tree, or `undefined` for none: an empty tree with a message hides the welcome text. */
export function samplingMessageOf({ source, sampling, failure }: SamplingState): string | undefined {
  switch (source.kind) {
    case 'failed':
      return source.message;
    case 'stopped':
      return sampling === undefined ? undefined : 'The hub has stopped; these are the rules of before.';
    case 'connecting':
      return sampling === undefined ? undefined : 'Waiting for the hub…';
    case 'ready':
      return failure ?? sampling?.trouble;
  }
}
