import type { MessagePort } from 'node:worker_threads';

/** What the main thread and the UDP thread say to each other. */
export interface UdpThreadInput {
  /** Numbers that both sides see, at the places of `udpCounters`. */
  readonly counters: Int32Array<SharedArrayBuffer>;
  readonly recvBufferBytes: number;
}

export type UdpThreadCall =
  | { readonly kind: 'connect'; readonly datagrams: MessagePort }
  | { readonly kind: 'bind'; readonly host: string; readonly port: number }
  | { readonly kind: 'unbind' }
  | { readonly kind: 'end' };

export type UdpThreadAnswer =
  | { readonly kind: 'bound'; readonly port: number; readonly grantedBytes: number }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string }
  | { readonly kind: 'unbound' };

/** Datagrams that came, and those that had to be dropped because the store was too far behind. */
export const udpCounters = { received: 0, dropped: 1 } as const;
