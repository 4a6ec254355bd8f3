import type { ErrorException, ErrorItem } from '../model/errorItem.ts';
import { isOwnFrame } from './ownFrames.ts';
import { sha1 } from './sha1.ts';

/** "If longer than 40 characters, we'll use its SHA1 hash" (Rollbar, create item: `fingerprint`). */
const maxFingerprintLength = 40;
/** Bounds the work on what a sender made; two errors that differ only behind these are the same. */
const maxPatternLength = 10_000;
const maxNameLength = 1000;
const maxFrames = 200;

type Fingerprinted = Pick<ErrorItem, 'fingerprint' | 'exceptions' | 'message' | 'crashReport' | 'server'>;

/**
 * What makes two occurrences the same error: the sender's fingerprint, else a SHA-1 over class, file and method as in Rollbar's default
 * grouping, but over the app's own frames alone, so that another version of a library does not make another error of it. Line numbers do
 * not count, nor what an exception says; of a message everything but its numbers and ids counts.
 */
export function fingerprintOf(item: Fingerprinted): string {
  if (item.fingerprint !== undefined) {
    const isShort = Array.from(item.fingerprint.slice(0, 2 * maxFingerprintLength + 1)).length <= maxFingerprintLength;
    return isShort ? item.fingerprint : sha1(item.fingerprint);
  }
  if (item.exceptions.length === 0) {
    return sha1(`message\n${messagePattern(item.message ?? item.crashReport ?? '')}`);
  }
  return sha1(item.exceptions.map((exception) => exceptionPattern(exception, item.server?.root)).join('\n'));
}

// A UUID, 0x and hex, a word of 8 hex digits or more that has both digits and letters, a number.
const variable =
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,}\b|[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi;

/** A message without what varies from one time to the next: `user 42 has no cart` and `user 7 has no cart` are `user # has no cart`. */
export function messagePattern(message: string): string {
  return message.slice(0, maxPatternLength).replace(variable, '#');
}

function exceptionPattern({ type, message, stack }: ErrorException, root: string | undefined): string {
  const own = stack.filter(isOwnFrame);
  const frames = (own.length === 0 ? stack : own).map(({ path, label = '' }) => {
    const method = label.slice(0, maxNameLength).replace(/^async /, '');
    return `${pathPattern(path.slice(0, maxNameLength), root)} ${method}`;
  });
  // Recursion goes as deep as its input.
  const distinct = frames.filter((frame, at) => frame !== frames[at - 1]).slice(0, maxFrames);
  // An error without a stack has nothing else to tell it from others of its class.
  return [type.slice(0, maxNameLength), ...(distinct.length === 0 ? [messagePattern(message ?? '')] : distinct)].join(
    '\n',
  );
}

/** Without the app's folder, a bundle's query and the hash in its name: the same file in every checkout and build. */
function pathPattern(path: string, root: string | undefined): string {
  const inApp =
    root !== undefined && path.startsWith(root) && /^[\\/]/.test(path.slice(root.length))
      ? path.slice(root.length + 1)
      : path;
  const end = inApp.search(/[?#]/);
  return (end === -1 ? inApp : inApp.slice(0, end)).replace(/[-.](?=[a-f]*\d)[0-9a-f]{8,}(?=\.[a-z]+$)/i, '');
}
