import type { HttpAnswer } from '../receivers/httpAnswer.ts';

/** An error as both of AWS's JSON protocols spell it: the type is in a header and in the body. */
export function awsError(
  status: number,
  type: string,
  message: string,
  more?: Readonly<Record<string, unknown>>,
): HttpAnswer {
  return {
    status,
    contentType: 'application/json',
    body: JSON.stringify({ __type: type, Message: message, message, ...more }),
    headers: { 'x-amzn-errortype': type },
  };
}

/** Whether a path is one of OpenTelemetry's exporters. */
export function isOtlpPath(path: string): boolean {
  return /^\/v1\/(?:traces|logs|metrics)$/.test(path);
}

/** A call of OpenTelemetry's at a port that does not take it; `here` names the port. */
export function misplacedOtlp(
  call: string,
  here: string,
  otlpEndpoint: string | undefined,
): { readonly message: string; readonly answer: HttpAnswer } {
  const right = otlpEndpoint === undefined ? 'but this hub has no OTLP port' : `which is ${otlpEndpoint} of this hub`;
  const message =
    `${call} is OpenTelemetry's, and this is ${here}. OTEL_EXPORTER_OTLP_ENDPOINT names the port for ` +
    `OpenTelemetry, ${right}.`;
  return { message, answer: awsError(404, 'UnknownOperationException', message) };
}

/** A call that this hub does not serve, in the words of AWS: the message says why the call came here at all. */
export function unservedCall(call: string): HttpAnswer {
  const message =
    `Sightline's local hub does not serve ${call}. This program is pointed at the hub by AWS_ENDPOINT_URL_* or ` +
    'AWS_XRAY_DAEMON_ADDRESS in its environment; the setting "sightline.environment" decides where those are set.';
  return awsError(404, 'UnknownOperationException', message);
}
