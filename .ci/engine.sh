# A Docker engine for the tests in containers; sourced by .ci/run. Where one answers, that one is used. Else, as root on a Debian, one of our own is started: its
# own socket, data, bridge and addresses, and no packet filter of its own, so that two runs side by side do not meet. Where neither can be, the tests are skipped.

engine_folder=
engine_bridge=
engine_rule=()

start_engine() {
  if docker version >/dev/null 2>&1; then
    # Real images, where their registries can be reached.
    [ -z "${GITHUB_ACTIONS:-}" ] || pull_images
    return 0
  fi
  if [ "$(uname -s)" != Linux ] || [ "$(id -u)" -ne 0 ]; then
    echo 'No Docker engine answers, and only root may start one: the tests in containers are skipped.'
    return 0
  fi
  # The checks have installed the project's own Node.
  install_engine && run_engine && PATH="$PWD/node_modules/.bin:$PATH" node e2e/containers/makeImages.ts || echo 'No Docker engine could be started: the tests in containers are skipped.'
}

pull_images() {
  docker compose -f .devcontainer/compose.yaml pull --quiet --ignore-buildable
  grep -rhoE '(^FROM |--from=)[^ ]+' .devcontainer/Dockerfile | sed -E 's/^(FROM |--from=)//' | sort -u | xargs -n 1 docker pull --quiet
}

install_engine() {
  local missing=()
  command -v dockerd >/dev/null && command -v docker >/dev/null || missing+=(docker.io)
  command -v debootstrap >/dev/null || missing+=(debootstrap)
  command -v ip >/dev/null || missing+=(iproute2)
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null || missing+=(docker-compose)
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || return 1
  # Another run may be installing the same.
  apt-get update --quiet=2
  DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" >/dev/null
}

run_engine() {
  engine_folder=$(mktemp -d)
  local net=$((RANDOM % 120 + 100)) third=$((RANDOM % 128))
  engine_bridge=sl$$
  ip link add name "$engine_bridge" type bridge &&
    ip address add "10.$net.$third.1/24" dev "$engine_bridge" &&
    ip link set "$engine_bridge" up || return 1
  # The filter of another engine on this machine drops what containers of one bridge send each other, unless it is let through.
  engine_rule=(FORWARD -s "10.$net.0.0/16" -d "10.$net.0.0/16" -j ACCEPT)
  iptables -I "${engine_rule[@]}" 2>/dev/null || engine_rule=()
  dockerd --data-root "$engine_folder/data" --exec-root "$engine_folder/run" --pidfile "$engine_folder/pid" \
    --host "unix://$engine_folder/docker.sock" --bridge "$engine_bridge" --iptables=false --ip6tables=false \
    --default-address-pool "base=10.$net.128.0/17,size=24" >"$engine_folder/log" 2>&1 &
  export DOCKER_HOST=unix://$engine_folder/docker.sock
  for _ in $(seq 60); do
    docker version >/dev/null 2>&1 && return 0
    sleep 0.5
  done
  tail -n 5 "$engine_folder/log"
  return 1
}

stop_engine() {
  [ -n "$engine_folder" ] || return 0
  if [ -f "$engine_folder/pid" ]; then
    local pid
    pid=$(cat "$engine_folder/pid")
    kill "$pid" 2>/dev/null
    for _ in $(seq 60); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.5
    done
    kill -KILL "$pid" 2>/dev/null
  fi
  [ ${#engine_rule[@]} -eq 0 ] || iptables -D "${engine_rule[@]}"
  [ -z "$engine_bridge" ] || ip link delete "$engine_bridge" 2>/dev/null
  # Namespaces and layers stay mounted where an engine had to be killed, and sometimes after one that ended; the innermost one goes first.
  awk -v folder="$engine_folder/" 'index($5, folder) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do
    umount --lazy "$mount" 2>/dev/null
  done
  rm -rf "$engine_folder" || echo "The engine's folder $engine_folder is left behind."
  # Called twice, the second one has nothing to do.
  engine_folder=
}
