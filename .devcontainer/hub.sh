#!/bin/sh
# Runs the checkout's hub with the options given, after it was installed and built where that is missing.
set -eu

# What is written into the checkout belongs to its owner. So does the hub's data, since `node` in the workspace has the owner's number;
# where that is root, as in a container of a continuous integration, `node` has its own.
owner=$(stat --format %u .)
reader=$owner
[ "$reader" = 0 ] && reader=$(id -u node)
as() {
  user=$1
  shift
  setpriv --reuid "$user" --regid "$user" --clear-groups -- env HOME=/tmp "$@"
}

as "$owner" node scripts/setup.mjs
chown -R "$reader:$reader" /var/lib/sightline
exec setpriv --reuid "$reader" --regid "$reader" --clear-groups -- env HOME=/tmp \
  node hub/dist/main.js --data-dir /var/lib/sightline "$@"
