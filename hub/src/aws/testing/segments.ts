import { randomBytes } from 'node:crypto';

export interface TestSegment {
  readonly trace_id: string;
  readonly id: string;
  readonly name: string;
  readonly start_time: number;
  readonly [field: string]: unknown;
}

/** A trace id as X-Ray's SDKs make them, of a trace that began so many seconds ago. */
export function xrayTraceId(secondsAgo = 1): string {
  const start = Math.floor(Date.now() / 1_000) - secondsAgo;
  return `1-${start.toString(16)}-${randomBytes(12).toString('hex')}`;
}

/** A request that a service answered in 50 ms, so many seconds ago. */
export function segment({ secondsAgo = 1, ...rest }: Partial<TestSegment> & { secondsAgo?: number } = {}): TestSegment {
  const start_time = Math.floor(Date.now() / 1_000) - secondsAgo;
  return {
    trace_id: xrayTraceId(secondsAgo),
    id: randomBytes(8).toString('hex'),
    name: 'backend-flask',
    start_time,
    end_time: start_time + 0.05,
    ...rest,
  };
}

/** What the Flask app of the bootcamp sends for `/api/activities/home`: a request that asks DynamoDB. */
export function cruddurSegment(rest: Partial<TestSegment> & { secondsAgo?: number } = {}): TestSegment {
  const own = segment(rest);
  const { start_time } = own;
  return {
    ...own,
    http: {
      request: {
        method: 'GET',
        url: 'http://127.0.0.1:4567/api/activities/home',
        client_ip: '127.0.0.1',
        user_agent: 'curl/8',
      },
      response: { status: 200 },
    },
    annotations: { handle: 'ada' },
    metadata: { default: { results: 3 } },
    user: 'ada',
    subsegments: [
      {
        id: randomBytes(8).toString('hex'),
        name: 'DynamoDB',
        namespace: 'aws',
        start_time: start_time + 0.01,
        end_time: start_time + 0.03,
        aws: { operation: 'Query', table_name: 'cruddur-messages', region: 'eu-central-1' },
      },
    ],
    ...rest,
  };
}
