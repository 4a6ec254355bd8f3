/** Why `npm start` ends, worded for the person at the keyboard. Anything else thrown is a bug and keeps its stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
