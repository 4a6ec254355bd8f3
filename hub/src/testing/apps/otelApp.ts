/** An app that knows nothing of Sightline: it is told by OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL where to send. */
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({ instrumentations: [] });
sdk.start();
const span = trace.getTracer('app').startSpan('load home', { attributes: { 'app.handle': 'ada' } });
span.addEvent('cache miss');
span.end();
console.log(`trace: ${span.spanContext().traceId}`);
await sdk.shutdown();
