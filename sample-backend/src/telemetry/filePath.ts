import { fileURLToPath } from 'node:url';

/** The path of a `file://` address, as ES modules have it in their stacks. Anything else comes back as it is. */
export function filePathOf(address: string): string {
  try {
    return address.startsWith('file://') ? fileURLToPath(address) : address;
  } catch {
    // A stack holds the message too, and a message may hold anything: a host, a slash in code.
    return address;
  }
}
