import type { OtlpOutcome } from './decodedOtlp.ts';
import type { ProtobufReader } from './protobufReader.ts';

/** Turns what the reader met since the last call into problems, and makes it good for the next message. */
export function noteFailure(reader: ProtobufReader, place: () => string, outcome: OtlpOutcome<unknown>): void {
  const failure = reader.takeFailure();
  if (failure !== undefined) {
    outcome.problems.push({ place: place(), message: failure });
  }
  if (reader.hasBadText) {
    reader.hasBadText = false;
    outcome.problems.push({ place: place(), message: 'a text is not UTF-8; what cannot be read is shown as U+FFFD' });
  }
}
