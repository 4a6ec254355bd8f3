import type { HealthReply } from '@sightline/hub/client/api';

/** A hub that answers at all does so at once. */
const answerMillis = 2_000;

/** Where this window's hub answers; `undefined` while none runs. */
export interface OwnHub {
  readonly api: string;
  readonly pid: number;
}

/** Whether an endpoint leads to this window's own hub, under whichever name. An endpoint that does not answer is another one. */
export async function leadsToOwnHub(endpoint: string, hub: OwnHub | undefined): Promise<boolean> {
  if (hub === undefined || !URL.canParse(endpoint)) {
    return false;
  }
  if (addressOf(endpoint) === addressOf(hub.api)) {
    return true;
  }
  try {
    const reply = await fetch(new URL('/health', endpoint), { signal: AbortSignal.timeout(answerMillis) });
    const health = (await reply.json()) as Partial<HealthReply>;
    return health.status === 'ok' && health.pid === hub.pid;
  } catch {
    // Not reachable, or no hub: the call that follows says what is wrong with it.
    return false;
  }
}

/** All names of the loopback interface are one. */
function addressOf(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return `${isLoopback ? 'loopback' : hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
}
