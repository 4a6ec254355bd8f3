import {
  relayDestinations,
  type RelayChange,
  type RelayDestination,
  type RelayList,
  type RelayResendReply,
  type RelayState,
  type RelayStats,
  type RelayStatus,
  type RelayTestReply,
} from '../client/relayApi.ts';
import type { RelayAccount, RelayAccounts } from '../store/relay/relayStore.ts';
import type { RelayForCost } from '../cost/costSurroundings.ts';
import type { CostMeter } from '../cost/costMeter.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { UserError } from '../userError.ts';
import type { LaneStatus } from './laneStatus.ts';
import { ownEndpointTrouble } from './ownEndpoint.ts';
import { RelayLink } from './relayLink.ts';
import type { LaneStatuses } from './relayMessages.ts';
import { settingsOf, urlTrouble, withoutRedirection, type RelayChoice, type RelayEnvironment } from './relayOptions.ts';

export interface RelayParts {
  readonly store: Pick<TelemetryStore, 'relay' | 'onDidChange' | 'recordProblem'>;
  readonly dataDir: string;
  readonly env: RelayEnvironment;
  readonly meter: Pick<CostMeter, 'add' | 'isCapped' | 'onDidChangeSettings'>;
  /** The ports of this hub. */
  readonly ownPorts: () => readonly number[];
}

const capReached = 'The cap of this month is reached.';
/** How often a new month is looked for. */
const capMillis = 60_000;

/** After its thread has failed. */
const restartMillis = 2_000;

/**
 * Hands on what apps send to the destinations that are switched on. Which ones are, and how far they have come, is in the store; secrets are
 * here, in memory, and nowhere else. The thread that does the work is started when the first destination has its settings.
 */
export class Relay {
  readonly #parts: RelayParts;
  readonly #settings = new Map<RelayDestination, RelayChange>();
  /** Why a destination cannot be used as it is set. */
  readonly #troubles = new Map<RelayDestination, string>();
  #link: RelayLink | undefined;
  #unsubscribe: (() => void) | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** Whether the cap holds a destination back. */
  readonly #hasStopped = new Map<RelayDestination, boolean>();
  readonly #capTimer: NodeJS.Timeout;
  readonly #unfollow: () => void;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#unfollow = parts.meter.onDidChangeSettings(() => this.#followCaps());
    this.#capTimer = setInterval(() => this.#followCaps(), capMillis).unref();
  }

  /** Switches on what the command line asks for. Throws `UserError` where that cannot be. */
  async start(choices: readonly RelayChoice[]): Promise<void> {
    for (const choice of choices) {
      const { destination } = choice;
      const settings = settingsOf(choice, this.#parts.env);
      if (settings !== undefined) {
        // oxlint-disable-next-line no-await-in-loop -- at most four, once.
        await this.#refuseWrong(settings);
      }
      // oxlint-disable-next-line no-await-in-loop -- as above.
      await this.#parts.store.relay.setEnabled(destination, true);
      if (settings !== undefined) {
        // oxlint-disable-next-line no-await-in-loop -- as above.
        await this.#configure(destination, settings).catch((error: unknown) => {
          // A region that is missing can be put right while the rows wait.
          this.#troubles.set(destination, error instanceof Error ? error.message : String(error));
        });
      }
    }
  }

  /** Throws `UserError` for settings that cannot be; then nothing has changed. */
  async change(destination: RelayDestination, change: RelayChange): Promise<RelayStatus> {
    if (change.enabled) {
      await this.#refuseWrong(change);
      await this.#parts.store.relay.setEnabled(destination, true);
      await this.#configure(destination, change);
    } else {
      this.#settings.delete(destination);
      this.#troubles.delete(destination);
      await this.#link?.ask({ kind: 'configure', destination, settings: undefined });
      await this.#parts.store.relay.setEnabled(destination, false);
    }
    const { destinations } = await this.list();
    return destinations[destination];
  }

  async list(): Promise<RelayList> {
    const [accounts, lanes] = await Promise.all([this.#parts.store.relay.accounts(), this.#statuses()]);
    const entries = relayDestinations.map((each) => [each, this.#statusOf(each, accounts[each], lanes[each])]);
    return { destinations: Object.fromEntries(entries) as Record<RelayDestination, RelayStatus> };
  }

  /** What is sent to whom, as far as it costs. */
  get forCost(): RelayForCost {
    const retentionDays = this.#settings.get('logs')?.retentionDays;
    return { relayed: new Set(this.#settings.keys()), ...(retentionDays !== undefined && { retentionDays }) };
  }

  /** `undefined` while nothing is switched on. */
  async stats(): Promise<RelayStats | undefined> {
    const accounts: RelayAccounts = await this.#parts.store.relay.accounts();
    if (Object.keys(accounts).length === 0) {
      return undefined;
    }
    const { destinations } = await this.list();
    return Object.fromEntries(
      relayDestinations
        .filter((each) => accounts[each] !== undefined)
        .map((each) => {
          const { sent, waiting, refused, lastError } = destinations[each];
          return [each, { sent, waiting, refused, ...(lastError !== undefined && { lastError }) }];
        }),
    );
  }

  /** Throws `UserError`. */
  async test(destination: RelayDestination, change: RelayChange | undefined): Promise<RelayTestReply> {
    const settings = change ?? this.#settings.get(destination);
    if (settings === undefined) {
      throw new UserError('This destination has no settings to test yet.');
    }
    await this.#refuseWrong(settings);
    return (await this.#started().ask({ kind: 'test', destination, settings })) as RelayTestReply;
  }

  /** Throws `UserError`. */
  async resend(destination: RelayDestination): Promise<RelayResendReply> {
    return (await this.#started().ask({ kind: 'resend', destination })) as RelayResendReply;
  }

  async close(): Promise<void> {
    clearTimeout(this.#restart);
    clearInterval(this.#capTimer);
    this.#unfollow();
    this.#unsubscribe?.();
    await this.#link?.close();
  }

  async #refuseWrong({ endpoint }: RelayChange): Promise<void> {
    if (endpoint === undefined) {
      return;
    }
    const trouble = urlTrouble(endpoint);
    const own = trouble === undefined ? await ownEndpointTrouble(endpoint, this.#parts.ownPorts()) : undefined;
    if (trouble !== undefined || own !== undefined) {
      throw new UserError(own ?? `The endpoint cannot be used: ${trouble}.`);
    }
  }

  async #configure(destination: RelayDestination, settings: RelayChange): Promise<void> {
    this.#settings.set(destination, settings);
    this.#troubles.delete(destination);
    const effective = this.#isCapped(destination) ? { ...settings, pausedBecause: capReached } : settings;
    this.#hasStopped.set(destination, effective.pausedBecause === capReached);
    await this.#started().ask({ kind: 'configure', destination, settings: effective });
  }

  #isCapped(destination: RelayDestination): boolean {
    return this.#parts.meter.isCapped(destination);
  }

  /** Pauses a destination whose cap is reached, and goes on where it no longer is: a higher one, or another month. */
  #followCap(destination: RelayDestination): void {
    const settings = this.#settings.get(destination);
    if (settings !== undefined && this.#isCapped(destination) !== this.#hasStopped.get(destination)) {
      this.#configure(destination, settings).catch((error: unknown) => {
        this.#troubles.set(destination, error instanceof Error ? error.message : String(error));
      });
    }
  }

  #followCaps(): void {
    for (const destination of this.#settings.keys()) {
      this.#followCap(destination);
    }
  }

  async #statuses(): Promise<LaneStatuses> {
    return this.#link === undefined ? {} : ((await this.#link.ask({ kind: 'status' })) as LaneStatuses);
  }

  #started(): RelayLink {
    if (this.#link === undefined) {
      const { dataDir, env, store } = this.#parts;
      const link = new RelayLink({ dataDir, env: withoutRedirection(env) }, store.relay, {
        onFail: (reason) => this.#fail(reason),
        onUsed: (destination, { usage, retention }) => {
          this.#parts.meter.add(destination, usage, retention === undefined ? {} : { retention });
          this.#followCap(destination);
        },
      });
      this.#link = link;
      this.#unsubscribe = store.onDidChange(() => link.notice());
    }
    return this.#link;
  }

  /** What was under way waits still; another thread goes on with it. */
  #fail(reason: Error): void {
    this.#parts.store.recordProblem({ receiver: 'api', place: 'relay', message: `${reason.message} It starts again.` });
    this.#unsubscribe?.();
    this.#link = undefined;
    this.#restart = setTimeout(() => {
      for (const [destination, settings] of this.#settings) {
        this.#configure(destination, settings).catch((error: unknown) => {
          this.#troubles.set(destination, error instanceof Error ? error.message : String(error));
        });
      }
    }, restartMillis);
  }

  #statusOf(
    destination: RelayDestination,
    account: RelayAccount | undefined,
    lane: LaneStatus | undefined,
  ): RelayStatus {
    const settings = this.#settings.get(destination);
    const trouble = this.#troubles.get(destination);
    const { sent = 0, waiting = 0, refused = 0, dropped = 0, repeated = 0, refusals = [] } = account ?? {};
    const secret = settings === undefined ? undefined : maskedSecretOf(settings);
    const lastError = trouble ?? lane?.lastError;
    const pausedBecause = this.#hasStopped.get(destination) === true ? capReached : settings?.pausedBecause;
    return {
      state: stateOf(account, lane, waiting),
      sent,
      waiting,
      refused,
      dropped,
      repeated,
      refusals,
      ...(settings?.endpoint !== undefined && { endpoint: settings.endpoint }),
      ...(settings?.region !== undefined && { region: settings.region }),
      ...(secret !== undefined && { secret }),
      ...(pausedBecause !== undefined && { pausedBecause }),
      ...(lastError !== undefined && { lastError }),
      ...(lane?.lastErrorAt !== undefined && { lastErrorAt: nanosOf(lane.lastErrorAt) }),
      ...(lane?.nextTryAt !== undefined && { nextTryAt: nanosOf(lane.nextTryAt) }),
      ...(lane?.lastSentAt !== undefined && { lastSentAt: nanosOf(lane.lastSentAt) }),
      usage: lane?.usage ?? { records: 0, bytes: 0, requests: 0 },
    };
  }
}

function stateOf(account: RelayAccount | undefined, lane: LaneStatus | undefined, waiting: number): RelayState {
  if (account === undefined) {
    return 'off';
  }
  if (lane === undefined) {
    return 'waiting for secrets';
  }
  // What has just come is on its way before the lane has heard of it.
  return lane.state === 'idle' && waiting > 0 ? 'sending' : lane.state;
}

function maskedSecretOf({ credentials, profile, token, headers }: RelayChange): string | undefined {
  if (credentials !== undefined) {
    return masked(credentials.accessKeyId);
  }
  if (profile !== undefined) {
    return `profile ${profile}`;
  }
  const header = Object.values(headers ?? {})[0];
  const secret = token ?? header;
  return secret === undefined ? undefined : masked(secret);
}

/** Enough to tell two keys apart. */
function masked(secret: string): string {
  return secret.length < 16 ? '…' : `${secret.slice(0, 4)}…${secret.slice(-4)}`;
}

function nanosOf(millis: number): string {
  return `${Math.floor(millis)}000000`;
}
