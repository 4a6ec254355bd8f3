/** An app that knows nothing of Sightline: it hands the endpoint of its environment to Rollbar's SDK, and what it is told to reports. */
import Rollbar from 'rollbar';

const { ROLLBAR_ENDPOINT: endpoint = '', ROLLBAR_ACCESS_TOKEN: accessToken = '' } = process.env;
const rollbar = new Rollbar({ accessToken, endpoint, environment: 'test', codeVersion: '1.4', captureUsername: true });

/** Each settles with what Rollbar's server answered, or what kept it from answering. */
async function report(send: (done: (error: unknown, answer?: unknown) => void) => void): Promise<void> {
  const said = await new Promise((resolve) => {
    send((error, answer) => resolve(error instanceof Error ? error.message : answer));
  });
  console.log(JSON.stringify(said));
}

function loadHome(): never {
  throw new TypeError('no handle', { cause: new Error('no session') });
}

const request = {
  method: 'GET',
  url: 'http://localhost/api/home',
  headers: {},
  rollbar_person: { id: '7', username: 'reader' },
};
const custom: Record<string, unknown> = { trace_id: '65a0b1c2000102030405060708090a0b' };
custom['self'] = custom;
try {
  loadHome();
} catch (error) {
  await report((done) => rollbar.error(error as Error, request, custom, done));
}
await report((done) => rollbar.warning('Hello World', done));
