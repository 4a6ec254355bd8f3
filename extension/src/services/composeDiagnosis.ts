import { xrayDaemonIn, type ComposeModel, type ComposeService } from './composeFile.ts';

/** Something that keeps telemetry from arriving though every container runs: what it is, and what mends it, a sentence each. */
export interface ComposeFinding {
  readonly service: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Variables that hold an address of the hub or of the daemon. */
const addressVariables = [
  'AWS_XRAY_DAEMON_ADDRESS',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_XRAY',
  'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS',
  'ROLLBAR_ENDPOINT',
];

/** What people fall into when a backend, its X-Ray daemon and the hub are in different containers, as far as the file tells. */
export function diagnoseComposeModel(model: ComposeModel): readonly ComposeFinding[] {
  const daemon = xrayDaemonIn(model);
  return [
    ...model.services.flatMap(ownLoopbackOf),
    ...(daemon === undefined ? [] : [...flagsOf(daemon), ...daemonBindOf(daemon), ...udpOf(daemon)]),
  ];
}

/** Loopback is this container's own, unless it shares the machine's network. */
function ownLoopbackOf({ name, values, networkMode }: ComposeService): ComposeFinding[] {
  if (networkMode !== undefined) {
    return [];
  }
  return addressVariables.flatMap((variable) => {
    const value = values[variable] ?? '';
    const loopback = /\b(?:127(?:\.\d+){3}|localhost)\b|\[::1\]/.exec(value)?.[0];
    return loopback === undefined
      ? []
      : [
          {
            service: name,
            problem: `${variable} is ${value}, and ${loopback} in a container is the container itself.`,
            remedy: `Name the service instead, or take the variable out of the file: then it is set to where the hub is.`,
          },
        ];
  });
}

/**
 * The image's entry point is the daemon, so that the command is its flags. A whole command line in one argument is an unknown flag, which ends it; one that
 * begins with the program's name is no flag, and Go's flags end at the first of those: `-o` never takes effect.
 */
function flagsOf({ name, command }: ComposeService): ComposeFinding[] {
  const isRead = command.every((argument) => !/\s/.test(argument)) && command[0]?.startsWith('-') !== false;
  if (isRead) {
    return [];
  }
  const flags = command.flatMap((argument) => argument.split(/\s+/)).filter((word) => !/^(?:\S*\/)?xray$/.test(word));
  return [
    {
      service: name,
      problem: `The daemon does not read its flags from ${JSON.stringify(command)}: they are one argument, or begin with the program's name.`,
      remedy: `Write them as a list: command: [${flags.map((word) => `"${word}"`).join(', ')}].`,
    },
  ];
}

function daemonBindOf({ name, command }: ComposeService): ComposeFinding[] {
  const words = command.flatMap((argument) => argument.split(/[\s=]+/));
  return words.flatMap((word, index) => {
    const address = words[index + 1] ?? '';
    const isBound = /^--?(?:b|bind|t|bind-tcp)$/.test(word) && /^(?:127\.|localhost:|\[::1\]:)/.test(address);
    return isBound
      ? [
          {
            service: name,
            problem: `The daemon listens on ${address}, where only its own container reaches it.`,
            remedy: `Remove ${word} ${address}: the image listens on 0.0.0.0:2000 by itself.`,
          },
        ]
      : [];
  });
}

/** Who publishes the TCP port wants the daemon to be reached from outside, and segments go by UDP. */
function udpOf({ name, ports }: ComposeService): ComposeFinding[] {
  const published = ports.filter(({ target }) => target === 2000);
  return published.length === 0 || published.some(({ protocol }) => protocol === 'udp')
    ? []
    : [
        {
          service: name,
          problem: 'Port 2000 is published by TCP only, and segments are sent by UDP.',
          remedy: 'Publish it by UDP too: "2000:2000/udp".',
        },
      ];
}

/** The lines of aws/aws-xray-daemon v3.6.6, the one that ends it first. */
const daemonLines: readonly (readonly [form: RegExp, sentence: string])[] = [
  [
    /Cannot fetch region variable from config file/,
    'The X-Ray daemon knows no region. Give it one: command: ["-o", "-n", "us-east-1"] as a list, or AWS_REGION in its environment; the hub takes any.',
  ],
  [
    /flag provided but not defined: -\S*\s/,
    'The X-Ray daemon got its flags as one argument. Write its command as a list: ["-o", "-n", "us-east-1"].',
  ],
  [
    /\[Error\] listen (?:udp|tcp) \S+: bind: address already in use/,
    'The port of the X-Ray daemon is taken in its own container or network: something else listens there.',
  ],
  [
    /Unable to fetch region from EC2 metadata|Get instance id metadata failed/,
    'The X-Ray daemon asks for the metadata of an EC2 machine, which this is not. Start it in local mode: command: ["-o", "-n", "us-east-1"] as a list.',
  ],
];

/** What the log of a daemon in a container tells, and what to do; `undefined` where it tells nothing of the kind. */
export function diagnoseDaemonLog(log: string): string | undefined {
  return daemonLines.find(([form]) => form.test(log))?.[1];
}
