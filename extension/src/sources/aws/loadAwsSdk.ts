import type { AwsSdk } from './awsAccount.ts';

/** Reads the bundle with the SDK, once. The build makes a file of its own of what is imported here. */
export async function loadAwsSdk(): Promise<AwsSdk> {
  return await import('./awsSdk.ts');
}
