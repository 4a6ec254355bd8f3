import { isUtf8 } from 'node:buffer';
import { seen } from '../memory/hashBytes.ts';
import type { SegmentWriter } from '../memory/segmentWriter.ts';
import { httpRole, httpRoles } from './httpRoles.ts';
import type { SpanDraft } from './spanDraft.ts';

/**
 * What a span's attributes say about HTTP, by place in the payload: the same choice as telemetry/decode/otlpConventions makes on decoded
 * attributes (the stable name wins over the older, an empty text counts as absent, of a key sent twice the last one counts).
 */
export class HttpFacts {
  readonly #from = new Int32Array(httpRoles);
  readonly #to = new Int32Array(httpRoles);
  readonly #hash = new Int32Array(httpRoles);
  /** NaN where the value is no number. */
  readonly #number = new Float64Array(httpRoles).fill(Number.NaN);
  #hasAny = false;
  #valueFrom = 0;
  #valueTo = 0;
  #valueHash = 0;
  #valueNumber = Number.NaN;
  #scratch = Buffer.allocUnsafeSlow(8192);
  /** The HTTP status, once `fill` has been called. */
  status: number | undefined;
  /** Whether a value of the payload is one that the decoder reads otherwise: a text that is not UTF-8, or bytes. */
  needsDecoder = false;

  reset(): void {
    this.status = undefined;
    if (this.#hasAny) {
      this.#from.fill(0);
      this.#to.fill(0);
      this.#number.fill(Number.NaN);
      this.#hasAny = false;
    }
  }

  /** To be called once a text has been hashed. */
  checkText(bytes: Uint8Array, from: number, to: number): void {
    if (seen.nonAscii !== 0) {
      seen.nonAscii = 0;
      this.needsDecoder ||= !isUtf8(bytes.subarray(from, to));
    }
  }

  forgetValue(): void {
    this.#valueFrom = 0;
    this.#valueTo = 0;
    this.#valueNumber = Number.NaN;
  }

  setText(from: number, to: number, hash: number): void {
    this.#valueNumber = Number.NaN;
    this.#valueFrom = from;
    this.#valueTo = to;
    this.#valueHash = hash;
  }

  setNumber(value: number): void {
    this.#valueFrom = 0;
    this.#valueTo = 0;
    this.#valueNumber = value;
  }

  /** The value read last belongs to a key of this role. */
  keepValue(role: number): void {
    this.#from[role] = this.#valueFrom;
    this.#to[role] = this.#valueTo;
    this.#hash[role] = this.#valueHash;
    this.#number[role] = this.#valueNumber;
    this.#hasAny = true;
  }

  /** A text for a key of this role, by its place and its signed hash. */
  keepText(role: number, from: number, to: number, hash: number): void {
    this.#from[role] = from;
    this.#to[role] = to;
    this.#hash[role] = hash;
    this.#number[role] = Number.NaN;
    this.#hasAny = true;
  }

  keepNumber(role: number, value: number): void {
    this.#from[role] = 0;
    this.#to[role] = 0;
    this.#number[role] = value;
    this.#hasAny = true;
  }

  /** Sets the draft's method, url and route, and `status`. */
  fill(draft: SpanDraft, writer: SegmentWriter, bytes: Uint8Array): void {
    if (!this.#hasAny) {
      return;
    }
    draft.method = this.#intern(writer, bytes, httpRole.method, httpRole.oldMethod);
    draft.route = this.#intern(writer, bytes, httpRole.route, httpRole.route);
    draft.url = this.#internUrl(writer, bytes);
    this.status = this.#statusOf(bytes, httpRole.status) ?? this.#statusOf(bytes, httpRole.oldStatus);
  }

  #intern(writer: SegmentWriter, bytes: Uint8Array, role: number, otherRole: number): number {
    const chosen = this.#has(role) ? role : otherRole;
    const from = this.#from[chosen] as number;
    return writer.texts.internHashed(bytes, from, this.#to[chosen] as number, this.#hash[chosen] as number);
  }

  #internUrl(writer: SegmentWriter, bytes: Uint8Array): number {
    if (this.#has(httpRole.fullUrl) || this.#has(httpRole.oldUrl)) {
      return this.#intern(writer, bytes, httpRole.fullUrl, httpRole.oldUrl);
    }
    if (!this.#has(httpRole.path)) {
      return this.#intern(writer, bytes, httpRole.target, httpRole.target);
    }
    if (!this.#has(httpRole.query)) {
      return this.#intern(writer, bytes, httpRole.path, httpRole.path);
    }
    const length = this.#joinPathAndQuery(bytes);
    return writer.texts.intern(this.#scratch, 0, length);
  }

  #joinPathAndQuery(bytes: Uint8Array): number {
    const path = bytes.subarray(this.#from[httpRole.path], this.#to[httpRole.path]);
    const query = bytes.subarray(this.#from[httpRole.query], this.#to[httpRole.query]);
    const questionMark = 0x3f;
    const bare = query[0] === questionMark ? query.subarray(1) : query;
    const length = path.length + 1 + bare.length;
    if (length > this.#scratch.length) {
      this.#scratch = Buffer.allocUnsafeSlow(length);
    }
    this.#scratch.set(path, 0);
    this.#scratch[path.length] = questionMark;
    this.#scratch.set(bare, path.length + 1);
    return length;
  }

  #has(role: number): boolean {
    return (this.#to[role] as number) > (this.#from[role] as number);
  }

  /** A number, or a text of up to 15 digits. */
  #statusOf(bytes: Uint8Array, role: number): number | undefined {
    const value = this.#number[role] as number;
    if (!Number.isNaN(value)) {
      return value;
    }
    const from = this.#from[role] as number;
    const to = this.#to[role] as number;
    if (to === from || to - from > 15) {
      return undefined;
    }
    let sum = 0;
    for (let at = from; at < to; at += 1) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) {
        return undefined;
      }
      sum = sum * 10 + digit;
    }
    return sum;
  }
}
