import { randomBytes } from 'node:crypto';
import { filePathOf } from './filePath.ts';

/** X-Ray's `cause` object, as the developer guide's page on segment documents spells it. */
export interface XRayCause {
  readonly working_directory: string;
  readonly exceptions: readonly XRayException[];
}

interface XRayException {
  readonly id: string;
  readonly type: string;
  readonly message: string;
  readonly remote: false;
  readonly stack: readonly XRayFrame[];
}

interface XRayFrame {
  readonly path: string;
  readonly line: number;
  readonly label: string;
}

/**
 * The SDK cuts a frame at its first colon, so the `file:///` addresses of ES modules (and Windows drives) leave it with a path of `file`
 * and no line. This reads the frames itself.
 */
export function causeOf(error: unknown): XRayCause {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    working_directory: process.cwd(),
    exceptions: [
      { id: randomBytes(8).toString('hex'), type: name, message, remote: false, stack: framesOf(stack ?? '') },
    ],
  };
}

/** The frames of a V8 stack, newest first; lines that are no frame (the message, `at new Promise (<anonymous>)`) are left out. */
export function framesOf(stack: string): XRayFrame[] {
  const frames: XRayFrame[] = [];
  for (const text of stack.split('\n')) {
    const frame = frameOf(text.trim());
    if (frame !== undefined) {
      frames.push(frame);
    }
  }
  return frames;
}

const framePattern = /^at (?:(?<label>.+) \((?<inParentheses>.+):(?<line>\d+):\d+\)|(?<bare>.+):(?<bareLine>\d+):\d+)$/;

function frameOf(text: string): XRayFrame | undefined {
  const groups = framePattern.exec(text)?.groups;
  const place = groups?.['inParentheses'] ?? groups?.['bare'];
  const line = groups?.['line'] ?? groups?.['bareLine'];
  if (place === undefined || line === undefined) {
    return undefined;
  }
  return {
    path: filePathOf(place.replace(/^async /, '')),
    line: Number(line),
    label: groups?.['label'] ?? 'anonymous',
  };
}
