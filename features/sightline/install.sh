#!/bin/sh
# Installs the hub, its environment and the extension into the image. Runs as root while the image is built; options come as variables.
# POSIX sh: Alpine has no other shell.
# No word is a pattern of files here.
set -euf

here=$(cd "$(dirname "$0")" && pwd)
to=/usr/local/share/sightline
oldest_node=24
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The variables stay unset where the script is run by hand.
AUTOSTART=${AUTOSTART:-true}
DESTINATIONS=${DESTINATIONS:-}
PORT=${PORT:-4319}
OTLPPORT=${OTLPPORT:-4318}
OTLPGRPCPORT=${OTLPGRPCPORT:-4317}
XRAYPORT=${XRAYPORT:-2000}
NODEMIRROR=${NODEMIRROR:-https://nodejs.org/dist}

main() {
  [ "$(id -u)" = 0 ] || fail 'it has to be installed by root, as a Dev Container Feature is.'
  check_options
  [ -f "$here/dist/hub/main.js" ] && [ -f "$here/dist/sightline.vsix" ] ||
    fail 'this folder holds no hub and no extension: "npm run package" in the checkout of Sightline puts them there.'
  mkdir -p "$to"
  rm -rf "$to/hub"
  cp -R "$here/dist/hub" "$to/hub"
  cp "$here/dist/sightline.vsix" "$here/start.sh" "$here/extension.sh" "$to/"
  node=$(find_node) || node=$(install_node)
  write_programs
  write_environment
  # A umask of the image's own must not keep the container's user out.
  chmod -R a+rX "$to"
  chmod a+rx "$to/start.sh" "$to/extension.sh"
  echo "Sightline: the hub runs on Node $("$node" --version) ($node)."
}

fail() {
  echo "Sightline: $1" >&2
  exit 1
}

check_options() {
  check_port port "$PORT"
  for pair in "otlpPort=$OTLPPORT" "otlpGrpcPort=$OTLPGRPCPORT" "xrayPort=$XRAYPORT"; do
    [ "${pair#*=}" = none ] || check_port "${pair%%=*}" "${pair#*=}"
  done
  for destination in $(destinations); do
    case $destination in
      *[!A-Za-z0-9:/._~%?\&=+@-]*) fail "the destination \"$destination\" holds what no address has: write it percent-encoded." ;;
      xray | logs | rollbar | otlp=http://?* | otlp=https://?*) ;;
      *) fail "the option destinations knows xray, logs, rollbar and otlp=URL, not \"$destination\"." ;;
    esac
  done
}

check_port() {
  case $2 in
    '' | *[!0-9]* | ??????*) fail "the option $1 has to be a port, not \"$2\"." ;;
  esac
  [ "$2" -ge 1 ] && [ "$2" -le 65535 ] || fail "the option $1 has to be a port, not \"$2\"."
}

# One a word.
destinations() {
  echo "$DESTINATIONS" | tr ',' ' '
}

# Prints the program of a Node that is new enough and that every user may run; the node feature keeps its own under nvm.
find_node() {
  for candidate in "$(command -v node || true)" /usr/local/bin/node /usr/bin/node /usr/local/share/nvm/current/bin/node; do
    if [ -n "$candidate" ] && is_new_enough "$candidate"; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

is_new_enough() {
  [ -x "$1" ] || return 1
  case $1 in /root/*) return 1 ;; esac
  major=$("$1" --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
  [ -n "$major" ] && [ "$major" -ge "$oldest_node" ]
}

# Prints the program of a Node that is the hub's alone: what the repository itself runs on stays as it is.
install_node() {
  if command -v apk >/dev/null; then
    # What nodejs.org has is linked against another C library.
    apk add --no-cache nodejs >&2 || apk add --no-cache nodejs-current >&2 || true
    is_new_enough /usr/bin/node ||
      fail "this release of Alpine has no Node $oldest_node: use alpine 3.23 or newer, or an image with Node $oldest_node."
    echo /usr/bin/node
    return 0
  fi
  case $(uname -m) in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "there is no Node for $(uname -m) at $NODEMIRROR: use an image with Node $oldest_node or newer." ;;
  esac
  base=$NODEMIRROR/latest-v$oldest_node.x
  download "$base/SHASUMS256.txt" "$work/sums"
  line=$(grep "node-v$oldest_node\.[0-9.]*-linux-$machine\.tar\.gz\$" "$work/sums") || fail "$base/SHASUMS256.txt names no Node for $machine."
  archive=${line##* }
  download "$base/$archive" "$work/$archive"
  (cd "$work" && echo "$line" | sha256sum -c - >/dev/null 2>&1) || fail "$base/$archive is not what SHASUMS256.txt says: it came incomplete or altered."
  rm -rf "$to/node"
  mkdir -p "$to/node"
  # Only the program: the hub needs neither npm nor headers.
  tar -xzf "$work/$archive" -C "$to/node" --strip-components=1 "${archive%.tar.gz}/bin/node" "${archive%.tar.gz}/LICENSE"
  is_new_enough "$to/node/bin/node" || fail "the Node of $base does not run on this image: use one with Node $oldest_node or newer."
  echo "$to/node/bin/node"
}

download() {
  if ! command -v curl >/dev/null && ! command -v wget >/dev/null; then
    command -v apt-get >/dev/null || fail "neither curl nor wget is there to get $1."
    { apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*; } >&2 ||
      fail "neither curl nor wget is there to get $1, and apt-get could not install curl."
  fi
  if command -v curl >/dev/null; then
    curl --fail --silent --show-error --location --retry 2 --output "$2" "$1" >&2 || fail "$1 could not be read."
  else
    wget -q -O "$2" "$1" >&2 || fail "$1 could not be read."
  fi
}

write_programs() {
  cat >/usr/local/bin/sightline-hub <<END
#!/bin/sh
exec "$node" $to/hub/main.js "\$@"
END
  cat >/usr/local/bin/sightline-hub-start <<END
#!/bin/sh
exec $to/start.sh "\$@"
END
  chmod a+rx /usr/local/bin/sightline-hub /usr/local/bin/sightline-hub-start
  relays=''
  for destination in $(destinations); do
    relays="$relays --relay $destination"
  done
  # Checked above: no value holds what a shell would expand.
  cat >"$to/options" <<END
autostart=$AUTOSTART
port=$PORT
hub_options="--port $PORT --otlp-port $OTLPPORT --otlp-grpc-port $OTLPGRPCPORT --xray-port $XRAYPORT$relays"
END
}

# What a Feature sets in containerEnv cannot follow its options, nor see whether a person has keys for AWS. Lifecycle commands, the
# editor's terminals and `devcontainer exec` read this too.
write_environment() {
  mkdir -p /etc/profile.d
  {
    echo '# Written by the Sightline feature.'
    [ "$XRAYPORT" = 2000 ] || point AWS_XRAY_DAEMON_ADDRESS "$XRAYPORT" "127.0.0.1:$XRAYPORT"
    [ "$OTLPPORT" = 4318 ] || point OTEL_EXPORTER_OTLP_ENDPOINT "$OTLPPORT" "http://127.0.0.1:$OTLPPORT"
    if [ "$PORT" != 4319 ]; then
      point ROLLBAR_ENDPOINT "$PORT" "http://127.0.0.1:$PORT/api/1/item/"
      point AWS_ENDPOINT_URL_XRAY "$PORT" "http://127.0.0.1:$PORT"
      point AWS_ENDPOINT_URL_CLOUDWATCH_LOGS "$PORT" "http://127.0.0.1:$PORT"
    fi
    cat <<'END'
if [ -z "${AWS_REGION:-}${AWS_DEFAULT_REGION:-}" ] && [ ! -e "${AWS_CONFIG_FILE:-$HOME/.aws/config}" ]; then
  export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
fi
if [ -z "${AWS_ACCESS_KEY_ID:-}${AWS_PROFILE:-}${AWS_WEB_IDENTITY_TOKEN_FILE:-}${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:-}${AWS_CONTAINER_CREDENTIALS_FULL_URI:-}" ] &&
  [ ! -e "${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}" ] && [ ! -e "${AWS_CONFIG_FILE:-$HOME/.aws/config}" ]; then
  export AWS_ACCESS_KEY_ID=sightline-local AWS_SECRET_ACCESS_KEY=sightline-local
fi
END
  } >/etc/profile.d/sightline.sh
  chmod a+r /etc/profile.d/sightline.sh
}

point() {
  if [ "$2" = none ]; then
    echo "unset $1"
  else
    echo "export $1=$3"
  fi
}

main
