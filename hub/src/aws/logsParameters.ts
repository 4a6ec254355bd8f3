import { checkGroupName } from '../store/logs/logNames.ts';
import { brokenConstraint, invalidParameter, LogRefusal } from '../store/logs/logFailure.ts';

/** The members of a call's body as they came. */
export type LogsInput = Readonly<Record<string, unknown>>;

/** A text; `undefined` where it is absent. Throws `LogRefusal` where it is something else or too long. */
export function textIn(input: LogsInput, name: string, longest = 10_000): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'string') {
    throw wrongType(name);
  }
  if (value.length > longest) {
    throw brokenConstraint(value, name, `have length less than or equal to ${longest}`);
  }
  return value;
}

/** As `textIn`, but it has to be there. */
export function requiredText(input: LogsInput, name: string, longest?: number): string {
  const value = textIn(input, name, longest);
  if (value === undefined) {
    throw brokenConstraint(undefined, name, 'not be null');
  }
  if (value === '') {
    throw brokenConstraint(value, name, 'have length greater than or equal to 1');
  }
  return value;
}

/** A whole number of the range; `undefined` where it is absent. Throws `LogRefusal`. */
export function numberIn(
  input: LogsInput,
  name: string,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: { readonly least?: number; readonly most?: number } = {},
): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw wrongType(name);
  }
  if (value < least) {
    throw brokenConstraint(value, name, `have value greater than or equal to ${least}`);
  }
  if (value > most) {
    throw brokenConstraint(value, name, `have value less than or equal to ${most}`);
  }
  return value;
}

export function flagIn(input: LogsInput, name: string): boolean | undefined {
  const value = input[name];
  if (value !== undefined && value !== null && typeof value !== 'boolean') {
    throw wrongType(name);
  }
  return value ?? undefined;
}

/** A list of texts; `undefined` where it is absent. Throws `LogRefusal`. */
export function textsIn(input: LogsInput, name: string, most: number, least = 1): readonly string[] | undefined {
  const value = input[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw wrongType(name);
  }
  if (value.length < least) {
    throw brokenConstraint(value, name, `have length greater than or equal to ${least}`);
  }
  if (value.length > most) {
    throw brokenConstraint(value, name, `have length less than or equal to ${most}`);
  }
  return value;
}

/** Texts by name, such as tags; `undefined` where they are absent. Throws `LogRefusal`. */
export function mapIn(input: LogsInput, name: string): Readonly<Record<string, string>> | undefined {
  const value = input[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'object' || Object.values(value).some((each) => typeof each !== 'string')) {
    throw wrongType(name);
  }
  return value as Readonly<Record<string, string>>;
}

const identifierForm = /^[\w#+=/:,.@-]+$/;
const groupArn = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)$/;

/** The name in an identifier, which is a name or an ARN that does not end in `:*`. Throws `LogRefusal`. */
export function groupOfIdentifier(identifier: string, path: string): string {
  if (!identifierForm.test(identifier)) {
    throw brokenConstraint(identifier, path, 'satisfy regular expression pattern: [\\w#+=/:,.@-]*');
  }
  if (!identifier.startsWith('arn:')) {
    return checkGroupName(identifier, path);
  }
  const name = groupArn.exec(identifier)?.[1];
  if (name === undefined) {
    throw invalidParameter(`The specified log group identifier '${identifier.slice(0, 600)}' is not valid.`);
  }
  return checkGroupName(name, path);
}

/** The group that a call names by `logGroupName` or `logGroupIdentifier`. Throws `LogRefusal`. */
export function groupIn(input: LogsInput): string {
  const name = textIn(input, 'logGroupName');
  const identifier = textIn(input, 'logGroupIdentifier', 2048);
  if (name !== undefined && identifier !== undefined) {
    throw new LogRefusal('ValidationException', 'LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
  return identifier === undefined ? checkGroupName(name) : groupOfIdentifier(identifier, 'logGroupIdentifier');
}

function wrongType(name: string): LogRefusal {
  return new LogRefusal('SerializationException', `The value of '${name}' is not of the type that it should be.`);
}
