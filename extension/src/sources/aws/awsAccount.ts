import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { XRayClient } from '@aws-sdk/client-xray';
import { UserError } from '../../userError.ts';
import { credentialsOf } from './awsCredentials.ts';
import { toUserError, type AwsCall } from './awsErrors.ts';
import type { ProfileKind } from './awsProfiles.ts';
import { RateLimit } from './rateLimit.ts';
import type { ReadMeter } from './readMeter.ts';

/** The bundle with the SDK. */
export type AwsSdk = typeof import('./awsSdk.ts');

/** Which account is looked at. Without a profile the SDK's chain begins with the environment. */
export interface AwsChoice {
  readonly profile?: string;
  readonly region: string;
}

export interface AwsAccountOptions {
  readonly choice: AwsChoice;
  readonly profileKind: ProfileKind;
  /** From our own settings; absent: AWS's. */
  readonly endpoints: { readonly xray?: string; readonly logs?: string };
  readonly loadSdk: () => Promise<AwsSdk>;
  /** A hub must not look at itself as if it were AWS. */
  readonly isOwnHub: (endpoint: string) => Promise<boolean>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly meter: ReadMeter;
}

/** What a call is made with. */
export interface Calling<Client> {
  readonly sdk: AwsSdk;
  readonly client: Client;
  readonly options: { readonly abortSignal?: AbortSignal };
}

interface Clients {
  readonly sdk: AwsSdk;
  readonly xray: XRayClient;
  readonly logs: CloudWatchLogsClient;
}

/** Calls of one view, in a second, and at once: below what X-Ray and CloudWatch Logs allow an account, which other tools share. */
const callsPerSecond = 10;
const callsAtOnce = 30;
const attempts = 5;
const connectMillis = 10_000;
const answerMillis = 60_000;

/** One AWS account in one region. Nothing is loaded or called before the first question. */
export class AwsAccount {
  readonly label: string;
  readonly choice: AwsChoice;
  /** Whoever reads something that AWS charges for tells it here. */
  readonly meter: ReadMeter;
  readonly #options: AwsAccountOptions;
  readonly #limit = new RateLimit({
    perSecond: callsPerSecond,
    atOnce: callsAtOnce,
    now: () => performance.now(),
    sleep,
  });
  #clients: Promise<Clients> | undefined;

  constructor(options: AwsAccountOptions) {
    this.#options = options;
    this.choice = options.choice;
    this.meter = options.meter;
    this.label = labelOf(options.choice);
  }

  /** Calls X-Ray. Rejects with a `UserError` that says what to do, and with the signal's reason once that is aborted. */
  async xray<T>(
    permission: string,
    send: (calling: Calling<XRayClient>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return await this.#call(permission, ({ sdk, xray }, options) => send({ sdk, client: xray, options }), signal);
  }

  /** Calls CloudWatch Logs, as `xray` does X-Ray. */
  async logs<T>(
    permission: string,
    send: (calling: Calling<CloudWatchLogsClient>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return await this.#call(permission, ({ sdk, logs }, options) => send({ sdk, client: logs, options }), signal);
  }

  async #call<T>(
    permission: string,
    send: (clients: Clients, options: Calling<unknown>['options']) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const clients = await this.#load();
    await this.#limit.take(signal);
    this.meter.count(permission.startsWith('xray:') ? 'xray' : 'logs', { viewCalls: 1 });
    try {
      return await send(clients, { ...(signal !== undefined && { abortSignal: signal }) });
    } catch (error) {
      signal?.throwIfAborted();
      throw toUserError(error, this.#aboutCall(permission));
    }
  }

  #aboutCall(permission: string): AwsCall {
    const { choice, profileKind, endpoints } = this.#options;
    const endpoint = permission.startsWith('xray:') ? endpoints.xray : endpoints.logs;
    return { permission, profileKind, region: choice.region, profile: choice.profile, endpoint };
  }

  async #load(): Promise<Clients> {
    // One that failed is tried again with the next call: a person has mended the setting by then.
    this.#clients ??= this.#connect().catch((error: unknown) => {
      this.#clients = undefined;
      throw error;
    });
    return await this.#clients;
  }

  async #connect(): Promise<Clients> {
    const { choice, endpoints, loadSdk, env } = this.#options;
    await this.#refuseOwnHub();
    const sdk = await loadSdk();
    const common = {
      region: choice.region,
      credentials: credentialsOf(sdk, choice, env),
      // Invariant: AWS_ENDPOINT_URL* and `endpoint_url` of the profile are never taken: in a terminal that is pointed at the hub, they are the hub.
      ignoreConfiguredEndpointUrls: true,
      retryMode: 'adaptive',
      maxAttempts: attempts,
      requestHandler: { connectionTimeout: connectMillis, requestTimeout: answerMillis, throwOnRequestTimeout: true },
    };
    return {
      sdk,
      xray: new sdk.XRayClient({ ...common, ...(endpoints.xray !== undefined && { endpoint: endpoints.xray }) }),
      logs: new sdk.CloudWatchLogsClient({
        ...common,
        // With an endpoint of one's own, live tail would put `stream-` before its host.
        ...(endpoints.logs !== undefined && { endpoint: endpoints.logs, disableHostPrefix: true }),
      }),
    };
  }

  async #refuseOwnHub(): Promise<void> {
    const { endpoints, isOwnHub } = this.#options;
    for (const [setting, endpoint] of [
      ['sightline.aws.xrayEndpoint', endpoints.xray],
      ['sightline.aws.logsEndpoint', endpoints.logs],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- two at most, and the first refusal is enough.
      if (endpoint !== undefined && (await isOwnHub(endpoint))) {
        throw new UserError(
          `The setting ${setting} (${endpoint}) is this window's own hub, which is the source Local. Leave it empty for AWS itself.`,
          { actions: [{ label: 'Open Settings', command: 'sightline.openSettings' }] },
        );
      }
    }
  }
}

/** `AWS dev eu-central-1`. */
export function labelOf({ profile, region }: AwsChoice): string {
  return `AWS ${profile ?? 'environment'} ${region}`;
}
