// `npm run --silent environment [-- --json] [-- --addresses]`: what the extension would give the sample's backend here, for a hub on its usual ports, as a
// shell reads it (`eval "$(npm run --silent environment)"`). For what starts the backend without the extension: .gitpod.yml, .ona/ and,
// with `--addresses`, the dev container's compose file, which names its hub itself: FRONTEND_URL, BACKEND_URL and AWS_XRAY_URL alone.
import { homedir } from 'node:os';
import { awsSurroundingsOf } from '../extension/src/services/awsSurroundings.ts';
import { environmentFor, environmentOf, exportLines, servedInterfaces } from '../extension/src/services/environment.ts';
import { expectedEndpoints } from '../extension/src/services/expectedHub.ts';
import { loadPortForwarder } from '../extension/src/services/sharedPorts.ts';
import { readTextFile } from '../extension/src/services/textFile.ts';

const { env } = process;
const surroundings = awsSurroundingsOf({ env, home: homedir(), readText: readTextFile });
const all = environmentOf({
  endpoints: expectedEndpoints({}),
  served: servedInterfaces,
  serviceName: 'backend',
  hasAwsCredentials: surroundings.hasCredentials,
  ...(surroundings.region === undefined && { region: 'us-east-1' }),
  forwarder: await loadPortForwarder(),
  backendUrl: `http://127.0.0.1:${env['PORT'] || '4567'}`,
  frontendUrl: `http://127.0.0.1:${env['PAGE_PORT'] || '3000'}`,
});
const addresses = ['FRONTEND_URL', 'BACKEND_URL', 'AWS_XRAY_URL'];
const variables = process.argv.includes('--addresses') ? all.filter(({ name }) => addresses.includes(name)) : all;
const isJson = process.argv.includes('--json');
process.stdout.write(
  isJson ? `${JSON.stringify(environmentFor('backend', variables), null, 2)}\n` : exportLines(variables),
);
