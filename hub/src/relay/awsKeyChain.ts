import { defaultProvider } from '@aws-sdk/credential-provider-node';

/** The chain of the AWS SDK in a file of its own: the package is CommonJS, whose names a late import of the bundled package itself does not find. */
export const awsKeyChain: typeof defaultProvider = (init) => defaultProvider(init);
