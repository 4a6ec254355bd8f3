import { createSocket } from 'node:dgram';

/** Sends the segment of one request as an X-Ray SDK does, by UDP to a port of this machine. */
export async function sendSegment(port: number, path: string): Promise<void> {
  const seconds = Math.floor(Date.now() / 1_000);
  const segment = {
    name: 'shop',
    id: seconds.toString(16).padStart(16, 'a'),
    trace_id: `1-${seconds.toString(16)}-${Buffer.from(path.padEnd(12)).toString('hex')}`,
    start_time: seconds,
    end_time: seconds + 0.1,
    http: { request: { method: 'GET', url: `http://shop${path}` }, response: { status: 200 } },
  };
  const socket = createSocket('udp4');
  const datagram = `{"format":"json","version":1}\n${JSON.stringify(segment)}`;
  await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
  socket.close();
}
