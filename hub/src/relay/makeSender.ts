import type { RelayChange, RelayDestination } from '../client/relayApi.ts';
import { UserError } from '../userError.ts';
import { AwsCalls } from './awsCalls.ts';
import { fixedKeys, KeyChain, regionOfProfile } from './awsKeys.ts';
import { LogsSender } from './logsSender.ts';
import type { Sender } from './outcome.ts';
import { OtlpSender } from './otlpSender.ts';
import { RollbarSender } from './rollbarSender.ts';
import { XRaySender } from './xraySender.ts';

/** The sender for a destination as it is set. Throws `UserError` for what is missing. */
export async function makeSender(destination: RelayDestination, change: RelayChange): Promise<Sender> {
  switch (destination) {
    case 'otlp': {
      if (change.endpoint === undefined) {
        throw new UserError('OTLP needs an endpoint, such as https://api.honeycomb.io.');
      }
      const endpoint = new URL(change.endpoint);
      // Whoever gives the address of the traces means all of it.
      endpoint.pathname = endpoint.pathname.replace(/\/v1\/(traces|logs)\/?$/, '');
      return new OtlpSender({ endpoint, headers: change.headers ?? {} });
    }
    case 'rollbar': {
      if (change.token === undefined) {
        throw new UserError('Rollbar needs a post_server_item access token.');
      }
      const endpoint = new URL(change.endpoint ?? 'https://api.rollbar.com');
      // The host alone, `.../api/1` and `.../api/1/item/` are all common.
      const path = endpoint.pathname.replace(/\/(item\/?)?$/, '');
      endpoint.pathname = path === '' ? '/api/1/' : `${path}/`;
      return new RollbarSender({ endpoint, token: change.token });
    }
    case 'xray':
      return new XRaySender(await makeCalls('xray', change));
    case 'logs':
      return new LogsSender(await makeCalls('logs', change), change.retentionDays);
  }
}

async function makeCalls(service: 'xray' | 'logs', change: RelayChange): Promise<AwsCalls> {
  const region = change.region ?? (await regionOf(change));
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = new URL(change.endpoint ?? `https://${service}.${region}.${domain}`);
  const keys = change.credentials === undefined ? new KeyChain(change.profile) : fixedKeys(change.credentials);
  return new AwsCalls({ service, endpoint, region, keys });
}

async function regionOf({ endpoint, profile }: RelayChange): Promise<string> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const ofProfile = async (): Promise<string | undefined> => await regionOfProfile(profile);
  const ofEnvironment = AWS_REGION ?? AWS_DEFAULT_REGION;
  // A profile that was chosen says more than the environment the hub happened to start in.
  const region =
    profile === undefined ? (ofEnvironment ?? (await ofProfile())) : ((await ofProfile()) ?? ofEnvironment);
  if (region === undefined && endpoint === undefined) {
    throw new UserError('There is no AWS region: set AWS_REGION, or name one in the profile or the settings.');
  }
  return region ?? 'us-east-1';
}
