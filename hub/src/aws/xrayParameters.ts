import { constraintMessage } from '../constraintMessage.ts';
import { invalidRequest, XRayRefusal } from './xrayCall.ts';

/** The members of a call's body as they came. */
export type XRayInput = Readonly<Record<string, unknown>>;

interface Lengths {
  readonly least?: number;
  readonly most?: number;
}

/** A text; `undefined` where it is absent. Lengths in characters. Throws `XRayRefusal` where it is something else or out of bounds. */
export function textIn(
  input: XRayInput,
  name: string,
  { least = 0, most = 100_000 }: Lengths = {},
): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'string') {
    throw wrongType(name);
  }
  checkLength(value, name, { least, most });
  return value;
}

/** As `textIn`, but it has to be there. */
export function requiredText(input: XRayInput, name: string, lengths?: Lengths): string {
  return required(textIn(input, name, lengths), name);
}

/** One of some words; `undefined` where it is absent. Throws `XRayRefusal`. */
export function wordIn<Word extends string>(input: XRayInput, name: string, words: readonly Word[]): Word | undefined {
  const value = textIn(input, name);
  const word = words.find((each) => each === value);
  if (value !== undefined && word === undefined) {
    throw brokenConstraint(value, name, `satisfy enum value set: [${words.join(', ')}]`);
  }
  return word;
}

/** A finite number of the range; `undefined` where it is absent. Throws `XRayRefusal`. */
export function numberIn(
  input: XRayInput,
  name: string,
  { least = -Number.MAX_VALUE, most = Number.MAX_VALUE }: Lengths = {},
): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
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

/** A whole number of the range; `undefined` where it is absent. Throws `XRayRefusal`. */
export function integerIn(input: XRayInput, name: string, range?: Lengths): number | undefined {
  const value = numberIn(input, name, range);
  if (value !== undefined && !Number.isInteger(value)) {
    throw wrongType(name);
  }
  return value;
}

/** A time in seconds since the epoch, which may have a fraction; it has to be there. Throws `XRayRefusal`. */
export function requiredTime(input: XRayInput, name: string): number {
  const value = required(numberIn(input, name), name);
  if (Math.abs(value) > maxSeconds) {
    throw invalidRequest(`${name} is not a time in seconds since 1970.`);
  }
  return value;
}

/** The last second of the year 9999. */
const maxSeconds = 253_402_300_799;

export function flagIn(input: XRayInput, name: string): boolean | undefined {
  const value = input[name];
  if (value !== undefined && value !== null && typeof value !== 'boolean') {
    throw wrongType(name);
  }
  return value ?? undefined;
}

/** A list of texts; `undefined` where it is absent. `each` bounds the texts. Throws `XRayRefusal`. */
export function textsIn(
  input: XRayInput,
  name: string,
  { most = 100_000 }: Lengths = {},
  each: Lengths = {},
): readonly string[] | undefined {
  const values = listIn(input, name, { most });
  return values?.map((value, index) => {
    if (typeof value !== 'string') {
      throw wrongType(name);
    }
    checkLength(value, `${name}.${index + 1}.member`, each);
    return value;
  });
}

/** A list of structures; `undefined` where it is absent. Throws `XRayRefusal`. */
export function structuresIn(input: XRayInput, name: string, lengths?: Lengths): readonly XRayInput[] | undefined {
  return listIn(input, name, lengths)?.map((value) => {
    if (!isStructure(value)) {
      throw wrongType(name);
    }
    return value;
  });
}

/** A structure; `undefined` where it is absent. Throws `XRayRefusal`. */
export function structureIn(input: XRayInput, name: string): XRayInput | undefined {
  const value = input[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (!isStructure(value)) {
    throw wrongType(name);
  }
  return value;
}

/** The value, which has to be there. Throws `XRayRefusal`. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) {
    throw brokenConstraint(undefined, name, 'not be null');
  }
  return value;
}

/** AWS's words for a value that breaks a constraint of its model; a member is named with a small first letter, as AWS does. */
export function brokenConstraint(value: unknown, name: string, constraint: string): XRayRefusal {
  return invalidRequest(constraintMessage(value, `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`, constraint));
}

/** Whether a value of JSON is a structure of AWS's model. */
export function isStructure(value: unknown): value is XRayInput {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listIn(
  input: XRayInput,
  name: string,
  { least = 0, most = 100_000 }: Lengths = {},
): readonly unknown[] | undefined {
  const value = input[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (!Array.isArray(value)) {
    throw wrongType(name);
  }
  checkLength(value, name, { least, most });
  return value;
}

function checkLength(
  value: string | readonly unknown[],
  name: string,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: Lengths,
): void {
  if (value.length < least) {
    throw brokenConstraint(value, name, `have length greater than or equal to ${least}`);
  }
  if (value.length > most) {
    throw brokenConstraint(value, name, `have length less than or equal to ${most}`);
  }
}

function wrongType(name: string): XRayRefusal {
  return new XRayRefusal('SerializationException', `The value of '${name}' is not of the type that it should be.`);
}
