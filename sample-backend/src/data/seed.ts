import type { Pool } from 'pg';
import { currentHandle } from './users.ts';

interface SeedUser {
  readonly handle: string;
  readonly displayName: string;
  readonly banner: string;
}

interface SeedActivity {
  readonly handle: string;
  readonly message: string;
  readonly hoursAgo: number;
  readonly likes: number;
  readonly replies?: readonly { readonly handle: string; readonly message: string }[];
}

interface SeedMessage {
  readonly sender: string;
  readonly receiver: string;
  readonly message: string;
  readonly minutesAgo: number;
}

const users: readonly SeedUser[] = [
  { handle: currentHandle, displayName: 'Mira Solberg', banner: 'Backends, bicycles, bread' },
  { handle: 'juno', displayName: 'Juno Park', banner: 'I read stack traces so you do not have to' },
  { handle: 'tobi', displayName: 'Tobi Adeyemi', banner: 'Latency is a feature' },
];

const activities: readonly SeedActivity[] = [
  {
    handle: 'juno',
    message: 'Cloud is fun! And so is finding out why this request took 900 ms.',
    hoursAgo: 2,
    likes: 5,
    replies: [
      { handle: 'tobi', message: 'It was the database, was it not?' },
      { handle: 'mira', message: 'It is always the database. Except when it is DNS.' },
    ],
  },
  {
    handle: 'tobi',
    message: 'Moved the health check out of the traces. The graph is readable again.',
    hoursAgo: 7,
    likes: 3,
  },
  {
    handle: 'mira',
    message: 'Today I learned that a span without a parent is not lost, its parent is just late.',
    hoursAgo: 26,
    likes: 11,
    replies: [{ handle: 'juno', message: 'I feel seen.' }],
  },
  {
    handle: 'juno',
    message: 'Sourdough needs observability too: what did the dough do at 3 am?',
    hoursAgo: 50,
    likes: 8,
  },
];

const messages: readonly SeedMessage[] = [
  { sender: 'juno', receiver: currentHandle, message: 'Have you seen the new trace view?', minutesAgo: 95 },
  { sender: currentHandle, receiver: 'juno', message: 'Looking at it right now.', minutesAgo: 90 },
  { sender: 'tobi', receiver: currentHandle, message: 'Lunch at twelve?', minutesAgo: 40 },
];

/** Fills empty tables. Tables that hold anything are left as they are. */
export async function seed(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ filled: boolean }>('select exists (select from cruddur.users) as filled');
  if (rows[0]?.filled === true) {
    return;
  }
  for (const { handle, displayName, banner } of users) {
    await pool.query('insert into cruddur.users (handle, display_name, preferences) values ($1, $2, $3)', [
      handle,
      displayName,
      { version: 2, banner },
    ]);
  }
  for (const activity of activities) {
    await seedActivity(pool, activity);
  }
  for (const { sender, receiver, message, minutesAgo } of messages) {
    await pool.query(
      `insert into cruddur.messages (sender, receiver, message, created_at)
       values ($1, $2, $3, now() - make_interval(mins => $4))`,
      [sender, receiver, message, minutesAgo],
    );
  }
}

async function seedActivity(
  pool: Pool,
  { handle, message, hoursAgo, likes, replies = [] }: SeedActivity,
): Promise<void> {
  const { rows } = await pool.query<{ uuid: string }>(
    `insert into cruddur.activities (handle, message, likes_count, created_at)
     values ($1, $2, $3, now() - make_interval(hours => $4)) returning uuid`,
    [handle, message, likes, hoursAgo],
  );
  for (const reply of replies) {
    await pool.query(
      `insert into cruddur.activities (handle, message, reply_to, created_at)
       values ($1, $2, $3, now() - make_interval(hours => $4))`,
      [reply.handle, reply.message, rows[0]?.uuid, hoursAgo - 1],
    );
  }
}
