import { ProblemList, type Decoded, type Problem } from './decoded.ts';

export type OtlpEncoding = 'protobuf' | 'json';

/** What an OTLP request held. */
export interface DecodedOtlp<T> extends Decoded<T> {
  /** Records that were sent but cannot be kept, for the answer's partial success; problems are more where a kept record was odd. */
  readonly rejected: number;
  /** Set where the body as a whole is no such request (OTLP/HTTP answers 400); `records` then has what could be read all the same. */
  readonly malformed?: Problem;
}

/** Collects what a request holds while it is read. */
export interface OtlpOutcome<T> {
  readonly records: T[];
  readonly problems: ProblemList;
  rejected: number;
  malformed?: Problem;
}

export function emptyOutcome<T>(): OtlpOutcome<T> {
  return { records: [], problems: new ProblemList(), rejected: 0 };
}

/** Notes that the body is broken at its outermost level. */
export function noteMalformed(outcome: OtlpOutcome<unknown>, place: string, message: string): void {
  outcome.malformed ??= { place, message };
  outcome.problems.push({ place, message });
}
