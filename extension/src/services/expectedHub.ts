import type { Endpoints } from '@sightline/hub/client/api';
import { hubRecordFileOf, type HubRecord } from '@sightline/hub/client/hubLock';
import { readTextFile } from './textFile.ts';
import { defaultPorts, type PortSettings, type Receiver } from './ports.ts';

/** The endpoints that the last hub of a data directory wrote down, without asking whether it is still there; `undefined` where none did, or it ended in order. */
export function readEndpointsOf(dataDir: string): Endpoints | undefined {
  const text = readTextFile(hubRecordFileOf(dataDir));
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Partial<HubRecord> | null)?.endpoints;
  } catch {
    // Cut short by a crash: as good as none.
    return undefined;
  }
}

/** Where a hub will most likely be that is about to start. */
export function expectedEndpoints(ports: PortSettings): Endpoints {
  const host = (receiver: Receiver): string => `127.0.0.1:${ports[receiver] ?? defaultPorts[receiver]}`;
  return {
    xrayUdp: host('xray'),
    xrayTcp: `http://${host('xray')}`,
    otlpHttp: `http://${host('otlpHttp')}`,
    otlpGrpc: host('otlpGrpc'),
    api: `http://${host('api')}`,
  };
}
