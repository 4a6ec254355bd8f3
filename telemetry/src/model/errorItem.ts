import type { SpanId, TraceId } from './ids.ts';
import type { Attributes, StackFrame } from './span.ts';
import type { EpochNanos } from './units.ts';

/** Rollbar's levels, the worst first. */
export type ErrorLevel = 'critical' | 'error' | 'warning' | 'info' | 'debug';

/** One occurrence of an error, or a message that an app reported as it would report an error. */
export interface ErrorItem {
  /** The sender's, of up to 36 characters and any shape; the same uuid again is the same occurrence sent twice. */
  readonly uuid: string;
  readonly time: EpochNanos;
  readonly level: ErrorLevel;
  readonly environment: string;
  /** The sender's, else `Class: message`, else the first line of the message. */
  readonly title: string;
  /** What was thrown, then what caused it, and so on; empty for a message and a crash report. */
  readonly exceptions: readonly ErrorException[];
  /** The text of a message item. */
  readonly message?: string;
  /** The raw text of a crash report item. */
  readonly crashReport?: string;
  /** What a message item says beside its text. */
  readonly details: Attributes;
  readonly person?: ErrorPerson;
  readonly request?: ErrorRequest;
  readonly server?: ErrorServer;
  readonly codeVersion?: string;
  readonly framework?: string;
  readonly platform?: string;
  readonly language?: string;
  /** The part of the app it comes from, such as a route or `controller#action`. */
  readonly context?: string;
  readonly custom: Attributes;
  /** What happened before, oldest first. */
  readonly telemetry: readonly ErrorTelemetry[];
  readonly notifier?: { readonly name?: string; readonly version?: string };
  /** The sender's own, of any length. */
  readonly fingerprint?: string;
  readonly traceId?: TraceId;
  /** The app's own span; never the caller's, which request headers name. */
  readonly spanId?: SpanId;
  /** Everything that the sender said and no other field holds. */
  readonly other: Attributes;
}

export interface ErrorException {
  readonly type: string;
  readonly message?: string;
  /** The sender's own words, given beside the exception's message. */
  readonly description?: string;
  /** Newest frame first, as in `SpanException`. */
  readonly stack: readonly ErrorFrame[];
}

export interface ErrorFrame extends StackFrame {
  /** The line of code, as the sender read it. */
  readonly code?: string;
  readonly codeBefore?: readonly string[];
  readonly codeAfter?: readonly string[];
  /** Local variables, where the sender reports them. */
  readonly locals?: Attributes;
}

export interface ErrorPerson {
  readonly id?: string;
  readonly username?: string;
  readonly email?: string;
}

export interface ErrorRequest {
  readonly url?: string;
  readonly method?: string;
  /** By name as sent; the sender has put stars for what is secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly userIp?: string;
  /** Parameters, query, body and whatever else was sent, under the sender's names (`GET`, `POST`, `params`, `body`). */
  readonly other: Attributes;
}

export interface ErrorServer {
  readonly host?: string;
  /** The folder of the app's code, without a slash at its end. */
  readonly root?: string;
  readonly branch?: string;
  readonly other: Attributes;
}

/** Something that the app did before the error: a log line, a call, a click. */
export interface ErrorTelemetry {
  readonly time?: EpochNanos;
  readonly level?: ErrorLevel;
  /** `log`, `network`, `dom`, `navigation`, `error` or `manual`. */
  readonly type?: string;
  readonly source?: string;
  readonly body: Attributes;
}

export type ErrorStatus = 'active' | 'resolved' | 'muted';

/** Occurrences with the same fingerprint: what Rollbar calls an item. */
export interface ErrorGroup {
  readonly fingerprint: string;
  /** A small number for people, counted from 1. */
  readonly counter: number;
  /** Of the first occurrence, and of the one that made a resolved group active again. */
  readonly title: string;
  /** Of the first occurrence (Rollbar, create item: `level`). */
  readonly level: ErrorLevel;
  readonly status: ErrorStatus;
  readonly firstSeen: EpochNanos;
  readonly lastSeen: EpochNanos;
  readonly count: number;
  /** How each person is called, once, in the order they were met. */
  readonly persons: readonly string[];
  readonly environments: readonly string[];
  /** The newest by its own time. */
  readonly last: ErrorItem;
  readonly resolvedAt?: EpochNanos;
  readonly resolvedInVersion?: string;
  /** When an occurrence made a resolved group active again; absent once it is resolved anew. */
  readonly reactivatedAt?: EpochNanos;
}
