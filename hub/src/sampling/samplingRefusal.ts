/** A change to the sampling rules that was not made, in a sentence for whoever asked for it. */
export class SamplingRefusal extends Error {
  override readonly name = 'SamplingRefusal';
  readonly reason: 'invalid' | 'missing' | 'taken' | 'full';

  constructor(reason: SamplingRefusal['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}
