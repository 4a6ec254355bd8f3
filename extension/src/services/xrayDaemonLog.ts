/** Why a batch of segments did not arrive, as far as the daemon's line tells. */
export type BatchLossCause = 'unreachable' | 'slow' | 'credentials' | 'refused' | 'failing' | 'other';

/** What a line of the AWS X-Ray daemon says about it. Lines of other kinds, such as how much memory it took, say nothing. */
export type XRayDaemonEvent =
  /** Its sockets are being opened: UDP is open, and TCP next. */
  | { readonly kind: 'started' }
  | { readonly kind: 'sent'; readonly segments: number; readonly unprocessed: number }
  /** Tried again as often as the daemon does, and gone. */
  | { readonly kind: 'lost'; readonly cause: BatchLossCause; readonly detail: string }
  /** A datagram that is no segment. */
  | { readonly kind: 'rejected' }
  /** More came than it has memory for. */
  | { readonly kind: 'spilled'; readonly segments: number }
  /** The TCP side, which hands sampling calls on, is not there; segments go on. */
  | { readonly kind: 'noTcp'; readonly detail: string }
  /** A sampling call was not handed on. */
  | { readonly kind: 'callFailed'; readonly detail: string }
  /** Anything else that it calls an error: what it says last is why it ends. */
  | { readonly kind: 'error'; readonly detail: string };

type Reading = readonly [form: RegExp, read: (match: RegExpExecArray) => XRayDaemonEvent | undefined];

// The forms are those of `log.Infof`, `log.Warnf` and `log.Errorf` in aws/aws-xray-daemon v3.6.6; proxy errors come from Go's own log.
const readings: readonly Reading[] = [
  [/ \[Info\] Starting proxy http server on /, () => ({ kind: 'started' })],
  [
    / \[Info\] Successfully sent batch of (\d+) segments/,
    ([, segments]) => ({ kind: 'sent', segments: Number(segments), unprocessed: 0 }),
  ],
  [
    / \[Info\] Sent batch of (\d+) segments but had (\d+) Unprocessed segments/,
    ([, segments, unprocessed]) => ({ kind: 'sent', segments: Number(segments), unprocessed: Number(unprocessed) }),
  ],
  [/ \[Error\] Sending segment batch failed with: (.*)$/, ([, said = '']) => lossOf(said)],
  [/ \[Warn\] (?:Missing header or segment|Invalid header): /, () => ({ kind: 'rejected' })],
  [/ \[Warn\] (?:Segment dropped\.|Segment buffer is full\.)/, () => ({ kind: 'spilled', segments: 1 })],
  [/ \[Warn\] Spilling over (\d+) segments/, ([, segments]) => ({ kind: 'spilled', segments: Number(segments) })],
  [/ \[Error\] proxy http server failed to listen: (.*)$/, ([, detail = '']) => ({ kind: 'noTcp', detail })],
  [/ http: proxy error: (.*)$/, ([, detail = '']) => ({ kind: 'callFailed', detail })],
  // Said beside the line that counts them.
  [/ \[Error\] Unprocessed (?:segment|trace) /, () => undefined],
  [/ \[Error\] (.*)$/, ([, detail = '']) => ({ kind: 'error', detail })],
];

/** Reads one line of the daemon's output, with or without its line end; `undefined` for one that says nothing of its state. */
export function parseXRayDaemonLine(line: string): XRayDaemonEvent | undefined {
  const text = line.trimEnd();
  for (const [form, read] of readings) {
    const match = form.exec(text);
    if (match !== null) {
      return read(match);
    }
  }
  return undefined;
}

const credentialCodes =
  /\bapi error (?:UnrecognizedClient|InvalidSignature|InvalidClientTokenId|MissingAuthenticationToken|AccessDenied|ExpiredToken|SignatureDoesNotMatch)/;

function lossOf(said: string): XRayDaemonEvent {
  // What the AWS SDK puts around the reason: the operation, how often it was tried, and an empty request id.
  const detail = said
    .replace(/^operation error XRay: PutTraceSegments, /, '')
    .replace(/^exceeded maximum number of attempts, \d+, /, '')
    .replace(/^https response error StatusCode: (\d+), RequestID: [^,]*, /, (_all, status: string) =>
      status === '0' ? '' : `status ${status}, `,
    );
  return { kind: 'lost', cause: causeOf(detail), detail };
}

function causeOf(detail: string): BatchLossCause {
  if (/get credentials|get identity/.test(detail) || credentialCodes.test(detail) || /^status 40[13]/.test(detail)) {
    return 'credentials';
  }
  if (/deadline exceeded|Client\.Timeout|i\/o timeout/.test(detail)) {
    return 'slow';
  }
  if (detail.startsWith('request send failed')) {
    return 'unreachable';
  }
  if (detail.startsWith('status 4')) {
    return 'refused';
  }
  return detail.startsWith('status 5') ? 'failing' : 'other';
}

/** Why the daemon ended, in words, from what it called an error last; `undefined` where it called nothing one. */
export function describeXRayDaemonFailure(detail: string | undefined): string | undefined {
  if (detail === undefined) {
    return undefined;
  }
  const port = /^listen udp .*:(\d+): bind: address already in use/.exec(detail)?.[1];
  if (port !== undefined) {
    return `another program holds port ${port}`;
  }
  if (detail.startsWith('Cannot fetch region')) {
    return 'no region is set';
  }
  const invalid = /^(\w+) flag is invalid/.exec(detail)?.[1];
  if (invalid !== undefined) {
    return `it does not know "${invalid}" in its configuration`;
  }
  return detail.replace(/\.? *(?:Please refer to AWS X-Ray Documentation for more information)?\.?$/, '');
}
