#!/bin/sh
# Stands for the entry point of postgres's image: makes a cluster on the first start, then runs the server as its own user.
set -eu
as_postgres() {
  setpriv --reuid postgres --regid postgres --clear-groups "$@"
}
mkdir -p "$PGDATA" /var/run/postgresql
chown -R postgres:postgres "$PGDATA" /var/run/postgresql
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf %s "$POSTGRES_PASSWORD" >/tmp/password
  as_postgres initdb --username postgres --pwfile /tmp/password --auth-host scram-sha-256 --no-sync >/dev/null
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
fi
exec setpriv --reuid postgres --regid postgres --clear-groups "$@"
