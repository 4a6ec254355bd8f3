import { expect, test } from 'vitest';
import { newXRayDaemonHealth, summaryOf, countsOf, withXRayDaemonEvent } from './xrayDaemonHealth.ts';
import { describeXRayDaemonFailure, parseXRayDaemonLine } from './xrayDaemonLog.ts';

/** Lines as v3.6.6 printed them; what all starts have in common. */
const start = `2026-11-23T04:15:28Z [Info] Initializing AWS X-Ray daemon 3.6.6
2026-11-23T04:15:28Z [Info] Using buffer memory limit of 241 MB
2026-11-23T04:15:28Z [Info] 3856 segment buffers allocated
2026-11-23T04:15:28Z [Info] Using region: us-east-1
2026-11-23T04:15:28Z [Info] HTTP Proxy server using X-Ray Endpoint : http://127.0.0.1:33633
2026-11-23T04:15:28Z [Info] Starting proxy http server on 127.0.0.1:41209
`;

/** Reads a daemon's output and compares `mood: summary`, then its counts. */
function check(output: string, expected: readonly string[]): void {
  const health = eventsIn(output).reduce(withXRayDaemonEvent, newXRayDaemonHealth);
  const { text, mood } = summaryOf(health);
  expect([`${mood}: ${text}`, ...countsOf(health)]).toEqual(expected);
}

/** Reads the output of a daemon that ended and compares why. */
function checkEnd(output: string, expected: string | undefined): void {
  const { lastError } = eventsIn(output).reduce(withXRayDaemonEvent, newXRayDaemonHealth);
  expect(describeXRayDaemonFailure(lastError)).toBe(expected);
}

function eventsIn(output: string) {
  return output
    .split('\n')
    .map(parseXRayDaemonLine)
    .filter((event) => event !== undefined);
}

test('a daemon that has just started waits, and says when its ports are being opened', () => {
  check(start, ['good: waiting for segments']);
  expect(eventsIn(start)).toEqual([{ kind: 'started' }]);
});

test('batches that arrive are counted', () => {
  check(
    `${start}2026-11-23T04:17:01Z [Info] Successfully sent batch of 50 segments (0.002 seconds)
2026-11-23T04:17:01Z [Info] Successfully sent batch of 50 segments (0.002 seconds)
2026-11-23T04:17:02Z [Info] Successfully sent batch of 1 segments (0.002 seconds)
`,
    ['good: batch sent 1 segment', 'Segments sent: 101'],
  );
});

const failed = '[Error] Sending segment batch failed with: operation error XRay: PutTraceSegments,';
const tried = 'exceeded maximum number of attempts, 2, https response error';

test.each([
  [
    'a hub that is not there',
    `${failed} ${tried} StatusCode: 0, RequestID: , request send failed, Post "http://127.0.0.1:43105/TraceSegments": dial tcp 127.0.0.1:43105: connect: connection refused`,
    'the hub did not answer',
    'request send failed, Post "http://127.0.0.1:43105/TraceSegments": dial tcp 127.0.0.1:43105: connect: connection refused',
  ],
  [
    'a hub that is slow',
    `${failed} ${tried} StatusCode: 0, RequestID: , request send failed, Post "http://127.0.0.1:37051/TraceSegments": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    'the hub took over two seconds to answer',
    'request send failed, Post "http://127.0.0.1:37051/TraceSegments": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ],
  [
    'a hub that fails',
    `${failed} ${tried} StatusCode: 500, RequestID: , api error UnknownError: boom`,
    'the hub could not store it',
    'status 500, api error UnknownError: boom',
  ],
  [
    'a hub that cannot store',
    `${failed} ${tried} StatusCode: 503, RequestID: , api error ServiceUnavailable: The hub cannot store this now`,
    'the hub could not store it',
    'status 503, api error ServiceUnavailable: The hub cannot store this now',
  ],
  [
    'credentials that may not',
    `${failed} https response error StatusCode: 403, RequestID: , api error AccessDeniedException: not allowed`,
    'its credentials were refused',
    'status 403, api error AccessDeniedException: not allowed',
  ],
  [
    'credentials that nobody knows',
    `${failed} https response error StatusCode: 403, RequestID: , api error UnrecognizedClientException: The security token included in the request is invalid.`,
    'its credentials were refused',
    'status 403, api error UnrecognizedClientException: The security token included in the request is invalid.',
  ],
  [
    'no credentials',
    `${failed} get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable`,
    'its credentials were refused',
    'get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable',
  ],
  [
    'something else that answers in place of the hub',
    `${failed} https response error StatusCode: 200, RequestID: , deserialization failed, failed to decode response body, invalid character '<' looking for beginning of value`,
    'see its output',
    "status 200, deserialization failed, failed to decode response body, invalid character '<' looking for beginning of value",
  ],
])('a batch that was lost to %s says so', (_case, line, sentence, detail) => {
  check(`${start}2026-11-23T04:15:34Z ${line}\n`, [
    `bad: batch lost: ${sentence}`,
    'Batches lost: 1, of up to 50 segments each',
    `It said: ${detail}`,
  ]);
});

test('a batch that arrives after a lost one is good again, and the loss stays counted', () => {
  check(
    `${start}2026-11-23T04:15:40Z ${failed} ${tried} StatusCode: 500, RequestID: , api error UnknownError: boom
2026-11-23T04:15:43Z [Info] Successfully sent batch of 3 segments (0.006 seconds)
`,
    ['noteworthy: batch sent 3 segments', 'Segments sent: 3', 'Batches lost: 1, of up to 50 segments each'],
  );
});

test('segments that the hub could not read are no segments sent', () => {
  check(
    `${start}2026-11-23T04:16:14Z [Info] Sent batch of 3 segments but had 1 Unprocessed segments (0.003 seconds)
2026-11-23T04:16:14Z [Error] Unprocessed trace 1-6b03be0e-bbbbbbbbbbbbbbbbbbbbbbb1, segment: {0x3b56a2b181c0 0x3b56a2b181b0 0x3b56a2b181d0 {}}
`,
    [
      'noteworthy: batch sent 3 segments, 1 of them refused',
      'Segments sent: 2',
      'Segments that the hub could not read: 1',
    ],
  );
});

test('datagrams that are no segments are counted once each', () => {
  check(
    `${start}2026-11-23T04:16:29Z [Warn] Missing header: hello
2026-11-23T04:16:29Z [Warn] Missing header or segment: hello
2026-11-23T04:16:34Z [Warn] Invalid header: {"format":"xml","version":7}
`,
    ['noteworthy: waiting for segments', 'Datagrams that were no segment: 2'],
  );
});

test('what it has no memory for is counted', () => {
  check(
    `${start}2026-11-23T04:16:29Z [Warn] Segment dropped. Consider increasing memory limit
2026-11-23T04:16:29Z [Warn] Segment buffer is full. Dropping oldest segment document.
2026-11-23T04:16:29Z [Warn] Spilling over 50 segments
2026-11-23T04:16:29Z [Info] Successfully sent batch of 3 segments (0.002 seconds)
`,
    ['noteworthy: batch sent 3 segments', 'Segments sent: 3', 'Segments dropped for want of memory: 52'],
  );
});

test('a TCP port that another program holds leaves segments going and sampling calls failing', () => {
  check(
    `${start}2026-11-23T04:16:23Z [Error] proxy http server failed to listen: listen tcp 127.0.0.1:44957: bind: address already in use
2026-11-23T04:16:24Z [Info] Successfully sent batch of 3 segments (0.002 seconds)
`,
    [
      'bad: sampling calls fail: its TCP port is held by another program',
      'Segments sent: 3',
      'It said: listen tcp 127.0.0.1:44957: bind: address already in use',
    ],
  );
});

test('a sampling call that was not handed on is told', () => {
  check(`${start}2026/11/23 04:15:34 http: proxy error: dial tcp 127.0.0.1:43105: connect: connection refused\n`, [
    'good: waiting for segments',
    'It said: dial tcp 127.0.0.1:43105: connect: connection refused',
  ]);
});

test.each([
  [
    '2026-11-23T04:16:28Z [Error] listen udp 127.0.0.1:2000: bind: address already in use',
    'another program holds port 2000',
  ],
  [
    '2026-11-23T04:16:18Z [Error] Cannot fetch region variable from config file, environment variables, ecs metadata, or ec2 metadata. Use local-mode to use the local config region.',
    'no region is set',
  ],
  [
    '2026-11-23T04:16:23Z [Error] Endpiont flag is invalid. Please refer to AWS X-Ray Documentation for more information.',
    'it does not know "Endpiont" in its configuration',
  ],
  [
    '2026-11-23T04:16:23Z [Error] Config Version Setting is not correct. Use X-Ray Daemon Config Migration Script to update the config file. Please refer to AWS X-Ray Documentation for more information.',
    'Config Version Setting is not correct. Use X-Ray Daemon Config Migration Script to update the config file',
  ],
  [
    '2026-11-23T04:16:23Z [Error] Error occur when using config flag: yaml: line 1: did not find expected node content',
    'Error occur when using config flag: yaml: line 1: did not find expected node content',
  ],
  [
    '2026-11-23T04:16:50Z [Error] Error creating AWS config: failed to get shared config profile, nothere',
    'Error creating AWS config: failed to get shared config profile, nothere',
  ],
  [
    '2026-11-23T04:16:50Z [Error] Not enough Buffers Memory Allocated. Min Buffers Memory required: 3 MB.',
    'Not enough Buffers Memory Allocated. Min Buffers Memory required: 3 MB',
  ],
  ['2026-11-23T04:15:33Z [Info] Got shutdown signal: terminated', undefined],
])('a daemon that ends after "%s" says why', (line, expected) => {
  checkEnd(`${line}\n`, expected);
});

test('lines that were cut, and text that is no line of the daemon, say nothing', () => {
  for (const text of ['', '\0', '2026-11-23T04:15:28Z', '[Info]', 'panic: runtime error', '{"event":"ready"}']) {
    expect(parseXRayDaemonLine(text)).toBeUndefined();
  }
});
