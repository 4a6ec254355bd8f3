import { parseTraceId } from '@sightline/telemetry/model/ids';
import { longestFilter } from '../client/filterApi.ts';

/** A wrong request to the hub's API: its status and one sentence; `details` stand beside it in the answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly details: object;

  constructor(status: number, message: string, details: object = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

type Query = Readonly<Record<string, unknown>>;

const longestText = 2_000;

/** A query parameter that is given once; `undefined` where it is absent. Throws `ApiError`. */
export function textOf(query: Query, name: string, most = longestText): string | undefined {
  const value = query[name];
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'string' || value.length > most) {
    throw new ApiError(400, `\`${name}\` must be given once, with at most ${most} characters.`);
  }
  return value;
}

/** `filter`, an X-Ray filter expression; empty where it is absent. Throws `ApiError`. */
export function filterIn(query: Query): string {
  return textOf(query, 'filter', longestFilter) ?? '';
}

/** `limit`, from 1 to 1000. Throws `ApiError`. */
export function limitOf(query: Query, otherwise: number): number {
  const text = textOf(query, 'limit');
  if (text === undefined) {
    return otherwise;
  }
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 1_000) {
    throw new ApiError(400, '`limit` must be a whole number from 1 to 1000.');
  }
  return limit;
}

/** A time in nanoseconds since the Unix epoch; `undefined` where it is absent. Throws `ApiError`. */
export function nanosIn(query: Query, name: string): bigint | undefined {
  const text = textOf(query, name);
  if (text !== undefined && !/^\d{1,19}$/.test(text)) {
    throw new ApiError(400, `\`${name}\` must be nanoseconds since the Unix epoch.`);
  }
  return text === undefined ? undefined : BigInt(text);
}

/** `trace`, in either spelling, as 32 hex digits; `undefined` where it is absent. Throws `ApiError`. */
export function traceIdIn(query: Query): string | undefined {
  const trace = textOf(query, 'trace');
  const traceId = trace === undefined ? undefined : parseTraceId(trace);
  if (trace !== undefined && traceId === undefined) {
    throw new ApiError(400, '`trace` must be a trace id: 32 hex digits or 1-<8>-<24>, not all zero.');
  }
  return traceId;
}
