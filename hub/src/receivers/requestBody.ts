import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { bodyBuffers, release } from '../store/bodyBuffers.ts';

/** What reading a request's body came to. Each failure carries the status and the sentence of its answer. */
export type RequestBody =
  | { readonly kind: 'body'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'refused'; readonly status: 400 | 413 | 415 | 503; readonly message: string }
  /** The sender went away in the middle: there is nobody to answer. */
  | { readonly kind: 'gone' };

export interface BodyLimits {
  /** Of the body as sent, and again of the body after inflating. */
  readonly maxBytes: number;
  /** Of all bodies that are being read at one time. */
  readonly maxBytesInFlight: number;
}

export const defaultBodyLimits: BodyLimits = { maxBytes: 64 * 2 ** 20, maxBytesInFlight: 256 * 2 ** 20 };

/** Inflating may make `maxBytes` of each body, so few are inflated at one time; the others wait, still compressed. */
const mostInflating = 2;

/** Reads request bodies into buffers of their own, within bounds, and undoes their content encoding. */
export class BodyReader {
  readonly #limits: BodyLimits;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;
  #inflating = 0;

  constructor(limits: BodyLimits = defaultBodyLimits) {
    this.#limits = limits;
  }

  /** Never rejects. The bytes have their buffer for themselves, so that it can be transferred to another thread. */
  async read(request: IncomingMessage, maxBytes = this.#limits.maxBytes): Promise<RequestBody> {
    const length = Number(request.headers['content-length'] ?? Number.NaN);
    if (length > maxBytes) {
      return tooLarge(maxBytes);
    }
    const reserved = Number.isNaN(length) ? 0 : length;
    if (this.#inFlight + reserved > this.#limits.maxBytesInFlight) {
      return tooMany;
    }
    this.#inFlight += reserved;
    try {
      const body = Number.isNaN(length) ? await this.#readChunked(request, maxBytes) : await readSized(request, length);
      const encoding = request.headers['content-encoding'];
      return body.kind !== 'body' || encoding === undefined || encoding === 'identity'
        ? body
        : await this.#inflate(body.bytes, encoding.trim().toLowerCase(), maxBytes);
    } finally {
      this.#inFlight -= reserved;
    }
  }

  async #readChunked(request: IncomingMessage, maxBytes: number): Promise<RequestBody> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      return await new Promise<RequestBody>((resolve) => {
        request.on('data', (chunk: Buffer) => {
          length += chunk.length;
          this.#inFlight += chunk.length;
          const refusal =
            length > maxBytes
              ? tooLarge(maxBytes)
              : this.#inFlight > this.#limits.maxBytesInFlight
                ? tooMany
                : undefined;
          if (refusal !== undefined) {
            request.removeAllListeners('data');
            chunks.length = 0;
            resolve(refusal);
          } else {
            chunks.push(chunk);
          }
        });
        request.on('end', () => resolve({ kind: 'body', bytes: joined(chunks, length) }));
        request.on('close', () => resolve({ kind: 'gone' }));
        request.on('error', () => resolve({ kind: 'gone' }));
      });
    } finally {
      this.#inFlight -= length;
    }
  }

  async #inflate(bytes: Uint8Array, encoding: string, maxBytes: number): Promise<RequestBody> {
    const decompress = decompressors[encoding];
    if (decompress === undefined) {
      const message = `Content-Encoding "${encoding.slice(0, 50)}" is not known here; send gzip, deflate, br, zstd or none.`;
      return { kind: 'refused', status: 415, message };
    }
    await this.#turnToInflate();
    try {
      const inflated = await decompress(bytes, { maxOutputLength: maxBytes });
      return { kind: 'body', bytes: owned(inflated) };
    } catch (error) {
      if (error instanceof RangeError) {
        // ERR_BUFFER_TOO_LARGE: the output passed maxOutputLength.
        return tooLarge(maxBytes, ' after decompression');
      }
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: 'refused', status: 400, message: `The body is not valid ${encoding}: ${reason}.` };
    } finally {
      this.#inflating -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turnToInflate(): Promise<void> {
    while (this.#inflating >= mostInflating) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#inflating += 1;
  }
}

const tooMany: RequestBody = {
  kind: 'refused',
  status: 503,
  message: 'The hub is reading as many bodies as it can hold; try again.',
};

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

function readSized(request: IncomingMessage, length: number): Promise<RequestBody> {
  return new Promise((resolve) => {
    // Never of Node's shared pool: a slice of it could not be transferred.
    const bytes = bodyBuffers.take(length);
    let filled = 0;
    request.on('data', (chunk: Buffer) => {
      bytes.set(chunk, filled);
      filled += chunk.length;
      release(chunk);
    });
    request.on('end', () => resolve(filled === length ? { kind: 'body', bytes } : { kind: 'gone' }));
    request.on('close', () => resolve({ kind: 'gone' }));
    request.on('error', () => resolve({ kind: 'gone' }));
  });
}

function joined(chunks: readonly Buffer[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return bytes;
}

/** The bytes in a buffer of their own: zlib hands out slices of larger ones. */
export function owned(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
}

function tooLarge(maxBytes: number, when = ''): RequestBody {
  const message = `The body is larger than ${Math.floor(maxBytes / 2 ** 20)} MiB${when}; send smaller batches.`;
  return { kind: 'refused', status: 413, message };
}
