import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { describePortHolder, portHolder } from './portHolder.ts';

// Only Linux tells whose a socket is.
test.skipIf(process.platform !== 'linux')('the process that listens on a port is found, by TCP and UDP', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  onTestFinished(() => void socket.close());
  await once(socket, 'listening');
  const address = server.address();
  check('tcp', typeof address === 'object' ? address?.port : undefined);
  check('udp', socket.address().port);
});

function check(protocol: 'tcp' | 'udp', port: number | undefined): void {
  expect(portHolder(protocol, port ?? 0)).toBe(process.pid);
  expect(describePortHolder(protocol, port ?? 0)).toContain(`(process ${process.pid})`);
}
