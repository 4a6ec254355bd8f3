/** Something a person may press on an error message: a label and the command behind it. */
export interface ErrorAction {
  readonly label: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** An expected failure, worded for the person at the keyboard. Anything else thrown is a bug. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly actions: readonly ErrorAction[];

  constructor(message: string, options: { readonly actions?: readonly ErrorAction[]; readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.actions = options.actions ?? [];
  }
}
