/** An answer that the caller can act on: a status below 500 and the names of what is wrong. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly errors: readonly string[];

  constructor(status: number, errors: readonly string[]) {
    super(errors.join(', '));
    this.status = status;
    this.errors = errors;
  }
}
