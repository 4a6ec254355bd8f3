/**
 * `npm run traffic [-- --url http://127.0.0.1:4567 --rate 2 --count 40]`: calls every route of the backend in turn, failing and slow ones
 * included, and prints one line a request. `--rate` is requests a second; `--count 0` goes on until Ctrl-C.
 */
import { parseArgs } from 'node:util';

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

/** `{uuid}` stands for an activity that the home feed showed. */
const calls: readonly Call[] = [
  { method: 'GET', path: '/api/activities/home' },
  { method: 'GET', path: '/api/activities/notifications' },
  { method: 'GET', path: '/api/activities/@juno' },
  { method: 'GET', path: '/api/activities/search?term=span' },
  { method: 'GET', path: '/api/message_groups' },
  { method: 'GET', path: '/api/messages/@juno' },
  { method: 'POST', path: '/api/messages', body: { message: 'How is the traffic?', user_receiver_handle: 'juno' } },
  { method: 'POST', path: '/api/activities', body: { message: 'Just generating some traffic.', ttl: '1-hour' } },
  { method: 'POST', path: '/api/activities/{uuid}/reply', body: { message: 'Same here.' } },
  { method: 'GET', path: '/api/announcements' },
  { method: 'GET', path: '/rollbar/test' },
  { method: 'GET', path: '/api/health-check' },
  { method: 'GET', path: '/api/activities/home?delay=1200' },
  { method: 'GET', path: '/api/activities/@juno?fail=1' },
  { method: 'GET', path: '/api/activities/notifications?fail=1' },
  { method: 'GET', path: '/api/activities/@nobody' },
  { method: 'POST', path: '/api/messages', body: { message: '', user_receiver_handle: 'juno' } },
];

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: process.env['BACKEND_URL'] ?? 'http://127.0.0.1:4567' },
    rate: { type: 'string', default: '4' },
    count: { type: 'string', default: String(calls.length * 2) },
  },
});
const pause = 1000 / positive(values.rate, '--rate');
const count = values.count === '0' ? Infinity : positive(values.count, '--count');

let anActivity = '00000000-0000-0000-0000-000000000000';
for (let index = 0; index < count; index++) {
  const call = calls[index % calls.length];
  if (call !== undefined) {
    const started = performance.now();
    console.log(await perform(call));
    await wait(pause - (performance.now() - started));
  }
}

async function perform({ method, path, body }: Call): Promise<string> {
  const started = performance.now();
  const address = path.replace('{uuid}', anActivity);
  try {
    const reply = await fetch(new URL(address, values.url), {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const json: unknown = await reply.json();
    if (Array.isArray(json) && path === '/api/activities/home') {
      anActivity = (json as { uuid: string }[])[0]?.uuid ?? anActivity;
    }
    return `${reply.status} ${method} ${address} ${Math.round(performance.now() - started)} ms`;
  } catch (error) {
    console.error(`The backend at ${values.url} does not answer (${String(error)}).`);
    return process.exit(1);
  }
}

function positive(text: string, name: string): number {
  const number = Number(text);
  if (!(number > 0)) {
    console.error(`${name} must be a number above 0, not "${text}".`);
    process.exit(1);
  }
  return number;
}

async function wait(milliseconds: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, milliseconds));
  });
}
