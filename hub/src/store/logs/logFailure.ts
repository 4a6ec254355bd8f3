import { constraintMessage } from '../../constraintMessage.ts';

/** A refusal in the words of CloudWatch Logs: the name of its error and the text that AWS gives. */
export interface LogFailure {
  readonly failure: LogFailureName;
  readonly message: string;
  /** Further members of the error's body. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export type LogFailureName =
  | 'InvalidParameterException'
  | 'ResourceNotFoundException'
  | 'ResourceAlreadyExistsException'
  | 'LimitExceededException'
  | 'MalformedQueryException'
  | 'ServiceUnavailableException'
  | 'TooManyTagsException'
  | 'ValidationException'
  | 'SerializationException'
  | 'AccessDeniedException';

/** Thrown inside the log store and the API in front of it, and turned into an answer at their edges. */
export class LogRefusal extends Error {
  override readonly name = 'LogRefusal';
  readonly failure: LogFailure;

  constructor(failure: LogFailureName, message: string, more?: LogFailure['more']) {
    super(message);
    this.failure = { failure, message, ...(more && { more }) };
  }
}

export function isLogFailure(answer: unknown): answer is LogFailure {
  return typeof answer === 'object' && answer !== null && 'failure' in answer;
}

export function invalidParameter(message: string): LogRefusal {
  return new LogRefusal('InvalidParameterException', message);
}

/** AWS's words for a value that breaks a constraint of its model. */
export function brokenConstraint(value: unknown, path: string, constraint: string): LogRefusal {
  return invalidParameter(constraintMessage(value, path, constraint));
}

export function groupMissing(): LogRefusal {
  return new LogRefusal('ResourceNotFoundException', 'The specified log group does not exist.');
}

export function streamMissing(): LogRefusal {
  return new LogRefusal('ResourceNotFoundException', 'The specified log stream does not exist.');
}

export function groupExists(): LogRefusal {
  return new LogRefusal('ResourceAlreadyExistsException', 'The specified log group already exists');
}

export function streamExists(): LogRefusal {
  return new LogRefusal('ResourceAlreadyExistsException', 'The specified log stream already exists');
}
