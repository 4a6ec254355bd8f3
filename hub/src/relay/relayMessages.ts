import type { RelayChange, RelayDestination, RelayResendReply, RelayTestReply } from '../client/relayApi.ts';
import type { RelaySettlement } from '../store/relay/relayStore.ts';
import type { Sent } from '../cost/sentUsage.ts';
import type { LaneStatus } from './laneStatus.ts';

export interface RelayThreadStart {
  readonly dataDir: string;
}

/** Main thread to the relay's. Each with an id is answered once. */
export type RelayRequest =
  /** Without settings the destination's lane ends. */
  | {
      readonly kind: 'configure';
      readonly id: number;
      readonly destination: RelayDestination;
      readonly settings: RelayChange | undefined;
    }
  | { readonly kind: 'status'; readonly id: number }
  | {
      readonly kind: 'test';
      readonly id: number;
      readonly destination: RelayDestination;
      readonly settings: RelayChange;
    }
  | { readonly kind: 'resend'; readonly id: number; readonly destination: RelayDestination }
  | { readonly kind: 'close'; readonly id: number }
  /** Something has been stored. */
  | { readonly kind: 'notice' }
  | { readonly kind: 'settled'; readonly id: number; readonly error?: string };

export type LaneStatuses = Partial<Readonly<Record<RelayDestination, LaneStatus>>>;

export type RelayValue = LaneStatuses | RelayTestReply | RelayResendReply | undefined;

/** The relay's thread to the main one, which passes what is to be settled on to the store's writer. */
export type RelayAnswer =
  | { readonly kind: 'answer'; readonly id: number; readonly value: RelayValue }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly isForPerson: boolean }
  | { readonly kind: 'settle'; readonly id: number; readonly settlement: RelaySettlement }
  /** Told as a request has arrived, for what it costs. */
  | { readonly kind: 'used'; readonly destination: RelayDestination; readonly used: Sent };
