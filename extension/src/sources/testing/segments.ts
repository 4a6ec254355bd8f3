/** The document of a request that began so many seconds ago; ids grow with the number. */
export function segmentOf(number: number, { age = number, status = 200, path = `/api/${number}` } = {}): string {
  const start = Date.now() / 1000 - age;
  return JSON.stringify({
    trace_id: `1-${hex(8, Math.floor(start))}-${hex(24, number + 1)}`,
    id: hex(16, number + 1),
    name: 'shop',
    start_time: start,
    end_time: start + 0.02,
    ...(status >= 500 && { fault: true }),
    http: { request: { method: 'GET', url: `http://shop.example${path}` }, response: { status } },
    annotations: { number },
    subsegments: [
      {
        id: hex(16, number + 1_000_000),
        name: 'orders',
        namespace: 'remote',
        start_time: start,
        end_time: start + 0.01,
      },
    ],
  });
}

function hex(digits: number, value: number): string {
  return value.toString(16).padStart(digits, '0');
}
