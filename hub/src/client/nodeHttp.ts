/**
 * node:http, got without `import`: the ES module facade of a built-in reads every export, among them `WebSocket`, and that one
 * loads the whole of undici, 20 ms and 5 MiB that nobody here uses.
 */
export const { Agent, createServer, request } = process.getBuiltinModule('node:http');
