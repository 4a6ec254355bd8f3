import { PostConnection } from './postConnection.ts';
import type { ReportsReport } from './messages.ts';

const connectAtATime = 200;
const intervalMillis = 10_000;
const tickMillis = 20;

/** Connects so many X-Ray SDKs, each on a connection of its own. */
export async function connectReports(endpoint: string, clients: number): Promise<PostConnection[]> {
  const connections: PostConnection[] = [];
  while (connections.length < clients) {
    const count = Math.min(connectAtATime, clients - connections.length);
    // oxlint-disable-next-line no-await-in-loop -- all at once would overrun the listening queue.
    const opened = await Promise.all(
      Array.from({ length: count }, () => PostConnection.open(endpoint, '/SamplingTargets')),
    );
    connections.push(...opened);
  }
  return connections;
}

/** Lets each connection report its sampling statistics every ten seconds, evenly spread, for so many seconds; closes them then. */
export async function sendReports(connections: readonly PostConnection[], seconds: number): Promise<ReportsReport> {
  const clients = connections.length;
  const bodies = connections.map((_connection, client) => reportOf(client));
  const codes: Record<string, number> = {};
  const under: Promise<void>[] = [];
  const post = async (connection: PostConnection, body: Buffer): Promise<void> => {
    const code = await connection.post(body);
    codes[code] = (codes[code] ?? 0) + 1;
  };
  const started = performance.now();
  const due = (): number => Math.floor(((performance.now() - started) * clients) / intervalMillis);
  const total = (clients * seconds * 1_000) / intervalMillis;
  for (let sent = 0; sent < total;) {
    for (const until = Math.min(total, due()); sent < until; sent += 1) {
      const [connection, body] = [connections[sent % clients], bodies[sent % clients]];
      if (connection !== undefined && body !== undefined) {
        under.push(post(connection, body));
      }
    }
    // oxlint-disable-next-line no-await-in-loop -- the pace of the load.
    await new Promise((resolve) => setTimeout(resolve, tickMillis));
  }
  await Promise.all(under);
  const took = (performance.now() - started) / 1_000;
  connections.forEach((connection) => connection.close());
  return { seconds: took, codes };
}

/** What an app with two rules says: the health checks, and everything else. */
function reportOf(client: number): Buffer {
  const ClientID = client.toString(16).padStart(24, '0');
  const common = { ClientID, BorrowCount: 0, Timestamp: Math.floor(Date.now() / 1_000) };
  const SamplingStatisticsDocuments = [
    { RuleName: 'SightlineHealthChecks', ...common, RequestCount: 10, SampledCount: 0 },
    { RuleName: 'Default', ...common, RequestCount: 100 + (client % 50), SampledCount: 100 },
  ];
  return Buffer.from(JSON.stringify({ SamplingStatisticsDocuments }));
}
