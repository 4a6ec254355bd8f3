import { brokenConstraint, invalidParameter } from './logFailure.ts';

const groupForm = /^[.\-_/#A-Za-z0-9]+$/;
const streamForm = /^[^:*]*$/;
const longestName = 512;

/** The name of a log group as AWS lets it be. Throws `LogRefusal`. */
export function checkGroupName(name: unknown, path = 'logGroupName'): string {
  const text = checkLength(name, path);
  if (!groupForm.test(text)) {
    throw brokenConstraint(text, path, 'satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+');
  }
  return text;
}

/** As `checkGroupName`, for a group that is to be made: names that begin with `aws/` are AWS's own. */
export function checkNewGroupName(name: unknown): string {
  const text = checkGroupName(name);
  if (text.startsWith('aws/')) {
    throw invalidParameter("Log groups starting with 'aws/' are reserved for AWS.");
  }
  return text;
}

/** The name of a log stream as AWS lets it be. Throws `LogRefusal`. */
export function checkStreamName(name: unknown, path = 'logStreamName'): string {
  const text = checkLength(name, path);
  if (!streamForm.test(text)) {
    throw brokenConstraint(text, path, 'satisfy regular expression pattern: [^:*]*');
  }
  return text;
}

function checkLength(name: unknown, path: string): string {
  if (typeof name !== 'string') {
    throw brokenConstraint(name, path, 'not be null');
  }
  if (name.length < 1) {
    throw brokenConstraint(name, path, 'have length greater than or equal to 1');
  }
  if (name.length > longestName) {
    throw brokenConstraint(name, path, `have length less than or equal to ${longestName}`);
  }
  return name;
}
