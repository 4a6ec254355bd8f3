import { spanIdOf, traceIdOf } from './madeIds.ts';

/** Spans that the hub counts for one datagram: the segment and its two subsegments. */
export const spansPerDatagram = 3;

const header = '{"format":"json","version":1}\n';

/** An X-Ray segment document of about 1 KB with its daemon header: one trace each, two subsegments, two annotations, metadata. */
export function makeDatagram(seed: number, index: number, startMillis: number): Buffer {
  const trace = traceIdOf(seed, index).toString('hex');
  const start = startMillis / 1_000 + index / 20_000;
  const id = (part: number): string => spanIdOf(seed, index * spansPerDatagram + part).toString('hex');
  const handle = `person-${index % 5_000}`;
  const segment = {
    name: 'backend',
    id: id(0),
    trace_id: `1-${trace.slice(0, 8)}-${trace.slice(8)}`,
    start_time: start,
    end_time: start + 0.034,
    http: {
      request: {
        method: 'GET',
        url: `http://localhost:4567/api/activities/@${handle}?cursor=${index % 65_536}`,
        client_ip: '127.0.0.1',
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
      },
      response: { status: index % 50 === 49 ? 500 : 200, content_length: 2_048 },
    },
    ...(index % 50 === 49 && { fault: true }),
    annotations: { handle, release: '1.2.3' },
    aws: { xray: { sdk: 'X-Ray for Node.js', sdk_version: '3.12.0', package: 'aws-xray-sdk', rule_name: 'Default' } },
    service: { version: '1.2.3', runtime: 'node', runtime_version: 'v24.21.0', name: 'backend' },
    subsegments: [
      { id: id(1), name: 'mock-data', start_time: start + 0.002, end_time: start + 0.02, metadata: mockData(index) },
      { id: id(2), name: 'UserData', start_time: start + 0.021, end_time: start + 0.03, annotations: { handle } },
    ],
  };
  return Buffer.from(header + JSON.stringify(segment));
}

function mockData(index: number): object {
  return { default: { now: '2026-11-23T01:02:03.456Z', 'results-size': index % 30 } };
}
