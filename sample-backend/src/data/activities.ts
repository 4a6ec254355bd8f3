import type { Pool } from 'pg';

/** As the API sends it; `created_at` becomes ISO text in JSON. */
export interface Activity {
  readonly uuid: string;
  readonly handle: string;
  readonly display_name: string;
  readonly message: string;
  readonly likes_count: number;
  readonly reposts_count: number;
  readonly replies_count: number;
  readonly reply_to_activity_uuid: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
}

export interface ActivityWithReplies extends Activity {
  readonly replies: readonly Activity[];
}

const pageSize = 20;

const select = `
  select a.uuid, a.handle, u.display_name, a.message, a.likes_count, a.reposts_count, a.reply_to as reply_to_activity_uuid,
    a.created_at, a.expires_at, (select count(*)::int from cruddur.activities r where r.reply_to = a.uuid) as replies_count
  from cruddur.activities a join cruddur.users u using (handle)`;

const isCurrent = '(a.expires_at is null or a.expires_at > now())';

/** The newest activities with the replies to each, two queries in all. */
export async function homeActivities(pool: Pool): Promise<ActivityWithReplies[]> {
  const { rows } = await pool.query<Activity>(
    `${select} where a.reply_to is null and ${isCurrent} order by a.created_at desc limit ${pageSize}`,
  );
  return await withReplies(pool, rows);
}

export async function userActivities(pool: Pool, handle: string): Promise<Activity[]> {
  const { rows } = await pool.query<Activity>(
    `${select} where a.handle = $1 and a.reply_to is null and ${isCurrent} order by a.created_at desc limit ${pageSize}`,
    [handle],
  );
  return rows;
}

/** Replies that others wrote to what `handle` wrote. */
export async function notificationActivities(pool: Pool, handle: string): Promise<Activity[]> {
  const { rows } = await pool.query<Activity>(
    `${select} join cruddur.activities mine on mine.uuid = a.reply_to
     where mine.handle = $1 and a.handle <> $1 order by a.created_at desc limit ${pageSize}`,
    [handle],
  );
  return rows;
}

/** What version 1 of the app got from its API. */
interface NotificationPages {
  readonly pages: readonly { readonly items: readonly Activity[] }[];
}

/** The mistake of code that has missed a change: there are no pages any more, so this throws a `TypeError`. */
export function readAsVersion1(notifications: unknown): readonly Activity[] {
  const { pages } = notifications as NotificationPages;
  return pages.flatMap(({ items }) => items);
}

/** Case is ignored; the term is taken literally. */
export async function searchActivities(pool: Pool, term: string): Promise<Activity[]> {
  const { rows } = await pool.query<Activity>(
    `${select} where position(lower($1) in lower(a.message)) > 0 and ${isCurrent} order by a.created_at desc limit ${pageSize}`,
    [term],
  );
  return rows;
}

export async function createActivity(
  pool: Pool,
  activity: { readonly handle: string; readonly message: string; readonly lifetimeHours: number },
): Promise<Activity> {
  const { rows } = await pool.query<{ uuid: string }>(
    `insert into cruddur.activities (handle, message, expires_at)
     values ($1, $2, now() + make_interval(hours => $3)) returning uuid`,
    [activity.handle, activity.message, activity.lifetimeHours],
  );
  return await activityOf(pool, rows[0]?.uuid);
}

/** Undefined when there is no such activity to reply to. */
export async function createReply(
  pool: Pool,
  reply: { readonly handle: string; readonly message: string; readonly replyTo: string },
): Promise<Activity | undefined> {
  const { rows } = await pool.query<{ uuid: string }>(
    `insert into cruddur.activities (handle, message, reply_to)
     select $1, $2, uuid from cruddur.activities where uuid = $3 returning uuid`,
    [reply.handle, reply.message, reply.replyTo],
  );
  return rows[0] === undefined ? undefined : await activityOf(pool, rows[0].uuid);
}

async function activityOf(pool: Pool, uuid: string | undefined): Promise<Activity> {
  const { rows } = await pool.query<Activity>(`${select} where a.uuid = $1`, [uuid]);
  const [activity] = rows;
  if (activity === undefined) {
    throw new Error(`The activity ${uuid} is gone right after it was written.`);
  }
  return activity;
}

async function withReplies(pool: Pool, activities: readonly Activity[]): Promise<ActivityWithReplies[]> {
  const { rows } = await pool.query<Activity>(`${select} where a.reply_to = any($1) order by a.created_at`, [
    activities.map(({ uuid }) => uuid),
  ]);
  return activities.map((activity) => ({
    ...activity,
    replies: rows.filter((reply) => reply.reply_to_activity_uuid === activity.uuid),
  }));
}
