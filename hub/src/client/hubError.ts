/**
 * `unreachable`: nothing answers there, or the connection broke; `unauthorized`: the token is missing or not this hub's;
 * `refused`: the hub took the request for wrong; `failed`: the hub could not do it, or answered nonsense.
 */
export type HubErrorKind = 'unreachable' | 'unauthorized' | 'refused' | 'failed';

/** A request to the hub that came to nothing; the message is a sentence for a person. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly kind: HubErrorKind;

  constructor(kind: HubErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
