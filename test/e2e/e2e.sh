#!/usr/bin/env bash
# The end-to-end tests' surroundings: engines and base images.
#
#   e2e.sh install   what the engines need, by apt
#   e2e.sh up        start the private engine, make or pull the base images
#   e2e.sh down      stop it; images stay for the next time
#   e2e.sh clean     stop it and delete everything
#
# Everything lives in DOCKERFILEOPT_E2E_HOME, .cache/e2e unless set. DOCKERFILEOPT_STANDINS=1 makes stand-ins even where a
# registry answers.
set -euo pipefail
cd "$(dirname "$0")"
home=${DOCKERFILEOPT_E2E_HOME:-../../.cache/e2e}

# Toolchains are large: an unfinished image is a riddle, a full disk at the start is a sentence.
needed=12 # GB
free() { df --output=avail -B 1G "$1" | tail -n 1 | tr -d ' '; }

case ${1-} in
install) ./engine.sh install ;;
up)
  mkdir -p "$home"
  if [ ! -d "$home/bases" ] && [ "$(free "$home")" -lt $needed ]; then
    echo "e2e.sh: $home has $(free "$home") GB free, the images and their builds need $needed" >&2
    exit 1
  fi
  started=$(./engine.sh start "$home/engine")
  eval "export $(echo "$started" | tr '\n' ' ')"
  ./bases/make.sh "$home/bases" "$DOCKERFILEOPT_BUILD_NETWORK"
  if command -v buildah >/dev/null; then ./bases/copy-to-buildah.sh "$home/buildah"; fi
  ;;
down) ./engine.sh stop "$home/engine" ;;
clean)
  ./engine.sh remove "$home/engine"
  # What buildah keeps outside.
  run=$(sed -n 's/^runroot = "\(\/tmp\/dockerfileopt-buildah\.[0-9a-f]*\)"$/\1/p' "$home/buildah/storage.conf" 2>/dev/null || true)
  [ -z "$run" ] || rm -rf "$run"
  rm -rf "$home"
  ;;
*)
  echo "usage: $0 install | up | down | clean" >&2
  exit 2
  ;;
esac
