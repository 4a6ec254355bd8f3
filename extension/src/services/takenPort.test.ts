import { expect, test } from 'vitest';
import { parseComposeModel } from './composeFile.ts';
import { takenPortOf, type PortHolders } from './takenPort.ts';

const holders: PortHolders = {
  model: parseComposeModel(`
services:
  xray-daemon: { image: amazon/aws-xray-daemon, ports: ["2000:2000/udp"] }
  collector: { image: otel/collector, ports: ["4318:4318"] }
  web: { image: web, ports: ["3000:3000"] }
`),
  file: 'compose.yaml',
  endpoints: { xrayUdp: '127.0.0.1:2000', otlpHttp: 'http://127.0.0.1:4318', api: 'http://127.0.0.1:4319' },
  isEmbedded: true,
};

function check(port: number, expected: string | undefined, changed: Partial<PortHolders> = {}): void {
  expect(takenPortOf(port, { ...holders, ...changed })?.sentence).toBe(expected);
}

test('a daemon of the compose file and a hub that is told to take segments itself: the setting and the service are named', () => {
  check(
    2000,
    'Port 2000 is taken by Sightline’s hub, for X-Ray segments, and the service xray-daemon of compose.yaml publishes it too. The hub takes segments itself since the setting "sightline.xray.daemon" is "embedded": with "auto" it leaves that port to a daemon of the compose file. Or give the hub another port by "sightline.hub.xrayPort".',
  );
});

test('where that setting is not the reason, the port is', () => {
  check(
    2000,
    'Port 2000 is taken by Sightline’s hub, for X-Ray segments, and the service xray-daemon of compose.yaml publishes it too. Give the hub another port by the setting "sightline.hub.xrayPort", or publish another one in the compose file.',
    { isEmbedded: false },
  );
  check(
    4318,
    'Port 4318 is taken by Sightline’s hub, for OTLP over HTTP, and the service collector of compose.yaml publishes it too. Give the hub another port by the setting "sightline.hub.otlpHttpPort", or publish another one in the compose file.',
  );
});

test('a port that the hub does not hold, or no service publishes, is somebody else’s', () => {
  check(3000, undefined);
  check(4319, undefined);
  check(2000, undefined, { endpoints: {} });
});
