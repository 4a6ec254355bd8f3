/** Local time with its date and milliseconds, of nanoseconds since the Unix epoch as decimal text: `2026-11-23 14:03:07.120`. */
export function localTimeOf(nanos: string): string {
  const date = new Date(Number(BigInt(nanos) / 1_000_000n));
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
