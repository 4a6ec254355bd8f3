/**
 * An app that knows nothing of Sightline: it is told by AWS_XRAY_DAEMON_ADDRESS where the daemon is. It reports whether a
 * request and a health check are sampled once the rules have come, and sends the segment of the request.
 */
import xray from 'aws-xray-sdk-core';

// The SDK's types leave its sampler out.
const { sampler } = xray.middleware as unknown as { sampler: { shouldSample(request: object): string | boolean } };

function decide(urlPath: string): string {
  const decision = sampler.shouldSample({ host: 'localhost', httpMethod: 'GET', urlPath, serviceName: 'app' });
  return String(decision);
}

// The first decision starts the fetching of the rules; until they are there the SDK answers from its own local rule.
const deadline = Date.now() + 30_000;
while (decide('/orders') !== 'Default' && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(`request: ${decide('/orders?page=1')}`);
console.log(`health check: ${decide('/api/health-check?from=probe')}`);

const segment = new xray.Segment('app');
segment.addNewSubsegment('mock-data').close();
segment.addAnnotation('handle', 'ada');
segment.close();
console.log(`trace: ${segment.trace_id}`);
// The SDK's UDP socket is not to be waited for; one turn of the loop lets the datagram out.
setTimeout(() => process.exit(0), 200);
