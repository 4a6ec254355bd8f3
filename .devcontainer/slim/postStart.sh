#!/bin/sh
# Starts the hub in the background, and ends when it listens. One that runs already is left alone: the second one says so and ends.
set -eu
log=$(mktemp)
setsid node hub/dist/main.js --json >"$log" 2>&1 </dev/null &
for _ in $(seq 100); do
  if grep -q '"event":"ready"\|already running' "$log"; then
    exit
  fi
  sleep 0.1
done
cat "$log" >&2
exit 1
