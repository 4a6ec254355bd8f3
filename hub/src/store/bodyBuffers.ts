/** Smaller ones cost less to make than to keep. */
const smallestKept = 16_384;
/** What is kept for later, all together: a few requests of senders that send much. */
const keptBytes = 4_194_304;

/**
 * Buffers for what comes in, which go to the writer and come back. Made anew for each request they would be garbage outside of V8's heap,
 * for which it collects all of its own every few hundred requests.
 */
export class BodyBuffers {
  readonly #free: ArrayBuffer[] = [];
  #freeBytes = 0;
  /** Those that may be given away whole though a body does not fill them. */
  readonly #known = new WeakSet<ArrayBuffer>();

  /** Room for a body of that length, with anything in it. */
  take(length: number): Buffer<ArrayBuffer> {
    if (length < smallestKept) {
      return Buffer.allocUnsafeSlow(length);
    }
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= length && byteLength <= length * 2);
    const [found] = at === -1 ? [] : this.#free.splice(at, 1);
    this.#freeBytes -= found?.byteLength ?? 0;
    // An eighth more, so that it also serves the next one, which is never of quite the same length.
    const buffer = found ?? Buffer.allocUnsafeSlow(length + (length >> 3)).buffer;
    this.#known.add(buffer);
    return Buffer.from(buffer, 0, length);
  }

  /** A buffer that nobody looks at any more. */
  give(buffer: ArrayBuffer): void {
    if (buffer.byteLength >= smallestKept && this.#freeBytes + buffer.byteLength <= keptBytes) {
      this.#free.push(buffer);
      this.#freeBytes += buffer.byteLength;
    }
  }

  /** The body in a buffer that can be transferred: its own one, or a copy where others may have their bytes beside it. */
  transferable(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const isWhole = body.byteLength === body.buffer.byteLength || this.#known.has(body.buffer);
    return isWhole ? body : new Uint8Array(body);
  }
}

/**
 * Gives the memory of a buffer back at once, where it holds these bytes and no others. V8 collects what lies outside of its heap only when
 * there are some 60 MB of it.
 */
export function release(bytes: Uint8Array): void {
  if (bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer) {
    bytes.buffer.transfer(0);
  }
}

/** The same for what was unpacked: that has a buffer to itself, but where it is small, which lies in Node's shared pool, and that has one size. */
export function releaseOwn(buffer: ArrayBufferLike): void {
  if (buffer.byteLength !== Buffer.poolSize) {
    release(new Uint8Array(buffer));
  }
}

/** Of the hub's main thread: receivers take them, the store gives them back. */
export const bodyBuffers = new BodyBuffers();
