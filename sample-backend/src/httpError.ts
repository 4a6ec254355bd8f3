/** An answer that the caller can act on: a status below 500 and the names of what is wrong. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** Not called `errors`: Rollbar's SDK takes those for errors that this one is made of, and shows the first in its place. */
  readonly names: readonly string[];

  constructor(status: number, names: readonly string[]) {
    super(names.join(', '));
    this.status = status;
    this.names = names;
  }
}
