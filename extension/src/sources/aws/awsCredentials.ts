import { hubAccessKeyId } from '@sightline/hub/client/dataDirectory';
import { placeholderKey } from '../../services/environment.ts';
import { UserError } from '../../userError.ts';
import type { AwsChoice, AwsSdk } from './awsAccount.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/**
 * The SDK's own chain: environment, SSO, `aws login`, profile files with role chains and processes, web identity, containers, EC2. Keys that Sightline itself
 * gave to a terminal, out of which this editor was started, are passed over: they open nothing.
 */
export function credentialsOf(
  sdk: Pick<AwsSdk, 'defaultProvider'>,
  { profile, region }: AwsChoice,
  env: Readonly<Record<string, string | undefined>>,
): () => Promise<Credentials> {
  // With a profile named, the chain does not look at the keys in the environment.
  const named = profile ?? (isDummy(env['AWS_ACCESS_KEY_ID']) ? (env['AWS_PROFILE'] ?? 'default') : undefined);
  const provider = sdk.defaultProvider({
    ...(named !== undefined && { profile: named }),
    // SSO, role chains and `aws login` make calls of their own, which AWS_ENDPOINT_URL* would lead elsewhere as well.
    clientConfig: { ignoreConfiguredEndpointUrls: true },
    parentClientConfig: { region },
  });
  return async () => {
    const credentials = await provider();
    if (isDummy(credentials.accessKeyId)) {
      throw new UserError(
        'The AWS credentials found are the placeholder that Sightline gives to programs without any, and open nothing. Choose a profile, or run "aws configure sso" or "aws login" first.',
        { actions: [{ label: 'Choose Source', command: 'sightline.chooseSource' }] },
      );
    }
    return credentials;
  };
}

function isDummy(accessKeyId: string | undefined): boolean {
  return accessKeyId === placeholderKey || accessKeyId === hubAccessKeyId;
}
