#!/bin/sh
# Starts the hub in the background as the container's user, and ends when it listens. One that runs already is left alone. A hub that
# cannot start is said in words and is no failure of the container: the repository works without it.
# An address among the options is no pattern of files.
set -euf

here=$(cd "$(dirname "$0")" && pwd)
. "$here/options"
[ "${1:-}" != --if-autostart ] || [ "$autostart" = true ] || exit 0

state=${XDG_STATE_HOME:-${HOME:-/nonexistent}/.local/state}
set --
if ! mkdir -p "$state/sightline" 2>/dev/null || [ ! -w "$state/sightline" ]; then
  folder=${TMPDIR:-/tmp}/sightline-$(id -u)
  if ! mkdir -p -m 0700 "$folder" 2>/dev/null || [ ! -O "$folder" ] || [ ! -w "$folder" ]; then
    echo "Sightline: the hub did not start: neither $state nor ${TMPDIR:-/tmp} can be written." >&2
    exit 0
  fi
  echo "Sightline: $state cannot be written, so the hub keeps its data in $folder until the container ends; the setting sightline.hub.dataDirectory takes that folder." >&2
  state=$folder
  set -- --data-dir "$folder"
else
  state=$state/sightline
fi

log=$state/start.log
# A file of somebody else's would hide what this one says.
rm -f "$log"
# A session of its own, so that the hub outlives the command that started it. The options are split into words on purpose.
# shellcheck disable=SC2086
setsid sightline-hub $hub_options --json "$@" >"$log" 2>&1 </dev/null &
pid=$!
tries=0
while [ "$tries" -lt 300 ]; do
  if grep -q '"event":"ready"' "$log" 2>/dev/null; then
    echo "Sightline: the hub listens on http://127.0.0.1:$port."
    exit 0
  fi
  kill -0 "$pid" 2>/dev/null || break
  tries=$((tries + 1))
  sleep 0.1
done
if grep -q 'already running' "$log"; then
  exit 0
fi
echo "Sightline: the hub did not start: $(cat "$log")" >&2
