import type { SpanException, StackFrame } from '../model/span.ts';
import type { Draft } from './draft.ts';
import { parseArray, parseFields, type JsonFields } from './json.ts';
import { parseNumber } from './xrayFields.ts';

/** The exceptions of `cause`: either objects, or the id of an exception that another subsegment of the document carries. */
export function exceptionsOf(document: JsonFields): SpanException[] {
  const cause = document['cause'];
  if (typeof cause === 'string') {
    return [{ id: cause, stack: [] }];
  }
  const exceptions = parseArray(parseFields(cause)?.['exceptions']) ?? [];
  return exceptions.flatMap((sent) => {
    const fields = parseFields(sent);
    return fields === undefined ? [] : [toException(fields)];
  });
}

/** Fills a cause that is only an id with the exception of that id from the same document; leaves it as it is where there is none. */
export function resolveException(exception: SpanException, known: ReadonlyMap<string, SpanException>): SpanException {
  const isReference = exception.type === undefined && exception.message === undefined && exception.stack.length === 0;
  return (isReference && exception.id !== undefined ? known.get(exception.id) : undefined) ?? exception;
}

function toException(fields: JsonFields): SpanException {
  const exception: Draft<SpanException> = { stack: framesOf(fields['stack']) };
  const { id, type, message, cause, remote } = fields;
  if (typeof id === 'string') {
    exception.id = id;
  }
  if (typeof type === 'string') {
    exception.type = type;
  }
  if (typeof message === 'string') {
    exception.message = message;
  }
  if (typeof cause === 'string') {
    exception.causeId = cause;
  }
  if (typeof remote === 'boolean') {
    exception.remote = remote;
  }
  const truncated = parseNumber(fields['truncated']);
  if (truncated !== undefined && truncated > 0) {
    exception.truncatedFrames = truncated;
  }
  return exception;
}

function framesOf(sent: unknown): StackFrame[] {
  return (parseArray(sent) ?? []).flatMap((item) => {
    const fields = parseFields(item);
    if (fields === undefined) {
      return [];
    }
    const frame: Draft<StackFrame> = { path: typeof fields['path'] === 'string' ? fields['path'] : '' };
    const line = parseNumber(fields['line']);
    if (line !== undefined) {
      frame.line = line;
    }
    if (typeof fields['label'] === 'string') {
      frame.label = fields['label'];
    }
    return [frame];
  });
}
