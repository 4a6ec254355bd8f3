import type { IncomingMessage } from 'node:http';

/**
 * Invariant: a web page reads and writes nothing here. A browser gives itself away by `Origin` or `Sec-Fetch-Site` (cross-site
 * requests), and a page that made its own name point to this machine (DNS rebinding) by the `Host` it sends.
 */
export class Guard {
  readonly #allowed: ReadonlySet<string>;

  /** `names` are the hosts beside loopback under which clients may call: the bound address and what `--allow-host` gave. */
  constructor(names: readonly string[]) {
    this.#allowed = new Set(names.map((name) => hostNameOf(name) ?? name.toLowerCase()));
  }

  /** One sentence that says why the request is refused, or `undefined` where it may pass. */
  refusalOf({ headers, socket }: IncomingMessage): string | undefined {
    if (headers.origin !== undefined) {
      return 'Requests from web pages (with an Origin header) are refused.';
    }
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'none') {
      return 'Requests from web pages (with a Sec-Fetch-Site header) are refused.';
    }
    const name = hostNameOf(headers.host ?? '');
    if (
      name !== undefined &&
      (isLoopback(name.replace(hostPrefix, '')) ||
        this.#allowed.has(name) ||
        name === plainAddress(socket.localAddress))
    ) {
      return undefined;
    }
    return `The host "${(headers.host ?? '').slice(0, 100)}" is not this hub's; start the hub with --allow-host to call it by that name.`;
  }
}

/** What AWS's SDKs put before the host of a live tail, unless they are told not to. */
const hostPrefix = /^stream(?:ing)?-/;

/** The name or address in a `Host` header, lower case and without port and brackets; `undefined` where it is malformed. */
function hostNameOf(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]@/\s]+))(?::\d{1,5})?$/i.exec(host);
  const name = match?.[1] ?? match?.[2];
  // A name may end in the dot of the DNS root.
  return name?.toLowerCase().replace(/\.$/, '');
}

/** Whether a host's name or address can only be this machine. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function plainAddress(address: string | undefined): string | undefined {
  return address?.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}
