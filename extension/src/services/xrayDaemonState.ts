import type { XRayDaemonHealth } from './xrayDaemonHealth.ts';

/** The AWS X-Ray daemon in front of the hub, as one window knows it. */
export type XRayDaemonState =
  /** There is no hub, or it takes segments itself. */
  | { readonly kind: 'off' }
  /** The hub was started to have a daemon in front of it, and this window finds none. */
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'starting'; readonly address: string }
  | {
      readonly kind: 'running';
      readonly address: string;
      readonly since: Date;
      readonly pid?: number;
      readonly health: XRayDaemonHealth;
    }
  /** Another window runs it, or has stopped it, which leaves it without an address. */
  | { readonly kind: 'elsewhere'; readonly address?: string }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped' }
  /** It ended by itself, or did not start. `message` says how, in words. */
  | { readonly kind: 'exited'; readonly message: string };

/** Where programs send segments, as soon as that is known. */
export function addressOf(state: XRayDaemonState): string | undefined {
  return 'address' in state ? state.address : undefined;
}
