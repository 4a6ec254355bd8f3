import type { Problem } from './decoded.ts';
import { parseArray, parseFields, type JsonFields } from './json.ts';

/** A payload of nothing but bad frames is told in a few sentences. */
const maxFaults = 10;
const bodyKinds = ['trace', 'trace_chain', 'message', 'crash_report'] as const;
/** Lengths in characters (Rollbar, create item: "A string up to 255 characters", "Max length 255 characters", "up to 36 characters"). */
const maxLengths = { environment: 255, context: 255, title: 255, uuid: 36 } as const;

export type RollbarBodyKind = (typeof bodyKinds)[number];

/**
 * What Rollbar's schema has against the `data` of an item, in the words of its answers (`data.level should be string`), which clients'
 * issue trackers quote; a fault that none of them quotes is worded alike. An empty list: the item is taken.
 */
export function rollbarFaults(data: unknown): readonly Problem[] {
  const fields = parseFields(data);
  if (fields === undefined) {
    return [{ place: 'data', message: 'should be object' }];
  }
  const faults: Problem[] = [];
  if (isAbsent(fields['environment'])) {
    faults.push({ place: 'data', message: "should have required property 'environment'" });
  }
  for (const [key, maxLength] of Object.entries(maxLengths)) {
    checkText(fields[key], `data.${key}`, maxLength, faults);
  }
  checkText(fields['level'], 'data.level', undefined, faults);
  checkText(fields['fingerprint'], 'data.fingerprint', undefined, faults);
  checkBody(fields['body'], faults);
  return faults.slice(0, maxFaults);
}

/** Which of the bodies an item has; `undefined` where it has none or several. A body of `null` is no body. */
export function rollbarBodyKind(body: JsonFields): RollbarBodyKind | undefined {
  const kinds = bodyKinds.filter((kind) => !isAbsent(body[kind]));
  return kinds.length === 1 ? kinds[0] : undefined;
}

function checkBody(value: unknown, faults: Problem[]): void {
  const body = parseFields(value);
  if (body === undefined) {
    faults.push({ place: 'data.body', message: 'should be object' });
  }
  const kind = rollbarBodyKind(body ?? {});
  if (body === undefined || kind === undefined) {
    faults.push({
      place: 'data.body',
      message: "must have exactly one of the properties: 'trace', 'trace_chain', 'message', or 'crash_report'",
    });
    return;
  }
  if (!isAbsent(body['telemetry']) && parseArray(body['telemetry']) === undefined) {
    faults.push({ place: 'data.body.telemetry', message: 'should be array' });
  }
  checkBodyOfKind(kind, body[kind], faults);
}

function checkBodyOfKind(kind: RollbarBodyKind, value: unknown, faults: Problem[]): void {
  const place = `data.body.${kind}`;
  switch (kind) {
    case 'trace':
      checkTrace(value, place, faults);
      return;
    case 'trace_chain':
      checkChain(value, place, faults);
      return;
    case 'message':
      checkRequiredText(value, place, 'body', faults);
      return;
    case 'crash_report':
      checkRequiredText(value, place, 'raw', faults);
  }
}

function checkChain(value: unknown, place: string, faults: Problem[]): void {
  const chain = parseArray(value);
  if (chain === undefined) {
    faults.push({ place, message: 'should be array' });
  } else if (chain.length === 0) {
    faults.push({ place, message: 'should NOT have fewer than 1 items' });
  } else {
    for (const [index, trace] of chain.entries()) {
      checkTrace(trace, `${place}[${index}]`, faults);
    }
  }
}

function checkTrace(value: unknown, place: string, faults: Problem[]): void {
  const trace = parseFields(value);
  if (trace === undefined) {
    faults.push({ place, message: 'should be object' });
    return;
  }
  const frames = parseArray(trace['frames']);
  if (isAbsent(trace['frames'])) {
    faults.push({ place, message: "should have required property 'frames'" });
  } else if (frames === undefined) {
    faults.push({ place: `${place}.frames`, message: 'should be array' });
  } else {
    checkFrames(frames, `${place}.frames`, faults);
  }
  if (isAbsent(trace['exception'])) {
    faults.push({ place, message: "should have required property 'exception'" });
  } else {
    checkRequiredText(trace['exception'], `${place}.exception`, 'class', faults);
    checkText(parseFields(trace['exception'])?.['message'], `${place}.exception.message`, undefined, faults);
  }
}

function checkFrames(frames: readonly unknown[], place: string, faults: Problem[]): void {
  for (const [index, frame] of frames.entries()) {
    if (faults.length >= maxFaults) {
      return;
    }
    if (parseFields(frame) === undefined) {
      faults.push({ place: `${place}[${index}]`, message: 'should be object' });
    }
  }
}

function checkRequiredText(value: unknown, place: string, key: string, faults: Problem[]): void {
  const fields = parseFields(value);
  if (fields === undefined) {
    faults.push({ place, message: 'should be object' });
  } else if (isAbsent(fields[key])) {
    faults.push({ place, message: `should have required property '${key}'` });
  } else {
    checkText(fields[key], `${place}.${key}`, undefined, faults);
  }
}

function checkText(value: unknown, place: string, maxLength: number | undefined, faults: Problem[]): void {
  if (isAbsent(value)) {
    return;
  }
  if (typeof value !== 'string') {
    faults.push({ place, message: 'should be string' });
  } else if (maxLength !== undefined && isLonger(value, maxLength)) {
    faults.push({ place, message: `should NOT be longer than ${maxLength} characters` });
  }
}

/** SDKs send `null` for what they do not know, and Rollbar takes it. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Characters are code points; only a text of doubtful length is counted. */
function isLonger(text: string, maxLength: number): boolean {
  return text.length > 2 * maxLength || (text.length > maxLength && Array.from(text).length > maxLength);
}
