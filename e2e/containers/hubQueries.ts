/** What is asked of the hub from inside a container, as scripts for Node; each prints JSON or text. */

export interface SeenTrace {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly sources: readonly string[];
  readonly logs: readonly string[];
  readonly errors: number;
}

/** The traces with their log lines and the number of their errors, by the hub's own API. */
export function tracesScript(api: string, dataDir: string): string {
  return `
    import { readFileSync } from 'node:fs';
    const headers = { authorization: 'Bearer ' + readFileSync(${JSON.stringify(`${dataDir}/token`)}, 'utf8').trim() };
    const ask = async (path) => (await fetch(${JSON.stringify(`${api}/sightline/v1`)} + path, { headers })).json();
    const { traces } = await ask('/traces?limit=20&health=exclude');
    const seen = [];
    for (const { id, name, status, sources } of traces) {
      const [{ errors }, { events }] = await Promise.all([ask('/traces/' + id), ask('/logs/events?trace=' + id)]);
      seen.push({ id, name, status, sources, logs: events.map(({ message }) => message), errors: errors.length });
    }
    console.log(JSON.stringify(seen));`;
}

/** Tries to read what the hub keeps without any of its credentials: a line for each interface with the status it answered. */
export function strangerScript(api: string): string {
  return `
    const signed = 'AWS4-HMAC-SHA256 Credential=stranger/20260101/us-east-1/xray/aws4_request, SignedHeaders=host;x-amz-date, Signature=' + '0'.repeat(64);
    const aws = { authorization: signed, 'x-amz-date': '20260101T000000Z', 'content-type': 'application/x-amz-json-1.1' };
    const calls = [
      ['GET', '/sightline/v1/traces'],
      ['GET', '/sightline/v1/stats'],
      ['GET', '/sightline/v1/changes'],
      ['POST', '/TraceSummaries', aws, '{"StartTime":0,"EndTime":2000000000}'],
      ['POST', '/Traces', aws, '{"TraceIds":["1-00000000-000000000000000000000000"]}'],
      ['POST', '/ServiceGraph', aws, '{"StartTime":0,"EndTime":2000000000}'],
      ['POST', '/', { ...aws, 'x-amz-target': 'Logs_20140328.FilterLogEvents' }, '{"logGroupName":"cruddur"}'],
      ['POST', '/', { ...aws, 'x-amz-target': 'Logs_20140328.GetLogEvents' }, '{"logGroupName":"cruddur","logStreamName":"s"}'],
      ['GET', '/api/1/items/', { 'x-rollbar-access-token': 'stranger' }],
    ];
    for (const [method, path, headers = {}, body] of calls) {
      const reply = await fetch(${JSON.stringify(api)} + path, { method, headers, body });
      console.log(method, path, (headers['x-amz-target'] ?? '').replace(/^.*\\./, ''), reply.status);
      await reply.body?.cancel();
    }`;
}

/** Reads by AWS's own SDK, with whatever credentials the environment names: the names of the requests. */
export function sdkScript(api: string): string {
  return `
    import { XRayClient, GetTraceSummariesCommand } from '@aws-sdk/client-xray';
    const client = new XRayClient({ endpoint: ${JSON.stringify(api)}, region: 'us-east-1' });
    const now = new Date();
    const { TraceSummaries } = await client.send(new GetTraceSummariesCommand({ StartTime: new Date(now - 600_000), EndTime: now }));
    console.log(TraceSummaries.map(({ Http }) => Http?.HttpURL ?? '').join('\\n'));`;
}
