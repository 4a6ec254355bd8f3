import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoints, HealthReply } from './api.ts';
import { openReply, readReply } from './hubHttp.ts';

/** What a running hub writes about itself into its data directory. */
export interface HubRecord {
  readonly pid: number;
  /** Such as `http://127.0.0.1:4319`. */
  readonly api: string;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** As in the ready line, for windows that join a hub which another one started. */
  readonly endpoints?: Endpoints;
}

/** The file with the `HubRecord`. It outlives a killed hub, so it is believed only when `/health` confirms it. */
export function hubRecordFileOf(dataDir: string): string {
  return join(dataDir, 'hub.json');
}

/** The hub that runs on a data directory and answers there now, or `undefined`. Throws only the signal's reason. */
export async function findRunningHub(dataDir: string, signal?: AbortSignal): Promise<HubRecord | undefined> {
  const record = await readHubRecord(dataDir);
  if (record === undefined) {
    return undefined;
  }
  const health = await askHealth(record.api, signal);
  return health?.pid === record.pid ? record : undefined;
}

/** What the last hub of a data directory wrote about itself, which may be long gone; `undefined` where there is nothing readable. */
export async function readHubRecord(dataDir: string): Promise<HubRecord | undefined> {
  const text = await readFile(hubRecordFileOf(dataDir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseHubRecord(text);
}

/** What answers at `/health` of an endpoint; `undefined` when nothing does within two seconds, or it is no hub. */
export async function askHealth(endpoint: string, signal?: AbortSignal): Promise<HealthReply | undefined> {
  try {
    const reply = await openReply({ endpoint, method: 'GET', path: '/health', silenceMillis: 2_000 }, signal);
    const health: unknown = JSON.parse((await readReply(reply, signal)).toString());
    return isHealthReply(health) ? health : undefined;
  } catch {
    // Whatever went wrong there (refused, no JSON, silence): no hub answers, which is the whole question.
    signal?.throwIfAborted();
    return undefined;
  }
}

function parseHubRecord(text: string): HubRecord | undefined {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isHubRecord(record) ? record : undefined;
}

function isHubRecord(value: unknown): value is HubRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'api' in value &&
    typeof value.api === 'string' &&
    URL.canParse(value.api) &&
    'version' in value &&
    typeof value.version === 'string'
  );
}

function isHealthReply(value: unknown): value is HealthReply {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'version' in value &&
    typeof value.version === 'string'
  );
}
