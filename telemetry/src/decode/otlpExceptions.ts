import type { SpanEvent, SpanException } from '../model/span.ts';
import type { Draft } from './draft.ts';
import { parseStack } from './stackText.ts';

/** Exceptions as OTel records them: events named `exception` (semantic conventions, "Exceptions on spans"). */
export function exceptionsOf(events: readonly Pick<SpanEvent, 'name' | 'attributes'>[]): SpanException[] {
  const exceptions: SpanException[] = [];
  for (const { name, attributes } of events) {
    if (name !== 'exception') {
      continue;
    }
    const exception: Draft<SpanException> = { stack: [] };
    const type = attributes['exception.type'];
    if (typeof type === 'string') {
      exception.type = type;
    }
    const message = attributes['exception.message'];
    if (typeof message === 'string') {
      exception.message = message;
    }
    const stackText = attributes['exception.stacktrace'];
    if (typeof stackText === 'string') {
      exception.stackText = stackText;
      exception.stack = parseStack(stackText);
    }
    exceptions.push(exception);
  }
  return exceptions;
}
