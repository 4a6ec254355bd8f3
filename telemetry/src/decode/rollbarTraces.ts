import type { ErrorException, ErrorFrame } from '../model/errorItem.ts';
import type { Problem } from './decoded.ts';
import type { Draft } from './draft.ts';
import { parseArray, parseFields, type JsonFields } from './json.ts';
import { toAttributes } from './rollbarFields.ts';
import { parseNumber } from './xrayFields.ts';

export interface RollbarTraceOptions {
  /** The column that the sender gives to the first character of a line. */
  readonly firstColumn: 0 | 1;
}

/** The SDK for Node takes one from the column that V8 prints; the one for browsers does not. */
export function firstColumnOf(notifierName: string | undefined): 0 | 1 {
  return notifierName === 'node_rollbar' ? 0 : 1;
}

/** The exception of a `trace`. Rollbar's frames go from oldest to newest, ours the other way. */
export function toException(
  sent: unknown,
  place: string,
  options: RollbarTraceOptions,
  problems: Problem[],
): ErrorException {
  const trace = parseFields(sent) ?? {};
  const thrown = parseFields(trace['exception']) ?? {};
  const frames = (parseArray(trace['frames']) ?? []).map((frame, at) =>
    toFrame(parseFields(frame) ?? {}, `${place}.frames[${at}]`, options, problems),
  );
  const exception: Draft<ErrorException> = {
    type: typeof thrown['class'] === 'string' ? thrown['class'] : '',
    stack: frames.toReversed(),
  };
  if (typeof thrown['message'] === 'string') {
    exception.message = thrown['message'];
  }
  if (typeof thrown['description'] === 'string') {
    exception.description = thrown['description'];
  }
  return exception;
}

function toFrame(sent: JsonFields, place: string, options: RollbarTraceOptions, problems: Problem[]): ErrorFrame {
  const frame: Draft<ErrorFrame> = { path: typeof sent['filename'] === 'string' ? sent['filename'] : '' };
  const line = parseNumber(sent['lineno']);
  if (line !== undefined) {
    frame.line = line;
  }
  const column = parseNumber(sent['colno']);
  if (column !== undefined) {
    frame.column = column + 1 - options.firstColumn;
  }
  // The SDK for Node writes so where V8 names no function.
  if (typeof sent['method'] === 'string' && sent['method'] !== '<unknown>') {
    frame.label = sent['method'];
  }
  setCode(frame, sent);
  const locals = parseFields(sent['locals']);
  if (locals !== undefined) {
    frame.locals = toAttributes(locals, `${place}.locals`, problems);
  }
  return frame;
}

function setCode(frame: Draft<ErrorFrame>, sent: JsonFields): void {
  if (typeof sent['code'] === 'string') {
    frame.code = sent['code'];
  }
  const context = parseFields(sent['context']);
  const before = linesOf(context?.['pre']);
  if (before.length > 0) {
    frame.codeBefore = before;
  }
  const after = linesOf(context?.['post']);
  if (after.length > 0) {
    frame.codeAfter = after;
  }
}

function linesOf(value: unknown): string[] {
  return (parseArray(value) ?? []).filter((line) => typeof line === 'string');
}
