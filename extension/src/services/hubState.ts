import type { Endpoints } from '@sightline/hub/client/api';

/** The hub as one window knows it. */
export type HubState =
  /** Nobody has asked for it in this window, and none was found running. */
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly hub: RunningHub }
  /** It answered before and does not now; the window looks for it or starts it again. */
  | { readonly kind: 'lost'; readonly message: string }
  /** `message` is a sentence that says what happened and what to do. */
  | { readonly kind: 'failed'; readonly message: string }
  /** A person ended it, here or elsewhere. */
  | { readonly kind: 'stopped' };

export interface RunningHub {
  readonly pid: number;
  readonly version: string;
  readonly dataDir: string;
  readonly endpoints: Endpoints;
  readonly startedAt: Date;
  /** `started` by this window, or already running and `joined`. */
  readonly origin: 'started' | 'joined';
}

export type HubPhase = HubState['kind'];
