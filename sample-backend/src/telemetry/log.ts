import { context, type Context } from '@opentelemetry/api';
import { currentTraceId } from './traceId.ts';

export type LogLevel = 'info' | 'warn' | 'error';

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: LogLevel;
  readonly message: string;
  /** As X-Ray spells it. */
  readonly traceId?: string | undefined;
  /** Carries the span in which the line was written. */
  readonly context: Context;
  /** What the message is: the server's account of one request, or what the application itself has to say. */
  readonly kind: 'request' | 'own';
  /** Printed, but not sent anywhere. */
  readonly staysHere?: boolean;
}

export interface LogSink {
  /** Returns at once and never throws: a request must not wait for, or fail by, its log. */
  write(line: LogLine): void;
}

/** Where the application writes its lines. All go to the console; the sinks send them on. */
export class Log {
  readonly #sinks: readonly LogSink[];

  constructor(sinks: readonly LogSink[]) {
    this.#sinks = sinks;
  }

  info(message: string): void {
    this.#writeOwn('info', message);
  }

  warn(message: string): void {
    this.#writeOwn('warn', message);
  }

  error(message: string): void {
    this.#writeOwn('error', message);
  }

  write(line: LogLine): void {
    (line.level === 'error' ? console.error : console.log)(textOfLine(line));
    if (line.staysHere !== true) {
      for (const sink of this.#sinks) {
        sink.write(line);
      }
    }
  }

  #writeOwn(level: LogLevel, message: string): void {
    this.write({ time: Date.now(), level, message, ...currentPlace(), kind: 'own' });
  }
}

/** Where a line is written, for its trace. */
export function currentPlace(): Pick<LogLine, 'traceId' | 'context'> {
  return { traceId: currentTraceId(), context: context.active() };
}

/**
 * `[time] addr method scheme path status level=info trace=1-…` of a request, `[time] INFO text trace=1-…` of the application. The
 * trace id stands at the end of the first line, since a stack may follow.
 */
export function textOfLine(line: LogLine): string {
  const time = `[${new Date(line.time).toISOString()}]`;
  const suffix = line.traceId === undefined ? '' : ` trace=${line.traceId}`;
  if (line.kind === 'request') {
    return `${time} ${line.message} level=${line.level}${suffix}`;
  }
  const [first = '', ...more] = line.message.split('\n');
  return [`${time} ${line.level.toUpperCase()} ${first}${suffix}`, ...more].join('\n');
}

/** The stack, whose first line is the message; the message alone where somebody has taken the stack away. */
export function stackOf({ stack, name, message }: Error): string {
  return stack ?? `${name}: ${message}`;
}
