import { parseTraceId } from '@sightline/telemetry/model/ids';
import type { XRayContext, XRayOperations } from './xrayCall.ts';
import { brokenConstraint, required, structuresIn, textIn, type XRayInput } from './xrayParameters.ts';

/** What programs and daemons send. */
export const ingestOperations: XRayOperations = {
  '/TraceSegments': putTraceSegments,
  // A daemon reports its own counters here; they are about itself, and it only wants to hear that they arrived.
  '/TelemetryRecords': (input) => {
    required(structuresIn(input, 'TelemetryRecords'), 'TelemetryRecords');
    textIn(input, 'EC2InstanceId', { most: 20 });
    textIn(input, 'Hostname', { most: 255 });
    textIn(input, 'ResourceARN', { most: 500 });
    return {};
  },
};

/** X-Ray endpoints and quotas, "Segment document size". In bytes of UTF-8. */
export const maxSegmentBytes = 64 * 2 ** 10;

/** PutTraceSegments: what could not be read is named in the answer, the others are stored before it goes out. */
async function putTraceSegments(input: XRayInput, context: XRayContext): Promise<object> {
  const documents: unknown = input['TraceSegmentDocuments'];
  if (!Array.isArray(documents)) {
    throw brokenConstraint(documents, 'TraceSegmentDocuments', 'not be null');
  }
  const results = await Promise.all((documents as unknown[]).map((document) => putSegment(document, context)));
  return { UnprocessedTraceSegments: results.filter((result) => result !== undefined) };
}

interface UnprocessedSegment {
  readonly Id?: string;
  readonly ErrorCode: string;
  readonly Message: string;
}

async function putSegment(
  document: unknown,
  { store, receiver }: XRayContext,
): Promise<UnprocessedSegment | undefined> {
  if (typeof document !== 'string') {
    return invalidSegment('', 'InvalidSegment', 'A segment document must be a string of JSON.');
  }
  const length = Buffer.byteLength(document);
  if (length > maxSegmentBytes) {
    const message = `The document has ${length} bytes, and a segment document may have ${maxSegmentBytes}.`;
    store.recordProblem({ receiver, place: '/TraceSegments', message, sample: Buffer.from(document.slice(0, 1_000)) });
    return invalidSegment(document, 'InvalidSegment', message);
  }
  const bytes = Buffer.allocUnsafeSlow(length);
  bytes.write(document);
  const result = await store.append({ format: 'xray-segment', receiver, body: bytes });
  switch (result.kind) {
    case 'committed':
      return undefined;
    case 'malformed':
      return invalidSegment(document, codeOf(document), result.message);
    case 'overloaded':
      return {
        ...segmentId(document),
        ErrorCode: 'ThrottledException',
        Message: 'The hub stores as fast as it can; try again.',
      };
  }
}

/** As AWS says it (X-Ray developer guide, "Sending trace data"), and then what is wrong. */
function invalidSegment(document: string, code: string, reason: string): UnprocessedSegment {
  return { ...segmentId(document), ErrorCode: code, Message: `Invalid segment. ErrorCode: ${code}. ${reason}` };
}

/** The code for a document that the store could not read. */
function codeOf(document: string): string {
  try {
    const fields = JSON.parse(document) as { readonly trace_id?: unknown } | null;
    const isTraceId = typeof fields?.trace_id === 'string' && parseTraceId(fields.trace_id) !== undefined;
    return isTraceId ? 'InvalidSegment' : 'InvalidTraceId';
  } catch {
    return 'InvalidSegment';
  }
}

function segmentId(document: string): { Id?: string } {
  const id = /"id"\s*:\s*"([0-9a-fA-F]{16})"/.exec(document)?.[1];
  return id === undefined ? {} : { Id: id };
}
