import type { Endpoints } from '@sightline/hub/client/api';
import type { ComposeModel } from './composeFile.ts';
import type { Receiver } from './ports.ts';

/** Why a port of a compose file is taken, where Sightline itself holds it: a sentence or two, and the setting that ends it. */
export interface TakenPort {
  readonly sentence: string;
  readonly setting: string;
}

export interface PortHolders {
  readonly model: ComposeModel;
  /** The compose file, for a person. */
  readonly file: string;
  /** What the hub of this machine listens on. */
  readonly endpoints: Partial<Endpoints>;
  /** Whether `sightline.xray.daemon` keeps daemons away from the hub. */
  readonly isEmbedded: boolean;
}

const receiverNames: Record<Receiver, string> = {
  api: 'for its API',
  otlpHttp: 'for OTLP over HTTP',
  otlpGrpc: 'for OTLP over gRPC',
  xray: 'for X-Ray segments',
};

/** Names the service and the setting that want the same port. `undefined` where the hub is not who holds it. */
export function takenPortOf(port: number, { model, file, endpoints, isEmbedded }: PortHolders): TakenPort | undefined {
  const { api, otlpHttp, otlpGrpc, xrayUdp } = endpoints;
  const held: readonly (readonly [Receiver, string | undefined])[] = [
    ['xray', xrayUdp],
    ['otlpHttp', otlpHttp],
    ['otlpGrpc', otlpGrpc],
    ['api', api],
  ];
  const receiver = held.find(([, endpoint]) => endpoint?.endsWith(`:${port}`))?.[0];
  const service = model.services.find(({ ports }) => ports.some(({ published }) => published === port))?.name;
  if (receiver === undefined || service === undefined) {
    return undefined;
  }
  const both = `Port ${port} is taken by Sightline’s hub, ${receiverNames[receiver]}, and the service ${service} of ${file} publishes it too.`;
  const portSetting = receiver === 'api' ? 'sightline.hub.port' : `sightline.hub.${receiver}Port`;
  return receiver === 'xray' && isEmbedded
    ? {
        sentence: `${both} The hub takes segments itself since the setting "sightline.xray.daemon" is "embedded": with "auto" it leaves that port to a daemon of the compose file. Or give the hub another port by "${portSetting}".`,
        setting: 'sightline.xray.daemon',
      }
    : {
        sentence: `${both} Give the hub another port by the setting "${portSetting}", or publish another one in the compose file.`,
        setting: portSetting,
      };
}
