/** What goes on to the clouds, under `/sightline/v1/relay` as JSON. Times are nanoseconds as decimal text; secrets only ever go in. */

export const relayDestinations = ['xray', 'logs', 'otlp', 'rollbar'] as const;

/** AWS X-Ray, CloudWatch Logs, an OTLP endpoint (Honeycomb or another), Rollbar. */
export type RelayDestination = (typeof relayDestinations)[number];

/**
 * `off`: nothing waits for it. `waiting for secrets`: switched on, and nobody has handed over what it needs since the hub started.
 * `paused`: by a person or a cap. `retrying`: the destination did not take what was sent, and is asked again later. `sending`: records wait.
 * `idle`: everything has arrived.
 */
export type RelayState = 'off' | 'waiting for secrets' | 'paused' | 'retrying' | 'sending' | 'idle';

/** `GET /sightline/v1/relay`. */
export interface RelayList {
  readonly destinations: Readonly<Record<RelayDestination, RelayStatus>>;
}

/**
 * Counted since the destination was first switched on, over restarts: segment documents (xray), log events (logs), requests as an app sent
 * them (otlp), items (rollbar).
 */
export interface RelayCounts {
  readonly sent: number;
  readonly waiting: number;
  /** Kept with their reason; `resend` tries them again. */
  readonly refused: number;
  /** Left the store before they could be sent, or were refused and had to make room. */
  readonly dropped: number;
  /** Batches of which nobody knows whether they had arrived before, and which were sent again: after a crash, or an answer that was cut off. */
  readonly repeated: number;
}

export interface RelayStatus extends RelayCounts {
  readonly state: RelayState;
  readonly endpoint?: string;
  readonly region?: string;
  /** Which secret is used, masked, such as `AKIA…4XQ2`. */
  readonly secret?: string;
  /** Why it is paused, as whoever paused it said. */
  readonly pausedBecause?: string;
  readonly lastError?: string;
  readonly lastErrorAt?: string;
  /** When it is tried again. */
  readonly nextTryAt?: string;
  readonly lastSentAt?: string;
  /** Since the hub started: what a price is asked for. */
  readonly usage: RelayUsage;
  /** The newest reasons of refused records, at most ten. */
  readonly refusals: readonly RelayRefusal[];
}

export interface RelayUsage {
  readonly records: number;
  /** Before compression, as the destination counts them. */
  readonly bytes: number;
  readonly requests: number;
}

export interface RelayRefusal {
  readonly at: string;
  readonly reason: string;
  readonly records: number;
}

/** The part of `stats` that scripts lean on; only destinations that are switched on. */
export type RelayStats = Partial<
  Readonly<
    Record<RelayDestination, Pick<RelayCounts, 'sent' | 'waiting' | 'refused'> & { readonly lastError?: string }>
  >
>;

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * `PUT /sightline/v1/relay/{destination}`: all of its settings; what is absent is at its default. Secrets are kept in memory only, and are in
 * no answer. `enabled: false` forgets what waits.
 */
export interface RelayChange {
  readonly enabled: boolean;
  /** `otlp` needs one; the others have their vendor's. */
  readonly endpoint?: string;
  /** Of AWS; otherwise what the hub's environment or the profile says. */
  readonly region?: string;
  /** Of AWS, to be used instead of `credentials`: the hub resolves it as the SDK does. */
  readonly profile?: string;
  readonly credentials?: AwsKeys;
  /** Of OTLP, such as `x-honeycomb-team`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of Rollbar: a post_server_item access token. */
  readonly token?: string;
  /** Days that events are kept in log groups that the relay has to create and that have no retention here. */
  readonly retentionDays?: number;
  /** Why nothing is to be sent for now; absent where it is. */
  readonly pausedBecause?: string;
}

/** `POST /sightline/v1/relay/{destination}/test`: the body is a `RelayChange` to try before it is used, or nothing for what is used now. */
export interface RelayTestReply {
  readonly ok: boolean;
  /** Whom the key belongs to and what became of the test, or what went wrong: sentences. */
  readonly message: string;
}

/** `POST /sightline/v1/relay/{destination}/resend`: what was refused is tried once more. */
export interface RelayResendReply {
  readonly sent: number;
  readonly refused: number;
}
