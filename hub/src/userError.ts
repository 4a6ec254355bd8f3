/** An expected failure, worded for the person at the keyboard. Anything else thrown is a bug. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
