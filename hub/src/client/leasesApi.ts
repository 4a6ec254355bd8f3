/**
 * Leases under `/sightline/v1/leases/{name}`: what only one window at a time does, such as telling of a new error. Kept in memory, for the windows of
 * one hub; a window that goes without a word loses its leases when their time is over.
 */

/** `PUT /sightline/v1/leases/{name}`: takes the lease where nobody else holds it, or holds it longer. */
export interface LeaseClaim {
  /** Who asks: an id that no other window has. */
  readonly holder: string;
  /** How long it is held without being claimed again, from 1 to 600,000. */
  readonly millis: number;
  /** What the others are told while it is held: text of up to 2,000 characters. */
  readonly note?: string;
  /** Takes the lease from another holder. */
  readonly take?: boolean;
}

export interface LeaseReply {
  /** Whether the one who asked holds it now. */
  readonly held: boolean;
  readonly holder: string;
  /** What its holder says. */
  readonly note: string;
}
