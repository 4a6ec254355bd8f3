import type { Pool } from 'pg';

export interface Message {
  readonly uuid: string;
  readonly handle: string;
  readonly display_name: string;
  readonly message: string;
  readonly created_at: Date;
}

/** One row per person that `handle` has written with: who it is, and the newest message. Newest first. */
export async function messageGroups(pool: Pool, handle: string): Promise<Message[]> {
  const { rows } = await pool.query<Message>(
    `select uuid, u.handle, u.display_name, message, created_at from (
       select distinct on (other) uuid, case when sender = $1 then receiver else sender end as other, message, created_at
       from cruddur.messages where sender = $1 or receiver = $1 order by other, created_at desc
     ) newest join cruddur.users u on u.handle = other order by created_at desc`,
    [handle],
  );
  return rows;
}

/** The conversation of two people, oldest first; `handle` of each is its sender. */
export async function conversation(pool: Pool, handle: string, other: string): Promise<Message[]> {
  const { rows } = await pool.query<Message>(
    `select m.uuid, m.sender as handle, u.display_name, m.message, m.created_at
     from cruddur.messages m join cruddur.users u on u.handle = m.sender
     where (sender = $1 and receiver = $2) or (sender = $2 and receiver = $1) order by m.created_at limit 100`,
    [handle, other],
  );
  return rows;
}

/** Undefined when there is no such receiver. */
export async function createMessage(
  pool: Pool,
  message: { readonly sender: string; readonly receiver: string; readonly message: string },
): Promise<Message | undefined> {
  const { rows } = await pool.query<Message>(
    `insert into cruddur.messages (sender, receiver, message)
     select $1, handle, $3 from cruddur.users where handle = $2
     returning uuid, sender as handle, (select display_name from cruddur.users where handle = $1) as display_name, message, created_at`,
    [message.sender, message.receiver, message.message],
  );
  return rows[0];
}
