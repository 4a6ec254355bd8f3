import { AwsAccount, type AwsAccountOptions } from '../aws/awsAccount.ts';
import { loadAwsSdk } from '../aws/loadAwsSdk.ts';
import { RecordingMeter } from './recordingMeter.ts';

/** An account behind an endpoint, with keys in its environment as a machine in AWS has them. */
export function accountAt(endpoint: string, options: Partial<AwsAccountOptions> = {}): AwsAccount {
  return new AwsAccount({
    choice: { region: 'eu-central-1' },
    profileKind: 'keys',
    endpoints: { xray: endpoint, logs: endpoint },
    loadSdk: loadAwsSdk,
    isOwnHub: async () => false,
    env: process.env,
    meter: new RecordingMeter(),
    ...options,
  });
}
