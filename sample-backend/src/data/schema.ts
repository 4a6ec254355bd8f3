/**
 * The sample's tables, in a schema of their own so that a `DATABASE_URL` of a database in use is left alone. Every statement may run again.
 */
export const schema = `
create schema if not exists cruddur;

create table if not exists cruddur.users (
  handle text primary key,
  display_name text not null,
  preferences jsonb not null default '{}'
);

create table if not exists cruddur.activities (
  uuid uuid primary key default gen_random_uuid(),
  handle text not null references cruddur.users (handle),
  message text not null,
  reply_to uuid references cruddur.activities (uuid) on delete cascade,
  likes_count integer not null default 0,
  reposts_count integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index if not exists activities_by_reply_to on cruddur.activities (reply_to);
create index if not exists activities_by_created_at on cruddur.activities (created_at desc);

create table if not exists cruddur.messages (
  uuid uuid primary key default gen_random_uuid(),
  sender text not null references cruddur.users (handle),
  receiver text not null references cruddur.users (handle),
  message text not null,
  created_at timestamptz not null default now()
);
`;
