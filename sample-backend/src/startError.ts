/** Something that the person who starts the sample can put right, in one sentence. Anything else thrown is a bug. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
