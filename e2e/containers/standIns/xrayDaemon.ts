/**
 * Stands for the AWS X-Ray daemon where the program itself cannot be had: its flags, its cfg.yaml, its log lines, its UDP and TCP ports. What comes
 * by UDP is sent on in signed batches (PutTraceSegments); what comes by TCP is signed and handed on.
 */
import { createHash, createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = readFlags();
const config = readConfig(values.config);
const udpAddress = values.bind ?? config.get('UDPAddress') ?? '127.0.0.1:2000';
const tcpAddress = values['bind-tcp'] ?? config.get('TCPAddress') ?? '127.0.0.1:2000';

if (values.version === true) {
  console.log('AWS X-Ray daemon version: stand-in');
  process.exit(0);
}
log('Info', 'Initializing AWS X-Ray daemon stand-in');
const region = await findRegion();
log('Info', `Using region: ${region}`);
const endpoint =
  config.get('Endpoint') ??
  process.env['AWS_ENDPOINT_URL_XRAY'] ??
  process.env['AWS_ENDPOINT_URL'] ??
  `https://xray.${region}.amazonaws.com`;
log('Info', `HTTP Proxy server using X-Ray Endpoint : ${endpoint}`);

let batch: string[] = [];
const udp = createSocket('udp4');
udp.on('error', ({ message }) => fail(message));
udp.on('message', (datagram) => {
  const [header = '', ...rest] = datagram.toString().split('\n');
  if (!header.includes('"format"') || rest.length === 0) {
    log('Warn', `Missing header or segment: ${header.slice(0, 100)}`);
    return;
  }
  batch.push(rest.join('\n'));
  // The daemon waits a second for more as well.
  if (batch.length === 1) setTimeout(() => void sendBatch(), 1_000);
});
const [udpHost, udpPort] = hostAndPort(udpAddress);
udp.bind(udpPort, udpHost);

const [tcpHost, tcpPort] = hostAndPort(tcpAddress);
const proxy = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    call(request.url ?? '/', Buffer.concat(chunks)).then(
      async (reply) => response.writeHead(reply.status).end(await reply.text()),
      () => response.writeHead(502).end(),
    );
  });
});
proxy.listen(tcpPort, tcpHost, () => log('Info', `Starting proxy http server on ${tcpAddress}`));

process.on('SIGTERM', () => {
  log('Info', 'Got shutdown signal: terminated');
  void sendBatch().finally(() => process.exit(0));
});

async function sendBatch(): Promise<void> {
  const segments = batch;
  batch = [];
  if (segments.length === 0) return;
  try {
    const reply = await call('/TraceSegments', Buffer.from(JSON.stringify({ TraceSegmentDocuments: segments })));
    if (!reply.ok) throw new Error(`StatusCode: ${reply.status}, ${await reply.text()}`);
    log('Info', `Successfully sent batch of ${segments.length} segments`);
  } catch (error) {
    log('Error', `Sending segment batch failed with: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A call that is signed as the AWS IAM user guide has it ("Create a signed AWS API request"). */
async function call(path: string, body: Buffer): Promise<Response> {
  const { keyId, secretKey } = readCredentials();
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/xray/aws4_request`;
  const { host } = new URL(endpoint);
  const digest = createHash('sha256').update(body).digest('hex');
  const canonical = `POST\n${path}\n\nhost:${host}\nx-amz-date:${time}\n\nhost;x-amz-date\n${digest}`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
  const key = scope.split('/').reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${secretKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  const headers = { authorization, 'x-amz-date': time, 'content-type': 'application/json' };
  return await fetch(new URL(path, endpoint), { method: 'POST', headers, body: new Uint8Array(body) });
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function readCredentials(): { keyId: string; secretKey: string } {
  const file = process.env['AWS_SHARED_CREDENTIALS_FILE'];
  const text = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '';
  const named = (name: string): string | undefined =>
    process.env[name.toUpperCase()] ?? new RegExp(`^${name} *= *(.+)$`, 'm').exec(text)?.[1];
  const [keyId, secretKey] = [named('aws_access_key_id'), named('aws_secret_access_key')];
  if (keyId === undefined || secretKey === undefined) throw new Error('no EC2 IMDS role found');
  return { keyId, secretKey };
}

async function findRegion(): Promise<string> {
  const configured =
    values.region ?? config.get('Region') ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  const isLocal = values['local-mode'] === true || config.get('LocalMode') === 'true';
  if (configured !== undefined) return configured;
  if (!isLocal) {
    const reason = await askMetadata();
    log('Error', `Unable to fetch region from EC2 metadata: operation error ec2imds: GetRegion, ${reason}`);
  }
  return fail(
    'Cannot fetch region variable from config file, environment variables, ecs metadata, or ec2 metadata. Use local-mode to use the local config region.',
  );
}

/** The daemon believes that it runs on EC2 unless told otherwise; nobody answers there, or not with a region. */
async function askMetadata(): Promise<string> {
  try {
    const reply = await fetch('http://169.254.169.254/latest/meta-data/', { signal: AbortSignal.timeout(1_000) });
    return `http response error StatusCode: ${reply.status}, request to EC2 IMDS failed`;
  } catch {
    return 'request canceled, context deadline exceeded';
  }
}

function readFlags() {
  // Go's flags: what is no flag ends them, and an unknown one ends the program.
  const rest = process.argv.slice(2);
  try {
    return parseArgs({
      args: rest.map((argument) => argument.replace(/^-(?=[a-z-]{2,}$)/, '--')),
      options: {
        'local-mode': { type: 'boolean', short: 'o' },
        region: { type: 'string', short: 'n' },
        bind: { type: 'string', short: 'b' },
        'bind-tcp': { type: 'string', short: 't' },
        config: { type: 'string', short: 'c' },
        'log-level': { type: 'string', short: 'l' },
        'log-file': { type: 'string', short: 'f' },
        'buffer-memory': { type: 'string', short: 'm' },
        'role-arn': { type: 'string', short: 'r' },
        'resource-arn': { type: 'string', short: 'a' },
        'proxy-address': { type: 'string', short: 'p' },
        version: { type: 'boolean', short: 'v' },
      },
      allowPositionals: true,
    });
  } catch {
    const wrong = rest.find((argument) => / /.test(argument)) ?? rest.join(' ');
    console.error(`flag provided but not defined: ${wrong}`);
    process.exit(2);
  }
}

/** cfg.yaml has one level of sections, and every key stands once: a line a key is all of it. */
function readConfig(named: string | undefined): ReadonlyMap<string, string> {
  const file = named ?? '/etc/amazon/xray/cfg.yaml';
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = [...text.matchAll(/^\s*([A-Za-z]+): *"?([^"\n#]*?)"? *$/gm)];
  return new Map(lines.flatMap(([, key = '', value = '']) => (value === '' ? [] : [[key, value] as const])));
}

function hostAndPort(address: string): [host: string, port: number] {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon), Number(address.slice(colon + 1))];
}

function log(level: 'Info' | 'Warn' | 'Error', message: string): void {
  console.log(`${new Date().toISOString().replace(/\.\d+Z$/, 'Z')} [${level}] ${message}`);
}

function fail(message: string): never {
  log('Error', message);
  process.exit(1);
}
