/** The only thing of the host that this package uses; Node, browsers and workers all have it (WHATWG Encoding, section 7.2). */
declare class TextDecoder {
  constructor(encoding: 'utf-8', options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
