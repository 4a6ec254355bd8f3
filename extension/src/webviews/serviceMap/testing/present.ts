/** What must be there for a test to make sense. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('What the test is about is not there.');
  }
  return value;
}
