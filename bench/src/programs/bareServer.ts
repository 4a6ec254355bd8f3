// The ceiling: a bare node:http server that receives a body whole and answers 200. What a hub in Node could reach if storing were free.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// Connections stay open as long as the hub's do.
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': 0 });
    response.end();
  });
});

server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
// The bench has gone.
process.on('disconnect', () => process.exit(0));
