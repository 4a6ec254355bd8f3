import { parseAscii, toUtf8 } from '../decode/utf8.ts';
import type { ByteTest } from './filterPatternBytes.ts';
import type { Condition, JsonTest, ValueTest } from './filterPatternTree.ts';
import { compileValueTest } from './filterPatternValues.ts';
import { ByteSearch } from './byteSearch.ts';
import { utf8BytesOf } from './utf8Bytes.ts';

/** A test that a matching message must pass, and the last key on the way to its value. */
interface Needed {
  readonly key: string;
  readonly test: JsonTest['test'];
}

/** Characters that JSON may or must write in another way than as themselves or as a code. */
// oxlint-disable-next-line no-control-regex -- the control characters are what JSON has to escape.
const otherwiseWritten = /["\\/\u0000-\u001f\ud800-\udfff]/;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const smallU = 0x75;

/**
 * A quick test that rules most messages out before their JSON is read: whether the rarest of the keys that have to be there occurs with
 * a value that could be the wanted one. Exact in one direction only: what matches is never ruled out. `undefined` where no key has to be there.
 */
export function compileKeyProbe(condition: Condition<JsonTest>): ByteTest | undefined {
  const [best] = neededBy(condition).toSorted((a, b) => rank(b) - rank(a));
  if (best === undefined) {
    return undefined;
  }
  const search = new ByteSearch(utf8BytesOf(`"${best.key}"`));
  const couldBe = compileValueProbe(best.test);
  const escapes = new UnicodeEscapes();
  return (bytes, start, end) => {
    for (let at = search.find(bytes, start, end); at !== -1; at = search.find(bytes, at + 1, end)) {
      const value = valueAfter(bytes, at + search.length, end);
      if (value !== -1 && couldBe(bytes, value, end)) {
        return true;
      }
    }
    // The key may be written with codes.
    return escapes.areIn(bytes, start, end);
  };
}

function neededBy(condition: Condition<JsonTest>): readonly Needed[] {
  if (condition.kind !== 'test') {
    return condition.kind === 'and' ? condition.operands.flatMap(neededBy) : [];
  }
  const { selector, test } = condition.test;
  const last = selector.steps.at(-1);
  const isUsable = test.kind !== 'absent' && last?.kind === 'key' && !otherwiseWritten.test(last.key);
  return isUsable ? [{ key: last.key, test }] : [];
}

/** An equality is rarer than a comparison, and a long key is found with fewer looks. */
function rank({ key, test }: Needed): number {
  const isEquality = test.kind === 'number' ? test.operator === '=' : test.kind === 'text' && !test.isNegated;
  return (isEquality ? 1000 : 0) + Math.min(key.length, 999);
}

function valueAfter(bytes: Uint8Array, keyEnd: number, end: number): number {
  const at = skipSpaces(bytes, keyEnd, end);
  return at < end && bytes[at] === colon ? skipSpaces(bytes, at + 1, end) : -1;
}

function compileValueProbe(test: JsonTest['test']): ByteTest {
  switch (test.kind) {
    case 'absent':
      return () => true;
    case 'constant': {
      const first = String(test.value).charCodeAt(0);
      return (bytes, at) => bytes[at] === first;
    }
    default:
      return compileTextProbe(test);
  }
}

function compileTextProbe(test: ValueTest): ByteTest {
  const matches = compileValueTest(test);
  const wholeNumbers = new WholeNumbers(matches);
  return (bytes, at, end) => {
    const first = bytes[at] as number;
    if (first === quote) {
      const close = bytes.indexOf(quote, at + 1);
      const isPlain = close !== -1 && close < end && !hasByte(bytes, backslash, at + 1, close);
      return !isPlain || matches(parseAscii(bytes, at + 1, close) ?? toUtf8(bytes.subarray(at + 1, close)));
    }
    return wholeNumbers.test(bytes, at, end) ?? matchesNumber(matches, bytes, at, end);
  };
}

/** Remembers what the test says to the small whole numbers, as statuses and counts are. */
class WholeNumbers {
  readonly #matches: (text: string) => boolean;
  /** 0: not asked yet, 1: no, 2: yes. */
  readonly #known = new Uint8Array(4096);

  constructor(matches: (text: string) => boolean) {
    this.#matches = matches;
  }

  /** `undefined` for what is no whole number below 4096, written as such. */
  test(bytes: Uint8Array, start: number, end: number): boolean | undefined {
    let value = 0;
    let at = start;
    for (; at < end && at < start + 5; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
    }
    const isCanonical = at > start && (bytes[start] !== 0x30 || at === start + 1);
    if (!isCanonical || value >= this.#known.length || (at < end && !endsScalar(bytes[at] as number))) {
      return undefined;
    }
    if (this.#known[value] === 0) {
      this.#known[value] = this.#matches(String(value)) ? 2 : 1;
    }
    return this.#known[value] === 2;
  }
}

function matchesNumber(matches: (text: string) => boolean, bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] as number;
  if (first !== 0x2d && (first < 0x30 || first > 0x39)) {
    return false;
  }
  let at = start;
  while (at < end && !endsScalar(bytes[at] as number)) {
    at++;
  }
  return matches(String(Number(parseAscii(bytes, start, at) ?? '')));
}

/** Whether a range has a `\u` in it; made for ranges that follow one another in the same bytes. */
class UnicodeEscapes {
  #bytes: Uint8Array = new Uint8Array();
  #from = 0;
  #next = -1;

  areIn(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes !== this.#bytes || start < this.#from) {
      this.#bytes = bytes;
      this.#next = -1;
    }
    this.#from = start;
    if (this.#next < start) {
      this.#next = nextBackslash(bytes, start);
    }
    while (this.#next < end) {
      if (bytes[this.#next + 1] === smallU) {
        return true;
      }
      this.#next = nextBackslash(bytes, this.#next + 2);
    }
    return false;
  }
}

function nextBackslash(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(backslash, from);
  return at === -1 ? Infinity : at;
}

function hasByte(bytes: Uint8Array, byte: number, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === byte) {
      return true;
    }
  }
  return false;
}

function skipSpaces(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] as number) <= 0x20) {
    at++;
  }
  return at;
}

function endsScalar(byte: number): boolean {
  return byte <= 0x20 || byte === comma || byte === 0x7d || byte === 0x5d;
}
