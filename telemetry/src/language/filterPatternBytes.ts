import { toUtf8 } from '../decode/utf8.ts';
import { compileFilterPattern, compileTerms } from './filterPatternMatch.ts';
import type { Condition, FilterPattern, JsonTest, Term } from './filterPatternTree.ts';
import { compileCondition, compileValueTest, testsOf } from './filterPatternValues.ts';
import { compileKeyProbe } from './jsonKeyProbe.ts';
import { JsonByteScan } from './jsonByteScan.ts';
import { containsBytes, utf8BytesOf } from './utf8Bytes.ts';

/** Whether the UTF-8 bytes from `start` to `end` are a message that matches. */
export type ByteTest = (bytes: Uint8Array, start: number, end: number) => boolean;

/** `compileFilterPattern` for messages that are still bytes: it decodes only those that could match. */
export function compileFilterPatternBytes(pattern: FilterPattern): ByteTest {
  switch (pattern.kind) {
    case 'all':
      return () => true;
    case 'terms':
      return compileTerms(pattern, compileTerm);
    case 'json': {
      const tests = [
        compileKeyProbe(pattern.condition),
        compileByteCondition(pattern.condition),
        decoded(pattern),
      ].filter((test) => test !== undefined);
      return tests.reduce(
        (all, next): ByteTest =>
          (bytes, start, end) =>
            all(bytes, start, end) && next(bytes, start, end),
      );
    }
    case 'fields':
      return decoded(pattern);
  }
}

function decoded(pattern: FilterPattern): ByteTest {
  const matches = compileFilterPattern(pattern);
  return (bytes, start, end) => matches(toUtf8(bytes.subarray(start, end)));
}

function compileTerm(term: Term): ByteTest {
  if ('regex' in term) {
    return (bytes, start, end) => term.regex.testBytes(bytes, start, end);
  }
  if (!term.text.isWellFormed()) {
    return () => false;
  }
  const needle = utf8BytesOf(term.text);
  return (bytes, start, end) => containsBytes(bytes, start, end, needle);
}

/** A test that is exact for JSON, and may be wrongly true for what is none; `undefined` where a selector needs more than keys. */
function compileByteCondition(condition: Condition<JsonTest>): ByteTest | undefined {
  if (testsOf(condition).some(({ selector }) => selector.steps.some(({ kind }) => kind !== 'key'))) {
    return undefined;
  }
  const scan = new JsonByteScan();
  const matches = compileCondition(condition, (test: JsonTest) => compileTest(test, scan));
  return (bytes, start, end) => !scan.scan(bytes, start, end) || matches(scan);
}

function compileTest({ selector, test }: JsonTest, scan: JsonByteScan): (scan: JsonByteScan) => boolean {
  const slot = scan.addPath(selector.steps.map((step) => utf8BytesOf(step.kind === 'key' ? step.key : '')));
  switch (test.kind) {
    case 'absent':
      return () => scan.firstByteAt(slot) === undefined;
    case 'constant': {
      const first = String(test.value).charCodeAt(0);
      return () => scan.firstByteAt(slot) === first;
    }
    default: {
      const matches = compileValueTest(test);
      return () => {
        const text = scan.firstByteAt(slot) === undefined ? undefined : scan.textAt(slot);
        return text !== undefined && matches(text);
      };
    }
  }
}
