/** `1-<8 hex>-<24 hex>` of a W3C trace id. */
export function xrayTraceId(traceId: string): string {
  return `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
}
