import type { ReadyLine } from './client/api.ts';

/** What a person reads in the terminal once the hub listens. */
export function readyText({ version, dataDir, endpoints }: ReadyLine): string {
  const lines = [
    `Sightline hub ${version} keeps traces in ${dataDir}`,
    ...(endpoints.xrayUdp === undefined ? [] : [`  X-Ray daemon   ${endpoints.xrayUdp} (UDP and TCP)`]),
    ...(endpoints.otlpHttp === undefined ? [] : [`  OTLP over HTTP ${endpoints.otlpHttp}`]),
    ...(endpoints.otlpGrpc === undefined ? [] : [`  OTLP over gRPC ${endpoints.otlpGrpc}`]),
    `  Hub API        ${endpoints.api}`,
  ];
  return `${lines.join('\n')}\n`;
}
