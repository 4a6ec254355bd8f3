import { XRayClient } from '@aws-sdk/client-xray';
import { expect, onTestFinished } from 'vitest';
import { startHubUnderTest, type HubUnderTest } from '../../testing/hubUnderTest.ts';
import { startRealHub, type RealHub } from '../../testing/realHub.ts';

/** AWS's SDK pointed at an endpoint; ended when the test has ended. */
export function xrayClient(endpoint: string, credentials = localCredentials): XRayClient {
  const client = new XRayClient({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
}

const localCredentials = { accessKeyId: 'sightline-local', secretAccessKey: 'sightline-local' };

/** A hub in this process in front of an in-memory store, and AWS's SDK pointed at it. */
export async function startXRayHub(...args: string[]): Promise<HubUnderTest & { readonly client: XRayClient }> {
  const hub = await startHubUnderTest(...args);
  return { ...hub, client: xrayClient(hub.endpoints.api) };
}

/** A hub in this process with the store of the product, and AWS's SDK pointed at it. */
export async function startStoringXRayHub(...args: string[]): Promise<RealHub & { readonly xray: XRayClient }> {
  const hub = await startRealHub(...args);
  return { ...hub, xray: xrayClient(hub.ready.endpoints.api) };
}

/** What became of a call: its output as text, or the error's name, status and words. */
export async function answerOf(answer: Promise<object>): Promise<string> {
  return await answer.then(
    ({ ...output }) =>
      JSON.stringify(Object.fromEntries(Object.entries(output).filter(([name]) => name !== '$metadata'))),
    (error: unknown) => {
      const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
      return `${$metadata?.httpStatusCode ?? 'none'} ${name}: ${message}`;
    },
  );
}

export async function check(answer: Promise<object>, expected: string): Promise<void> {
  expect(await answerOf(answer)).toBe(expected);
}
