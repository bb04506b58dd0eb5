#!/usr/bin/env bash
# Gives buildah, in a storage of its own under DIR, the small base images that its end-to-end cases build on.
#
#   copy-to-buildah.sh DIR       needs DOCKER_HOST; leaves DIR/storage.conf for CONTAINERS_STORAGE_CONF
set -euo pipefail

dir=$(mkdir -p "$1" && cd "$1" && pwd)
images=(debian:bookworm-slim alpine:3.20 busybox:1.36 gcc:12 gcr.io/distroless/static-debian12)

cat >"$dir/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$dir/storage"
runroot = "/tmp/dockerfileopt-buildah.$(printf %s "$dir" | sha256sum | cut -c 1-8)"
CONF
export CONTAINERS_STORAGE_CONF=$dir/storage.conf

for image in "${images[@]}"; do
  name=$image
  case $name in *:*) ;; *) name=$name:latest ;; esac
  id=$(docker image inspect --format '{{.Id}}' "$name")
  if [ "$(cat "$dir/${name//\//_}.id" 2>/dev/null)" = "$id" ] && buildah inspect --type image "$name" >/dev/null 2>&1; then continue; fi
  docker save "$name" -o "$dir/image.tar"
  nice buildah pull -q "docker-archive:$dir/image.tar" >/dev/null
  rm "$dir/image.tar"
  echo "$id" >"$dir/${name//\//_}.id"
  echo "buildah has $name" >&2
done
