import type { RelayChange } from '../client/relayApi.ts';
import { TestFailure, type Outcome, type Sender } from './outcome.ts';

/** Shorter ones stand in ordinary words. */
const leastLength = 8;

/** A sender in whose sentences no secret is: servers repeat what they were sent, and reasons are kept and shown. */
export function withoutSecrets(sender: Sender, settings: RelayChange): Sender {
  const { token, headers = {}, credentials } = settings;
  const keys = [credentials?.accessKeyId, credentials?.secretAccessKey, credentials?.sessionToken, token];
  const secrets = [...keys, ...Object.values(headers)].filter(
    (each) => each !== undefined && each.length >= leastLength,
  );
  const scrub = (text: string): string =>
    secrets.reduce<string>((left, each) => left.replaceAll(each ?? '', '…'), text);
  return {
    split: (items) => sender.split(items),
    send: async (items, signal) => scrubbed(await sender.send(items, signal), scrub),
    test: async (signal) => {
      try {
        return scrub(await sender.test(signal));
      } catch (error) {
        throw error instanceof TestFailure ? new TestFailure(scrub(error.message), { cause: error }) : error;
      }
    },
    close: () => sender.close(),
  };
}

function scrubbed(outcome: Outcome, scrub: (text: string) => string): Outcome {
  if (outcome.kind !== 'arrived') {
    return { ...outcome, reason: scrub(outcome.reason) };
  }
  const { refused, againBecause } = outcome;
  return {
    ...outcome,
    ...(refused !== undefined && { refused: refused.map(({ at, reason }) => ({ at, reason: scrub(reason) })) }),
    ...(againBecause !== undefined && { againBecause: scrub(againBecause) }),
  };
}
