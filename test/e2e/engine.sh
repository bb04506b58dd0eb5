#!/usr/bin/env bash
# A private Docker engine for the end-to-end tests, from Debian's docker.io, in a folder of its own.
#
#   engine.sh install        install what it needs where that is missing (apt, root)
#   engine.sh start DIR      start it if it does not run; prints DOCKER_HOST=… and the network that builds need
#   engine.sh stop DIR       stop it by its pid; images stay for the next start
#   engine.sh status DIR     say whether it runs; exit 1 when it does not
#   engine.sh remove DIR     stop it and delete the folder
#
# It knows no other engine: own data, own socket, own bridge, own two firewall rules, nothing in /var/lib or /run.
set -euo pipefail

say() { echo "engine.sh: $*" >&2; }
die() { say "$@"; exit 1; }

install_packages() {
  local missing=() package
  for package in docker.io mmdebstrap buildah curl iproute2 iptables; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  say "installing ${missing[*]}"
  # Debian starts the engine of docker.io; nobody asked for that one.
  local policy=/usr/sbin/policy-rc.d own=
  if [ ! -e "$policy" ]; then
    own=1
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  local code=0
  { apt-get update -q && apt-get install -qy --no-install-recommends "${missing[@]}"; } >&2 || code=$?
  [ -z "$own" ] || rm -f "$policy"
  return "$code"
}

# Everything that the folder's name decides. A socket's path may have 107 bytes, so it lives in a short folder.
settle() {
  dir=$1
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd -P)
  local hash
  hash=$(printf %s "$dir" | sha256sum)
  hash=${hash:0:8}
  run=/tmp/dockerfileopt-e2e.$hash
  socket=$run/docker.sock
  pidfile=$run/dockerd.pid
  log=$dir/dockerd.log
  bridge=dfo-$hash
  subnet=10.$((0xd0 + 0x${hash:0:1})).$((0x${hash:1:2})) # 10.208–223.0–255, one /24 for each folder
}

# Asked of the real engine: any docker client will do.
answers() { curl -fsS -m 2 --unix-socket "$socket" http://localhost/_ping >/dev/null 2>&1; }

# The pid, if that process is still the engine we started.
running_pid() {
  local pid
  pid=$(cat "$pidfile" 2>/dev/null) && [ -n "$pid" ] && { tr "\0" " " <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF -- "$socket" && echo "$pid"
}

# Builds reach package registries through a bridge of their own; where that is not possible, through the host's network.
rules() {
  local verb=$1 comment=(-m comment --comment "dockerfileopt-e2e $bridge")
  iptables -w -t nat "$verb" POSTROUTING -s "$subnet.0/24" ! -o "$bridge" "${comment[@]}" -j MASQUERADE &&
    iptables -w "$verb" FORWARD -i "$bridge" "${comment[@]}" -j ACCEPT &&
    iptables -w "$verb" FORWARD -o "$bridge" "${comment[@]}" -j ACCEPT
}

raise_bridge() {
  lower_bridge
  {
    ip link add name "$bridge" type bridge && ip addr add "$subnet.1/24" dev "$bridge" && ip link set "$bridge" up &&
      rules -A && echo 1 >/proc/sys/net/ipv4/ip_forward
  } 2>>"$log" || {
    lower_bridge
    return 1
  }
}

lower_bridge() {
  while rules -D 2>/dev/null; do :; done
  ip link delete "$bridge" 2>/dev/null || true
}

# Packets must fit the way out, which may be narrower than a bridge's 1500 bytes.
outer_mtu() {
  local device
  device=$(ip route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  cat "/sys/class/net/$device/mtu" 2>/dev/null || echo 1500
}

start_engine() {
  if running_pid >/dev/null && answers; then
    describe
    return
  fi
  command -v dockerd >/dev/null || die "dockerd is missing: run '$0 install'"
  [ "$(id -u)" = 0 ] || die 'dockerd needs root'
  mkdir -p "$run" "$dir/data"
  chmod 711 "$run"
  : >"$log"
  local network=(--bridge=none)
  if raise_bridge; then network=(--bridge="$bridge" --mtu="$(outer_mtu)"); fi
  # Old layers of builds go when they are too many: suites that are run again and again fill a disk otherwise.
  echo '{ "builder": { "gc": { "enabled": true, "defaultKeepStorage": "16GB" } } }' >"$dir/daemon.json"
  setsid dockerd --config-file "$dir/daemon.json" --data-root "$dir/data" --exec-root "$run/exec" --pidfile "$pidfile" -H "unix://$socket" \
    --iptables=false --ip6tables=false "${network[@]}" </dev/null >>"$log" 2>&1 &
  local child=$! tries=0
  until answers; do
    kill -0 "$child" 2>/dev/null || { tail -n 5 "$log" >&2; die "dockerd ended; its log is $log"; }
    [ $((tries += 1)) -le 300 ] || { kill "$child"; die "dockerd does not answer; its log is $log"; }
    sleep 0.1
  done
  local driver
  driver=$(curl -fsS --unix-socket "$socket" http://localhost/info | sed -n 's/.*"Driver":"\([^"]*\)".*/\1/p')
  if [ "$driver" = vfs ]; then
    stop_engine
    die 'the storage driver is vfs: sizes and times would mean nothing'
  fi
  say "started, storage driver $driver"
  describe
}

describe() {
  echo "DOCKER_HOST=unix://$socket"
  if [ -e "/sys/class/net/$bridge" ]; then echo 'DOCKERFILEOPT_BUILD_NETWORK='; else echo 'DOCKERFILEOPT_BUILD_NETWORK=host'; fi
}

stop_engine() {
  local pid tries=0
  if pid=$(running_pid); then
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do
      [ $((tries += 1)) -le 300 ] || { say "pid $pid does not end; killing it"; kill -9 "$pid"; break; }
      sleep 0.1
    done
  fi
  lower_bridge
  # The engine mounts its data on itself and leaves it so.
  while mountpoint -q "$dir/data"; do umount "$dir/data" || break; done
  rm -rf "$run"
}

case ${1-} in
install) install_packages ;;
start | stop | status | remove)
  [ -n "${2-}" ] || die "usage: $0 $1 DIR"
  if [ ! -d "$2" ]; then
    case $1 in
    status) say 'not running' && exit 1 ;;
    stop | remove) exit 0 ;;
    esac
  fi
  settle "$2"
  case $1 in
  start) start_engine ;;
  stop) stop_engine ;;
  remove)
    stop_engine
    rm -rf "$dir"
    ;;
  status)
    if running_pid >/dev/null && answers; then describe; else say 'not running' && exit 1; fi
    ;;
  esac
  ;;
*) die "usage: $0 install | start DIR | stop DIR | status DIR | remove DIR" ;;
esac
