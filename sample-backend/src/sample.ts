import http from 'node:http';
import type { Pool } from 'pg';
import { createApp } from './app.ts';
import { openDatabase } from './data/connection.ts';
import { startDatabaseProcess, type DatabaseProcess } from './embedded/databaseProcess.ts';
import { assertFree, closeServer, listen } from './httpServer.ts';
import { createPageServer } from './pageServer.ts';
import type { Settings } from './settings.ts';
import type { Reporting } from './telemetry/reporting.ts';
import { startXRay } from './telemetry/xray.ts';

export interface Sample {
  readonly endpoints: { readonly backend: string; readonly page: string };
  /** Requests under way get a moment to finish. */
  closeServers(): Promise<void>;
  closeDatabase(): Promise<void>;
}

/** Milliseconds that requests under way get when the sample is ended. */
const grace = 500;

/**
 * Starts database, backend and page, in this order: what listens can also answer. `onPagePort` is told the page's port before the first
 * request can arrive there.
 */
export async function startSample(
  settings: Settings,
  reporting: Reporting,
  onPagePort: (port: number) => void,
): Promise<Sample> {
  const { host } = settings;
  await assertFree({ host, port: settings.port, variable: 'PORT' });
  await assertFree({ host, port: settings.pagePort, variable: 'PAGE_PORT' });
  startXRay({
    serviceName: settings.serviceName,
    ...(settings.xrayHostPattern !== undefined && { hostPattern: settings.xrayHostPattern }),
  });
  const embedded = await startEmbeddedWhereNeeded(settings);
  const servers: http.Server[] = [];
  let pool: Pool | undefined;
  const closeServers = async (): Promise<void> => {
    await Promise.all(servers.map((server) => closeServer(server, grace)));
  };
  const closeDatabase = async (): Promise<void> => {
    await pool?.end();
    await embedded?.close();
  };
  try {
    pool = await openDatabase(settings.databaseUrl ?? embedded?.url ?? '');
    console.log('Database: schema and seed are there');
    const endpoints = await startServers({ settings, reporting, pool, servers }, onPagePort);
    return { endpoints, closeServers, closeDatabase };
  } catch (error) {
    await closeServers();
    await closeDatabase();
    throw error;
  }
}

async function startEmbeddedWhereNeeded(settings: Settings): Promise<DatabaseProcess | undefined> {
  if (settings.databaseUrl !== undefined) {
    console.log('Database: the one that DATABASE_URL names');
    return undefined;
  }
  console.log(`Database: starting the embedded Postgres in ${settings.dataDir}`);
  return await startDatabaseProcess(settings.dataDir);
}

interface ServerParts {
  readonly settings: Settings;
  readonly reporting: Reporting;
  readonly pool: Pool;
  /** The started servers are added here, so that a failed start can close them. */
  readonly servers: http.Server[];
}

async function startServers(
  { settings, reporting, pool, servers }: ServerParts,
  onPagePort: (port: number) => void,
): Promise<Sample['endpoints']> {
  const { host } = settings;
  let page = '';
  const app = createApp({
    pool,
    log: reporting.log,
    logSettings: settings.log,
    rollbar: reporting.rollbar,
    allowedOrigins: settings.allowedOrigins,
    announcementsUrl: () => settings.announcementsUrl ?? `${page}/announcements.json`,
  });
  const backendServer = http.createServer(app);
  const backend = urlOf(host, await listen(backendServer, { host, port: settings.port, variable: 'PORT' }));
  servers.push(backendServer);
  console.log(`Backend: ${backend}`);

  const pageServer = createPageServer({ ...settings, backendUrl: backend });
  const pagePort = await listen(pageServer, { host, port: settings.pagePort, variable: 'PAGE_PORT' });
  onPagePort(pagePort);
  servers.push(pageServer);
  page = urlOf(host, pagePort);
  console.log(`Page: ${page}`);
  return { backend, page };
}

/** An address that can be called: listening on every interface is no address. */
function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
