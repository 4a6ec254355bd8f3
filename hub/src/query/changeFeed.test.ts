import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { ChangeEvent } from '../client/api.ts';
import { request } from '../client/nodeHttp.ts';
import { ServerSentEventReader } from '../client/serverSentEvents.ts';
import { ChangeFeed, merge } from './changeFeed.ts';

function change(revision: number, traces: ChangeEvent['traces'] = [], flags: Partial<ChangeEvent> = {}): ChangeEvent {
  return { revision, traces, logs: false, problems: false, removed: false, ...flags };
}

function check(changes: readonly ChangeEvent[], expected: ChangeEvent): void {
  expect(changes.reduce<ChangeEvent | undefined>((merged, next) => merge(merged, next), undefined)).toEqual(expected);
}

test('changes merge into one that covers them all', () => {
  check([change(1, ['a']), change(2, ['b', 'a'])], change(2, ['a', 'b']));
  check(
    [change(1, ['a'], { logs: true }), change(2, [], { removed: true })],
    change(2, ['a'], { logs: true, removed: true }),
  );
  check([change(1, 'many'), change(2, ['a'], { problems: true })], change(2, 'many', { problems: true }));
});

test('over 200 traces are many', () => {
  const ids = Array.from({ length: 201 }, (_, number) => `trace ${number}`);
  check([change(1, ids.slice(0, 150)), change(2, ids.slice(100, 200))], change(2, ids.slice(0, 200)));
  check([change(1, ids.slice(0, 150)), change(2, ids.slice(100, 201))], change(2, 'many'));
});

/** A feed behind a server of the test's own, and a way to read it until so many changes have come. */
async function startFeed(feed: ChangeFeed) {
  const responses: ServerResponse[] = [];
  const server = createServer((incoming, response) => {
    responses.push(response);
    const lastEventId = incoming.headers['last-event-id'];
    feed.attach(response, typeof lastEventId === 'string' ? lastEventId : undefined);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    feed.close();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { responses, url, read: (count: number, lastEventId?: string) => readChanges(url, count, lastEventId) };
}

/** Settles when the connection is there with a promise of the first `count` changes. */
function readChanges(url: string, count: number, lastEventId?: string): Promise<{ changes: Promise<ChangeEvent[]> }> {
  return new Promise((resolve, reject) => {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const outgoing = request(url, { headers, agent: false }, (reply) => {
      const changes: ChangeEvent[] = [];
      const all = Promise.withResolvers<ChangeEvent[]>();
      const reader = new ServerSentEventReader(({ data }) => {
        changes.push(JSON.parse(data) as ChangeEvent);
        if (changes.length === count) {
          all.resolve(changes);
          reply.destroy();
        }
      });
      reply.on('data', (chunk: Buffer) => reader.push(chunk));
      resolve({ changes: all.promise });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

test('a first change is sent at once, those of the pause after it together', async () => {
  const feed = new ChangeFeed({ pauseMillis: 20 });
  const { read } = await startFeed(feed);
  const { changes } = await read(2);
  feed.publish(change(1, ['a']));
  feed.publish(change(2, ['b']));
  feed.publish(change(3, ['c']));
  expect(await changes).toEqual([change(1, ['a']), change(3, ['b', 'c'])]);
});

test('a reader that missed changes is told so at once, one that did not is not', async () => {
  const feed = new ChangeFeed({ pauseMillis: 1 });
  const { read } = await startFeed(feed);
  feed.publish(change(5));
  const behind = await read(1, '3');
  const upToDate = await read(1, '5');
  expect(await behind.changes).toEqual([
    change(5, 'many', { logs: true, errors: true, sampling: true, problems: true, removed: true }),
  ]);
  feed.publish(change(6, ['a']));
  expect(await upToDate.changes).toEqual([change(6, ['a'])]);
});

test('a reader that does not read costs no memory, and gets one merged change when it does', async () => {
  const feed = new ChangeFeed({ pauseMillis: 0 });
  const { responses, url } = await startFeed(feed);
  const reply = await new Promise<IncomingMessage>((resolve) => {
    request(url, { agent: false }, resolve).end();
  });
  const [response] = responses;
  const ids = Array.from({ length: 50 }, (_, number) => `${number} ${'x'.repeat(1_000)} `);
  const unsent = (): number => response?.writableLength ?? 0;
  let revision = 0;
  const publish = async (isEnough: () => boolean): Promise<void> => {
    while (!isEnough()) {
      revision += 1;
      feed.publish(
        change(
          revision,
          ids.map((id) => `${id}${revision}`),
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await publish(() => unsent() > 300_000);
  const full = unsent();
  const last = revision + 20;
  await publish(() => revision === last);
  expect(unsent()).toBe(full);
  const hasMerged = await new Promise<boolean>((resolve) => {
    let hasMany = false;
    const reader = new ServerSentEventReader(({ id, data }) => {
      hasMany ||= (JSON.parse(data) as ChangeEvent).traces === 'many';
      if (id === String(last)) {
        resolve(hasMany);
      }
    });
    reply.on('data', (chunk: Buffer) => reader.push(chunk));
  });
  expect(hasMerged).toBe(true);
});

test('silence is broken by heartbeats, so that both ends notice a dead connection', async () => {
  const feed = new ChangeFeed({ heartbeatMillis: 10 });
  const { responses, read } = await startFeed(feed);
  await read(1);
  const [response] = responses;
  const written = response?.socket?.bytesWritten ?? 0;
  await expect.poll(() => response?.socket?.bytesWritten).toBeGreaterThan(written);
});
