/**
 * SHA-1 of the text's UTF-8 bytes, as 40 lower-case hex digits (FIPS 180-4, section 6.1). Rollbar's fingerprints are made of it; nothing
 * here is a secret. Lone surrogates count as U+FFFD, as in every encoder of UTF-8.
 */
export function sha1(text: string): string {
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const blocks = new DataView(padded(text));
  const words = new Uint32Array(80);
  for (let block = 0; block < blocks.byteLength; block += 64) {
    for (let at = 0; at < 16; at++) {
      words[at] = blocks.getUint32(block + at * 4);
    }
    for (let at = 16; at < 80; at++) {
      words[at] = rotated(word(words, at - 3) ^ word(words, at - 8) ^ word(words, at - 14) ^ word(words, at - 16), 1);
    }
    digest(state, words);
  }
  return Array.from(state, (part) => part.toString(16).padStart(8, '0')).join('');
}

/** The bytes, a bit, zeros and the length in bits, to a multiple of 64 bytes. */
function padded(text: string): ArrayBuffer {
  const bytes = utf8Of(text);
  const buffer = new ArrayBuffer(Math.ceil((bytes.length + 9) / 64) * 64);
  new Uint8Array(buffer).set(bytes);
  const view = new DataView(buffer);
  view.setUint8(bytes.length, 0x80);
  view.setBigUint64(buffer.byteLength - 8, BigInt(bytes.length) * 8n);
  return buffer;
}

/** This package runs where there is no TextEncoder by type, and `encodeURIComponent` is part of the language. */
function utf8Of(text: string): Uint8Array {
  const encoded = encodeURIComponent(text.toWellFormed());
  const bytes = new Uint8Array(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at++) {
    const isEscape = encoded[at] === '%';
    bytes[length++] = isEscape ? Number.parseInt(encoded.slice(at + 1, at + 3), 16) : encoded.charCodeAt(at);
    at += isEscape ? 2 : 0;
  }
  return bytes.subarray(0, length);
}

function digest(state: Uint32Array, words: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let at = 0; at < 80; at++) {
    const mixed = mix(at, b, c, d) + constantOf(at);
    const next = (rotated(a, 5) + mixed + e + word(words, at)) >>> 0;
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = next;
  }
  state.set([a, b, c, d, e].map((part, index) => part + word(state, index)));
}

function mix(at: number, b: number, c: number, d: number): number {
  if (at < 20) {
    return (b & c) | (~b & d);
  }
  return at >= 40 && at < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
}

function constantOf(at: number): number {
  if (at < 40) {
    return at < 20 ? 0x5a827999 : 0x6ed9eba1;
  }
  return at < 60 ? 0x8f1bbcdc : 0xca62c1d6;
}

function rotated(bits: number, by: number): number {
  return ((bits << by) | (bits >>> (32 - by))) >>> 0;
}

/** Inside the bounds that the callers keep, so never the zero. */
function word(words: Uint32Array, at: number): number {
  return words[at] ?? 0;
}
