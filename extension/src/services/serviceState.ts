/** What Sightline starts and stops, in the order of starting. */
export const serviceIds = ['hub', 'xrayDaemon', 'database', 'backend'] as const;
export type ServiceId = (typeof serviceIds)[number];

/** The services that a folder brings along, unlike the hub and the daemon in front of it. */
export type FolderServiceId = Exclude<ServiceId, 'hub' | 'xrayDaemon'>;

/** A backend or database as one window knows it. */
export type ServiceState =
  /** No setting and no choice says what to start. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly since: Date; readonly endpoints: ServiceEndpoints; readonly pid?: number }
  /** Another window runs it, or its port answers, whoever listens there. */
  | {
      readonly kind: 'elsewhere';
      readonly endpoints: ServiceEndpoints;
      readonly pid?: number;
      readonly window?: OtherWindow;
    }
  | { readonly kind: 'stopping' }
  /** It ended by itself. `message` says how, in words. */
  | { readonly kind: 'exited'; readonly message: string; readonly isFailure: boolean };

/** What is known of a run in another window of the folder: without `since` it is starting. */
export interface OtherWindow {
  readonly since?: Date;
}

/** Where a service answers, as its ready line or its settings name it: `backend`, `page`, `postgres`. */
export type ServiceEndpoints = Readonly<Record<string, string>>;
